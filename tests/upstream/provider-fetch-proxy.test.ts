import { afterAll, afterEach, expect, test } from "bun:test";
import { connect, type Socket } from "node:net";
import { type StandIn, startStandIn, type Visit } from "../support/stand-in.ts";
import { Authority } from "./authority.ts";
import { errorOf, post } from "./fetch-server.ts";

/** Tunnels: requests over TLS through a proxy. What goes through one in the clear is in `tests/program`. */

const authority = new Authority();
afterAll(() => authority[Symbol.dispose]());

let proxy: StandIn | undefined;
afterEach(async () => {
  await proxy?.stop();
  proxy = undefined;
});

/** Starts a proxy that does this with each request. */
async function proxying(answer: (visit: Visit) => void): Promise<StandIn> {
  proxy = await startStandIn(answer);
  return proxy;
}

const OPEN = "HTTP/1.1 200 Connection established\r\n\r\n";

/** Joins the caller with a port of this machine, and gives what the caller sends. */
function relay({ socket }: Visit, port: number): Buffer[] {
  const carried: Buffer[] = [];
  const provider: Socket = connect(port, "127.0.0.1");
  provider.on("error", () => socket.destroy());
  socket.removeAllListeners("data");
  socket.on("data", (bytes: Buffer) => void carried.push(bytes));
  socket.on("close", () => provider.destroy());
  socket.pipe(provider).pipe(socket);
  return carried;
}

/** What a request through a proxy ends with that does not get as far as the certificate. */
function through(
  { port }: StandIn,
  { connectTimeout = 60_000, signal = new AbortController().signal } = {},
): Promise<unknown> {
  const locate = async (url: URL) => ({ url, addresses: [], proxy: new URL(`http://127.0.0.1:${port}`) });
  return errorOf(post({ url: "https://good.test/v1" }, { locate, connectTimeout, signal }));
}

test("the proxy is told the place and its own password, and sees nothing of the request", async () => {
  await using provider = authority.serve("127.0.0.1", "good.test");
  const carried: Buffer[][] = [];
  const { port, visits } = await proxying((visit) => {
    visit.socket.write(OPEN);
    carried.push(relay(visit, provider.port));
  });
  const seen = await authority.ask([
    { url: `https://good.test:${provider.port}/v1`, proxy: `http://me:pass%20word@127.0.0.1:${port}` },
    { url: `https://evil.test:${provider.port}/v1`, proxy: `http://127.0.0.1:${port}` },
  ]);
  // The certificate is the provider's: another name's is not taken from behind a proxy either.
  expect(seen).toEqual([
    expect.stringMatching(/^\d+$/),
    expect.stringContaining("ERR_TLS_CERT_ALTNAME_INVALID"),
  ]);
  expect(provider.asked).toEqual([`good.test:${provider.port}`]);
  const asked = visits.map(({ method, path, headers }) => [
    `${method} ${path}`,
    headers["host"],
    headers["proxy-authorization"],
    headers["authorization"],
  ]);
  const basic = `Basic ${Buffer.from("me:pass word").toString("base64")}`;
  expect(asked).toEqual([
    [`CONNECT good.test:${provider.port}`, `good.test:${provider.port}`, basic, undefined],
    [`CONNECT evil.test:${provider.port}`, `evil.test:${provider.port}`, undefined, undefined],
  ]);
  const bytes = Buffer.concat(carried.flat()).toString("latin1");
  expect(bytes.length).toBeGreaterThan(0);
  expect(bytes).not.toContain("POST");
  expect(bytes).not.toContain("a-key");
});

test("bytes that come before anybody may speak are not taken for the provider's", async () => {
  await using provider = authority.serve("127.0.0.1", "good.test");
  const { port } = await proxying((visit) => {
    visit.socket.write(`${OPEN}early`);
    // All that follows is as it should be.
    relay(visit, provider.port);
  });
  const url = `https://good.test:${provider.port}/v1`;
  const [seen] = await authority.ask([{ url, proxy: `http://127.0.0.1:${port}` }]);
  expect(seen).toContain("through the proxy");
  expect(provider.asked).toEqual([]);
});

test.each([
  "HTTP/1.1 407 Proxy Authentication Required\r\ncontent-length: 0\r\n\r\n",
  "HTTP/1.1 502 Bad Gateway\r\ncontent-length: 5\r\n\r\nhello",
  "HTTP/1.1 302 Found\r\nlocation: https://evil.test/\r\ncontent-length: 0\r\n\r\n",
])("a proxy that does not open the tunnel: %j", async (answer) => {
  const server = await proxying(({ socket }) => void socket.write(answer));
  expect(await through(server)).toBe("network");
});

test("a proxy that closes, that is not there, and that says nothing", async () => {
  const server = await proxying(({ socket }) => void socket.end());
  expect(await through(server)).toBe("network");
  await server.stop();
  expect(await through(server)).toBe("network");
});

test("a tunnel in which nobody speaks TLS ends with the signal, and is closed", async () => {
  const server = await proxying(({ socket }) => void socket.write(OPEN));
  const controller = new AbortController();
  const given = through(server, { signal: controller.signal });
  const { socket, closed } = await server.next();
  socket.once("data", () => controller.abort("left"));
  expect(await given).toBe("network");
  await closed;
});
