import type { Sandbox } from "../sandbox/server.ts";
import type { Destination } from "../upstream/address-policy.ts";

const DEMO_HOST = "demo.invalid";

/** The demo provider behind `http://demo.invalid/v1`: the sandbox, started when it is first asked. */
export function createDemo() {
  let starting: Promise<Sandbox> | undefined;
  return {
    isDemo: (url: URL) => url.hostname === DEMO_HOST,
    /** Where the sandbox answers for this URL. The name itself is never looked up. */
    async locate(url: URL): Promise<Destination> {
      starting ??= import("../sandbox/server.ts").then(({ startSandbox }) => startSandbox({}));
      const { port } = await starting;
      const there = new URL(url);
      there.protocol = "http:";
      there.host = `127.0.0.1:${port}`;
      return {
        url: there,
        addresses: [{ address: "127.0.0.1", family: 4 }],
        address: "127.0.0.1",
        family: 4,
      };
    },
    stop: async () => (await starting)?.stop(),
  };
}
