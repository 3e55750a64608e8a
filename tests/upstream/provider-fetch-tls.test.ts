import { afterAll, describe, expect, test } from "bun:test";
import { networkInterfaces } from "node:os";
import { judge } from "../../src/upstream/address-policy.ts";
import type { ResolvedAddress } from "../../src/upstream/dns-cache.ts";
import { Authority } from "./authority.ts";
import { post } from "./fetch-server.ts";

const V4: ResolvedAddress = { address: "127.0.0.1", family: 4 };
const V6: ResolvedAddress = { address: "::1", family: 6 };
const hasV6 = Object.values(networkInterfaces()).some((entries) =>
  entries?.some((entry) => entry.address === "::1"),
);
/** The loopback addresses that this machine has. */
const LOOPBACKS = hasV6 ? [V4, V6] : [V4];

const POLICY = { exposed: false, allow: [], own: () => ({ port: 1, addresses: [] }), proxied: false };

const at = ({ address, family }: ResolvedAddress) => (family === 6 ? `[${address}]` : address);

describe("Host", () => {
  /** Answers one request and gives the `Host` lines that it had, and its first line. */
  async function hostLines(resolved: ResolvedAddress, name: (port: number) => string) {
    const head = Promise.withResolvers<string>();
    const server = Bun.listen({
      hostname: resolved.address,
      port: 0,
      socket: {
        data(socket, bytes) {
          head.resolve(bytes.toString());
          socket.end("HTTP/1.1 200 OK\r\ncontent-length: 0\r\nconnection: close\r\n\r\n");
        },
      },
    });
    try {
      const destination = await judge(new URL(name(server.port)), POLICY, async () => [resolved]);
      await post({ url: destination.url.href }, { locate: async () => destination });
      const [first, ...lines] = (await head.promise).split("\r\n");
      return { port: server.port, first, hosts: lines.filter((line) => /^host:/i.test(line)) };
    } finally {
      server.stop(true);
    }
  }

  test.each(LOOPBACKS)("arrives once, with name and port, at $address", async (resolved) => {
    const { port, first, hosts } = await hostLines(
      resolved,
      (port) => `http://Provider.Test:${port}/v1/chat?a=b`,
    );
    expect(first).toBe("POST /v1/chat?a=b HTTP/1.1");
    expect(hosts.map((line) => line.toLowerCase())).toEqual([`host: provider.test:${port}`]);
  });

  test.each(LOOPBACKS)("is the address itself for the literal $address", async (resolved) => {
    const { port, hosts } = await hostLines(resolved, (port) => `http://${at(resolved)}:${port}/`);
    expect(hosts.map((line) => line.toLowerCase())).toEqual([`host: ${at(resolved)}:${port}`]);
  });
});

describe("certificates", () => {
  const authority = new Authority();
  afterAll(() => authority[Symbol.dispose]());

  const aPort = expect.stringMatching(/^\d+$/);
  const OTHER_NAME = expect.stringContaining("ERR_TLS_CERT_ALTNAME_INVALID");

  test.each(LOOPBACKS)("at $address: the name's own is taken, another name's is not", async (resolved) => {
    await using server = authority.serve(resolved.address, "good.test");
    const to = (name: string) => ({ url: `https://${name}:${server.port}/`, ...resolved });
    const seen = await authority.ask([to("good.test"), to("GOOD.test"), to("good.test."), to("evil.test")]);
    expect(seen).toEqual([aPort, aPort, aPort, OTHER_NAME]);
    expect(server.asked).toEqual([
      `good.test:${server.port}`,
      `good.test:${server.port}`,
      `good.test.:${server.port}`,
    ]);
  });

  test("another name gets no open connection of the first", async () => {
    await using server = authority.serve("127.0.0.1", "good.test");
    const to = (name: string) => ({ url: `https://${name}:${server.port}/`, ...V4 });
    const names = ["good.test", "good.test", "evil.test", "127.0.0.1", "good.test", "evil.test"];
    const seen = await authority.ask(names.map(to));
    expect(seen).toEqual([aPort, aPort, OTHER_NAME, OTHER_NAME, aPort, OTHER_NAME]);
    // The same port of the caller: the connection was indeed open and used again.
    expect(seen[1]).toBe(seen[0] ?? "");
    expect(server.asked).toEqual(Array(3).fill(`good.test:${server.port}`));
  });

  test.each(LOOPBACKS)("the literal $address is checked as an address", async (resolved) => {
    await using own = authority.serve(resolved.address, resolved.address);
    await using other = authority.serve(resolved.address, "good.test");
    const to = ({ port }: { port: number }) => ({ url: `https://${at(resolved)}:${port}/`, ...resolved });
    expect(await authority.ask([to(own), to(other)])).toEqual([aPort, OTHER_NAME]);
    expect(other.asked).toEqual([]);
  });

  test("an unknown authority is refused", async () => {
    await using server = authority.serve("127.0.0.1", "good.test");
    const seen = await authority.ask([{ url: `https://good.test:${server.port}/`, ...V4 }], {
      trusted: false,
    });
    expect(seen).toEqual([expect.stringContaining("UNABLE_TO_VERIFY_LEAF_SIGNATURE")]);
    expect(server.asked).toEqual([]);
  });
});
