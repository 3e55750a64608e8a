import { afterEach, expect, test } from "bun:test";
import { Secret } from "../../src/core/secret.ts";
import type { Reply } from "../../src/upstream/reply.ts";
import { exchange } from "../../src/upstream/transport.ts";
import { type StandIn, startStandIn, type Visit } from "../support/stand-in.ts";

const HEAD = "HTTP/1.1 200 OK\r\n";
const HELLO = `${HEAD}content-length: 5\r\n\r\nhello`;

let standIn: StandIn | undefined;
afterEach(async () => {
  await standIn?.stop();
  standIn = undefined;
});

/** Starts a server that answers each visit with these words. */
async function answering(answer: string | ((visit: Visit, index: number) => void)): Promise<StandIn> {
  standIn = await startStandIn(
    typeof answer === "string" ? ({ socket }) => void socket.write(answer, "latin1") : answer,
  );
  return standIn;
}

function ask(
  { url }: Pick<StandIn, "url">,
  options: { body?: string; signal?: AbortSignal; headers?: Record<string, string>; key?: string } = {},
): Promise<Reply> {
  return exchange(
    new URL(url),
    { address: "127.0.0.1", family: 4 },
    {
      method: "POST",
      headers: options.headers ?? {},
      body: options.body ?? "{}",
      connectMs: 60_000,
      signal: options.signal ?? new AbortController().signal,
      secrets: [new Secret(options.key ?? "a key")],
    },
  );
}

async function textOf({ body }: Reply): Promise<string> {
  const decoder = new TextDecoder();
  let text = "";
  for (let bytes = await body.read(); bytes !== undefined; bytes = await body.read())
    text += decoder.decode(bytes, { stream: true });
  return text;
}

async function codeOf(promise: Promise<unknown>): Promise<unknown> {
  return promise.then(
    () => "nothing wrong",
    (error: unknown) => (error instanceof Error && "code" in error ? error.code : error),
  );
}

test("one connection serves one request after another", async () => {
  const server = await answering(HELLO);
  for (let i = 0; i < 3; i++) expect(await textOf(await ask(server))).toBe("hello");
  expect(server.connections).toBe(1);
});

test("a request under way has its connection for itself", async () => {
  const server = await answering(() => undefined);
  const first = ask(server);
  const second = ask(server);
  const visits = [await server.next(), await server.next()];
  for (const { socket } of visits) socket.write(HELLO);
  expect(await textOf(await first)).toBe("hello");
  expect(await textOf(await second)).toBe("hello");
  expect(server.connections).toBe(2);
});

test.each([
  ["that says so", `${HEAD}connection: close\r\ncontent-length: 5\r\n\r\nhello`],
  ["of HTTP/1.0", "HTTP/1.0 200 OK\r\ncontent-length: 5\r\n\r\nhello"],
  ["with bytes behind its response", `${HELLO}H`],
  ["with a response that nobody asked for", `${HELLO}${HELLO}`],
])("a connection %s serves no second request", async (_, answer) => {
  const server = await answering(answer);
  for (let i = 0; i < 2; i++) expect(await textOf(await ask(server))).toBe("hello");
  expect(server.connections).toBe(2);
});

test("a response that comes between two requests is nobody's", async () => {
  const server = await answering(HELLO);
  await textOf(await ask(server));
  const [visit] = server.visits;
  visit?.socket.write(`${HEAD}content-length: 4\r\n\r\nevil`);
  await visit?.closed;
  expect(await textOf(await ask(server))).toBe("hello");
  expect(server.connections).toBe(2);
});

test("a connection that the server closes between two requests is not used again", async () => {
  const server = await answering(HELLO);
  await textOf(await ask(server));
  server.visits[0]?.socket.end();
  await server.visits[0]?.closed;
  expect(await textOf(await ask(server))).toBe("hello");
  expect(server.connections).toBe(2);
});

test("a request that meets a closing connection goes out again, on a new one", async () => {
  const server = await answering(({ socket }, index) => {
    if (index === 1) socket.resetAndDestroy();
    else socket.write(HELLO);
  });
  await textOf(await ask(server));
  expect(await textOf(await ask(server, { body: "again" }))).toBe("hello");
  expect(server.visits.map(({ body }) => body)).toEqual(["{}", "again", "again"]);
});

test("a first request that is cut off is not repeated", async () => {
  const server = await answering(({ socket }) => void socket.resetAndDestroy());
  expect(await codeOf(ask(server))).toBe("ECONNRESET");
  expect(server.visits.length).toBe(1);
});

