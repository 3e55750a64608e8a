import { expect, test } from "bun:test";
import { ChatError } from "../../src/core/failure.ts";
import { BodyReader } from "../../src/upstream/body-reader.ts";
import { createProviderFetch } from "../../src/upstream/provider-fetch.ts";
import type { Visit } from "../support/stand-in.ts";
import { errorOf, HEAD, HELLO, locally, oneServer, post, textOf } from "./fetch-server.ts";

const answering = oneServer();

test("what the platform's fetch is told", async () => {
  const told: unknown[] = [];
  const fetch = (url: string, init: BunFetchRequestInit) => {
    told.push(url, init);
    return Promise.resolve(new Response("hello"));
  };
  const response = await post(
    { url: "https://provider.test:8443/v1/chat?a=b" },
    { fetch, headers: { "x-a": "b" } },
  );
  expect(await textOf(response)).toBe("hello");
  const { signal, ...init } = told[1] as BunFetchRequestInit;
  expect(signal).toBeInstanceOf(AbortSignal);
  expect([told[0], init]).toEqual([
    "https://127.0.0.1:8443/v1/chat?a=b",
    {
      method: "POST",
      headers: { "x-a": "b", host: "provider.test:8443", "accept-encoding": "identity" },
      body: "{}",
      redirect: "manual",
      decompress: false,
      timeout: false,
      tls: { rejectUnauthorized: true, serverName: "provider.test" },
    } as unknown,
  ]);
});

test("chunks, extensions, trailers and a hint ahead, on one connection", async () => {
  const server = await answering(
    "HTTP/1.1 103 Early Hints\r\nlink: </a>\r\n\r\n" +
      `${HEAD}transfer-encoding: chunked\r\nx-a: b\r\n\r\n3;x=y\r\nhel\r\n2\r\nlo\r\n0\r\nx-late: 1\r\n\r\n`,
  );
  for (let i = 0; i < 2; i++) {
    const response = await post(server);
    expect([response.status, response.headers.get("x-a")]).toEqual([200, "b"]);
    expect(await textOf(response)).toBe("hello");
  }
  expect(server.connections).toBe(1);
});

test("few headers, and the caller's own", async () => {
  const server = await answering(HELLO);
  await post(server, { headers: { authorization: "Bearer k", "user-agent": "nash", accept: "a/b" } });
  const names = server.visits[0]?.rawHeaders.map(([name]) => name.toLowerCase()).sort();
  expect(names).toEqual(
    [
      "accept",
      "accept-encoding",
      "authorization",
      "connection",
      "content-length",
      "host",
      "user-agent",
    ].sort(),
  );
});

test("a redirect is handed back, a packed body is not unpacked", async () => {
  const moved = await answering(
    "HTTP/1.1 307 Moved\r\nlocation: http://127.0.0.1:1/\r\ncontent-length: 0\r\n\r\n",
  );
  expect((await post(moved)).status).toBe(307);
  const packed = Buffer.from(Bun.gzipSync("hello"));
  const server = await answering(({ socket }) => {
    socket.write(`${HEAD}content-encoding: gzip\r\ncontent-length: ${packed.length}\r\n\r\n`);
    socket.write(packed);
  });
  const bytes = await new BodyReader((await post(server)).body).read();
  expect(Buffer.from(bytes ?? []).equals(packed)).toBe(true);
});

test.each([
  ["two lengths", `${HEAD}content-length: 5\r\ncontent-length: 6\r\n\r\nhello`],
  ["no HTTP", "SSH-2.0-OpenSSH\r\n\r\n"],
])("%s: no answer", async (_, answer) => {
  const server = await answering(({ socket }) => void socket.end(answer));
  expect(await errorOf(post(server))).toBeOneOf(["network", "bad_output"]);
});

test("what came before a cut comes before the error", async () => {
  const server = await answering(
    ({ socket }) =>
      void socket.write(`${HEAD}transfer-encoding: chunked\r\n\r\n5\r\nhello\r\n`, () =>
        setTimeout(() => socket.end(), 20),
      ),
  );
  const body = new BodyReader((await post(server)).body);
  expect(new TextDecoder().decode(await body.read())).toBe("hello");
  expect(await errorOf(body.read())).toBe("ECONNRESET");
});

test("a body that says nothing of its length ends with the connection", async () => {
  const server = await answering(({ socket }) => void socket.end(`${HEAD}\r\nhello`));
  expect(await textOf(await post(server))).toBe("hello");
});

