import { expect, test } from "bun:test";
import type { Visit } from "../support/stand-in.ts";
import { ask, codeOf, HEAD, HELLO, oneServer, textOf } from "./one-server.ts";

/** One request and its response. */

const answering = oneServer();

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
