import type { Sandbox } from "../sandbox/server.ts";
import { startSandbox } from "../sandbox/server.ts";
import type { Destination } from "../upstream/guard.ts";

const DEMO_HOST = "demo.invalid";

/** The demo provider behind `http://demo.invalid/v1`: the sandbox, started when it is first asked. */
export function createDemo() {
  let sandbox: Sandbox | undefined;
  return {
    isDemo: (url: URL) => url.hostname === DEMO_HOST,
    /** Where the sandbox answers for this URL. The name itself is never looked up. */
    locate(url: URL): Promise<Destination> {
      sandbox ??= startSandbox({});
      const there = new URL(url);
      there.protocol = "http:";
      there.host = `127.0.0.1:${sandbox.port}`;
      return Promise.resolve({
        url: there,
        address: "127.0.0.1",
        family: 4,
        addresses: [{ address: "127.0.0.1", family: 4 }],
      });
    },
    stop: async () => sandbox?.stop(),
  };
}
