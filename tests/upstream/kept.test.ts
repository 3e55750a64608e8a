import { expect, test } from "bun:test";
import { ask, codeOf, HEAD, HELLO, oneServer, textOf } from "./one-server.ts";

/** Which connections serve a second request, and which requests go out a second time. */

const answering = oneServer();

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