test("a reader that is slow holds the server back, and gets all", async () => {
  const length = 32 * 1024 * 1024;
  const server = await answering(({ socket }) => {
    socket.write(`${HEAD}content-length: ${length}\r\n\r\n`);
    socket.write(Buffer.alloc(length, "x"));
  });
  const body = new BodyReader((await post(server)).body);
  await Bun.sleep(100);
  const { socket } = server.visits[0] as Visit;
  expect(socket.writableLength).toBeGreaterThan(0);
  let bytes = 0;
  let most = 0;
  for (let part = await body.read(); part !== undefined; part = await body.read()) {
    bytes += part.length;
    most = Math.max(most, part.length);
  }
  expect([bytes, most]).toEqual([length, 64 * 1024]);
});

test("a signal ends a request and its body, and the provider's connection", async () => {
  const server = await answering(({ socket }, index) => {
    if (index === 0) socket.write(`${HEAD}content-length: 9\r\n\r\nhello`);
  });
  const controller = new AbortController();
  const body = new BodyReader((await post(server, { signal: controller.signal })).body);
  await body.read();
  const next = errorOf(body.read());
  controller.abort("enough");
  expect(await next).toBe("enough");
  await server.visits[0]?.closed;

  const second = new AbortController();
  const unanswered = errorOf(post(server, { signal: second.signal }));
  await server.next();
  const visit = await server.next();
  second.abort(new ChatError({ type: "timeout", message: "too late" }));
  expect(await unanswered).toBe("timeout");
  await visit.closed;
});

test("text beyond ASCII arrives whole, with its length", async () => {
  const server = await answering(HELLO);
  await post(server, { body: '"Zürich 日本 🌍"' });
  expect(server.visits[0]?.body).toBe('"Zürich 日本 🌍"');
});

test("of several addresses the one that answers is asked, once", async () => {
  const server = await answering(HELLO);
  // Of 192.0.2.0/24 (TEST-NET-1) nobody answers; of port 1 on ::1 somebody refuses.
  const addresses = [
    { address: "192.0.2.1", family: 4 },
    { address: "127.0.0.1", family: 4 },
  ] as const;
  const started = performance.now();
  const locate = (url: URL) => locally(url, addresses);
  expect(await textOf(await post(server, { locate, connectTimeout: 10_000 }))).toBe("hello");
  expect(performance.now() - started).toBeLessThan(3_000);
  expect(server.visits.length).toBe(1);
});

test("a host that swallows connections is told from one that is slow", async () => {
  const nobody = { url: "http://192.0.2.1:9/v1" };
  const locate = (url: URL) => locally(url, [{ address: "192.0.2.1", family: 4 }]);
  const controller = new AbortController();
  expect(await errorOf(post(nobody, { locate, connectTimeout: 200, signal: controller.signal }))).toBe(
    "network",
  );
  controller.abort();

  const slow = await answering(({ socket }) => void setTimeout(() => socket.write(HELLO), 500));
  expect(await textOf(await post(slow, { connectTimeout: 100 }))).toBe("hello");
});

test("of several addresses the one that was asked is probed, not one that nobody answers at", async () => {
  const slow = await answering(({ socket }) => void setTimeout(() => socket.write(HELLO), 900));
  const addresses = [
    { address: "192.0.2.1", family: 4 },
    { address: "127.0.0.1", family: 4 },
  ] as const;
  const locate = (url: URL) => locally(url, addresses);
  expect(await textOf(await post(slow, { locate, connectTimeout: 600 }))).toBe("hello");
});

test("an address that fails is not remembered", async () => {
  // Elsewhere than on Linux loopback has one address of IPv4.
  if (process.platform !== "linux") return;
  const listen = (hostname: string, port: number) =>
    Bun.listen({ hostname, port, socket: { data: () => undefined } });
  const first = listen("127.0.0.1", 0);
  using second = listen("127.0.0.2", first.port);
  const asked: string[] = [];
  const providerFetch = createProviderFetch({
    locate: (url) =>
      locally(
        url,
        [first, second].map(({ hostname: address }) => ({ address, family: 4 })),
      ),
    connectTimeout: 10_000,
    fetch: (url) => {
      asked.push(new URL(url).hostname);
      return asked.length === 2
        ? Promise.reject(new Error("broken"))
        : Promise.resolve(new Response("hello"));
    },
  });
  const url = new URL(`http://provider.test:${first.port}/`);
  const get = () => providerFetch(url, { method: "GET", headers: {}, signal: new AbortController().signal });
  await get();
  first.stop(true);
  expect(await errorOf(get())).toBe("network");
  await get();
  expect(asked).toEqual(["127.0.0.1", "127.0.0.1", "127.0.0.2"]);
});