test("chunks, extensions, trailers and a hint ahead", async () => {
  const server = await answering(
    "HTTP/1.1 103 Early Hints\r\nlink: </a>\r\n\r\n" +
      `${HEAD}transfer-encoding: chunked\r\nx-a: b\r\n\r\n3;x=y\r\nhel\r\n2\r\nlo\r\n0\r\nx-late: 1\r\n\r\n`,
  );
  for (let i = 0; i < 2; i++) {
    const reply = await ask(server);
    expect([reply.status, reply.headers.get("x-a"), reply.headers.has("link")]).toEqual([200, "b", false]);
    expect(await textOf(reply)).toBe("hello");
  }
  expect(server.connections).toBe(1);
});

test("more headers than the parser gives at once", async () => {
  const many = Array.from({ length: 200 }, (_, i) => `x-${i}: ${i}\r\n`).join("");
  const server = await answering(`${HEAD}${many}content-length: 0\r\n\r\n`);
  const { headers } = await ask(server);
  expect([headers.get("x-0"), headers.get("x-199")]).toEqual(["0", "199"]);
});

test.each([
  ["no HTTP", "SSH-2.0-OpenSSH\r\n\r\n", "HPE_INVALID_CONSTANT"],
  ["headers without end", `${HEAD}x: ${"y".repeat(70_000)}\r\n\r\n`, "HPE_HEADER_OVERFLOW"],
  [
    "two lengths",
    `${HEAD}content-length: 5\r\ntransfer-encoding: chunked\r\n\r\n0\r\n\r\n`,
    "HPE_INVALID_TRANSFER_ENCODING",
  ],
  [
    "another protocol",
    "HTTP/1.1 101 Switching Protocols\r\nupgrade: x\r\nconnection: upgrade\r\n\r\n",
    "HPE_UNEXPECTED",
  ],
])("%s is not read", async (_, answer, code) => {
  expect(await codeOf(ask(await answering(answer)))).toBe(code);
});

test.each([
  ["more headers than anybody sends", `${HEAD}${"a:\r\n".repeat(20_000)}\r\n`],
  ["interim responses without end", "HTTP/1.1 103 Early Hints\r\n\r\n".repeat(20)],
  ["a status that is none", "HTTP/1.1 099 Odd\r\n\r\n"],
])("%s: the response is given up at once", async (_, answer) => {
  expect(await codeOf(ask(await answering(answer)))).toBe("HPE_UNEXPECTED");
});

test("trailers are not read, however many there are", async () => {
  const trailers = "a:\r\n".repeat(10_000);
  const server = await answering(
    `${HEAD}transfer-encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n${trailers}\r\n`,
  );
  for (let i = 0; i < 2; i++) expect(await textOf(await ask(server))).toBe("hello");
  expect(server.connections).toBe(1);
});

test("what had come before a reset is given to a reader who comes late", async () => {
  const length = 400_000;
  const server = await answering(({ socket }) => {
    socket.write(`${HEAD}content-length: ${length + 1}\r\n\r\n`);
    socket.write(Buffer.alloc(length, "x"));
  });
  const { body } = await ask(server);
  const { socket, closed } = server.visits[0] as Visit;
  while (socket.writableLength > 0) await Bun.sleep(1);
  // As much as is read while nobody asks for it.
  for (let seen = -1; seen !== socket.bytesWritten; await Bun.sleep(50)) seen = socket.bytesWritten;
  socket.resetAndDestroy();
  await closed;
  await Bun.sleep(50);
  let bytes = 0;
  const readAll = async () => {
    for (let part = await body.read(); part !== undefined; part = await body.read()) bytes += part.length;
  };
  expect(await codeOf(readAll())).toBe("ECONNRESET");
  expect(bytes).toBe(length);
});

test("a server that sends no more and reads no more does not keep anybody waiting", async () => {
  const server = Bun.listen({
    hostname: "127.0.0.1",
    port: 0,
    allowHalfOpen: true,
    socket: {
      data(socket) {
        socket.pause();
        socket.shutdown();
      },
    },
  });
  const at = { url: `http://127.0.0.1:${server.port}/` };
  expect(await codeOf(ask(at, { body: "x".repeat(32 * 1024 * 1024) }))).toBe("ECONNRESET");
  server.stop(true);
});

test.each([
  ["half a head", "HTTP/1.1 200 OK\r\nx-"],
  ["an interim response", "HTTP/1.1 103 Early Hints\r\n\r\n"],
])("a request on a kept connection is not sent again once %s has come", async (_, beginning) => {
  const server = await answering(({ socket }, index) => {
    if (index === 0) return void socket.write(HELLO);
    socket.write(beginning, () => setTimeout(() => socket.resetAndDestroy(), 10));
  });
  await textOf(await ask(server));
  expect(await codeOf(ask(server))).toBe("ECONNRESET");
  expect(server.visits.length).toBe(2);
});

test("a connection is kept for the one whose key it has carried", async () => {
  const server = await answering(HELLO);
  for (const key of ["one", "other", "one", "other"]) await textOf(await ask(server, { key }));
  expect(server.connections).toBe(2);
});

test("what came before a cut comes before the error", async () => {
  const server = await answering(
    ({ socket }) => void socket.end(`${HEAD}transfer-encoding: chunked\r\n\r\n5\r\nhello\r\n`),
  );
  const { body } = await ask(server);
  expect(new TextDecoder().decode(await body.read())).toBe("hello");
  expect(await codeOf(body.read())).toBe("ECONNRESET");
});

test("a body that says nothing of its length ends with the connection", async () => {
  const server = await answering(({ socket }) => void socket.end(`${HEAD}\r\nhello`));
  expect(await textOf(await ask(server))).toBe("hello");
});

test("a reader that is slow holds the server back, and gets all", async () => {
  const length = 32 * 1024 * 1024;
  const server = await answering(({ socket }) => {
    socket.write(`${HEAD}content-length: ${length}\r\n\r\n`);
    socket.write(Buffer.alloc(length, "x"));
  });
  const { body } = await ask(server);
  await Bun.sleep(0);
  const { socket } = server.visits[0] as Visit;
  expect(socket.writableLength).toBeGreaterThan(0);
  let bytes = 0;
  let most = 0;
  for (let part = await body.read(); part !== undefined; part = await body.read()) {
    bytes += part.length;
    most = Math.max(most, part.length);
  }
  expect(bytes).toBe(length);
  expect(most).toBeLessThan(length / 8);
  // The connection was not left waiting.
  expect(await ask(server).then(({ status }) => status)).toBe(200);
});

test("a signal ends a request, a reader its body, with their reasons", async () => {
  const server = await answering(({ socket }, index) => {
    if (index === 0) socket.write(`${HEAD}content-length: 9\r\n\r\nhello`);
  });
  const controller = new AbortController();
  const { body } = await ask(server, { signal: controller.signal });
  await body.read();
  const next = codeOf(body.read());
  body.cancel("enough");
  expect(await next).toBe("enough");
  await server.visits[0]?.closed;

  const unanswered = codeOf(ask(server, { signal: controller.signal }));
  const visit = await server.next();
  controller.abort("too late");
  expect(await unanswered).toBe("too late");
  await visit.closed;
  expect(await codeOf(ask(server, { signal: controller.signal }))).toBe("too late");
});

test("a reader that gives up a body that has ended disturbs nobody", async () => {
  const server = await answering(HELLO);
  const first = await ask(server);
  await textOf(first);
  const next = ask(server);
  first.body.cancel("enough");
  expect(await textOf(await next)).toBe("hello");
  expect(server.connections).toBe(1);
});

test("a signal that aborts after its answer disturbs nobody", async () => {
  const server = await answering(HELLO);
  const controller = new AbortController();
  await textOf(await ask(server, { signal: controller.signal }));
  const next = ask(server);
  controller.abort();
  expect(await textOf(await next)).toBe("hello");
  expect(server.connections).toBe(1);
});

test("a connection whose server answered before it had read all of a request serves no second one", async () => {
  let connections = 0;
  const server = Bun.listen({
    hostname: "127.0.0.1",
    port: 0,
    socket: {
      open() {
        connections++;
      },
      data(socket) {
        socket.pause();
        socket.write("HTTP/1.1 413 Content Too Large\r\ncontent-length: 0\r\n\r\n");
      },
    },
  });
  const at = { url: `http://127.0.0.1:${server.port}/` };
  expect((await ask(at, { body: "x".repeat(64 * 1024 * 1024) })).status).toBe(413);
  expect((await ask(at)).status).toBe(413);
  expect(connections).toBe(2);
  server.stop(true);
});

test("a header that would be two is not sent", async () => {
  const server = await answering(HELLO);
  expect(await codeOf(ask(server, { headers: { "x-a": "b\r\nx-c: d" } }))).toBe("ERR_INVALID_CHAR");
  expect(server.connections).toBe(0);
});

test("text beyond ASCII arrives whole, with its length", async () => {
  const server = await answering(HELLO);
  await ask(server, { body: '"Zürich 日本 🌍"' });
  expect(server.visits[0]?.body).toBe('"Zürich 日本 🌍"');
});
