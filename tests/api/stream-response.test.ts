import { expect, test } from "bun:test";
import { connect } from "node:net";
import { type FrameGenerator, pour, streamResponse } from "../../src/api/stream-response.ts";

const utf8 = new TextEncoder();

/** Frames that are given by hand, and what became of them. */
function handed() {
  const asked: PromiseWithResolvers<IteratorResult<Uint8Array, unknown>>[] = [];
  const returned = Promise.withResolvers<void>();
  const frames = {
    next() {
      const frame = Promise.withResolvers<IteratorResult<Uint8Array, unknown>>();
      asked.push(frame);
      return frame.promise;
    },
    return() {
      returned.resolve();
      return Promise.resolve({ done: true as const, value: undefined });
    },
  };
  return { frames, asked, returned: returned.promise };
}

/** Frames without an end but that of their reader, and how many have been asked for. */
function endless(bytes: number) {
  const returned = Promise.withResolvers<void>();
  const frame = new Uint8Array(bytes);
  const state = { asked: 0, isOver: false };
  const frames = {
    next() {
      state.asked++;
      return Promise.resolve<IteratorResult<Uint8Array, unknown>>(
        state.isOver ? { done: true, value: undefined } : { done: false, value: frame },
      );
    },
    return() {
      state.isOver = true;
      returned.resolve();
      return Promise.resolve({ done: true as const, value: undefined });
    },
  };
  return { frames, state, returned: returned.promise };
}

/** What the hook makes of a handler's frames. */
async function responseOf(
  frames: Pick<FrameGenerator, "next">,
  set: { headers: Record<string, string> },
  method = "GET",
): Promise<Response> {
  const generator = Object.assign(frames, { [Symbol.asyncIterator]: () => frames });
  return (
    (await streamResponse({ request: { method }, responseValue: generator, set })) ??
    new Response(null, { status: 500 })
  );
}

/** A server that answers everything with these frames. */
function serving(frames: Pick<FrameGenerator, "next">) {
  return Bun.serve({
    hostname: "127.0.0.1",
    port: 0,
    fetch: () => responseOf(frames, { headers: { "x-request-id": "r" } }),
  });
}

/** A client that has asked and reads nothing. */
async function stalled(port: number | undefined) {
  const socket = connect({ host: "127.0.0.1", port: port ?? 0 });
  await new Promise((resolve) => socket.once("connect", resolve));
  socket.pause();
  socket.write("GET / HTTP/1.1\r\nhost: localhost\r\n\r\n");
  return socket;
}

test("writes and flushes each frame, and waits for a client that does not keep up", async () => {
  const { frames, asked } = handed();
  const did: string[] = [];
  const drained = Promise.withResolvers<number>();
  const poured = pour({ done: false, value: utf8.encode("a") }, frames, {
    write(frame) {
      did.push(new TextDecoder().decode(frame as Uint8Array));
      return did.length === 1 ? 1 : drained.promise;
    },
    flush(wait) {
      did.push(wait ? "wait" : "flush");
      return 0;
    },
  });
  expect(did).toEqual(["a", "flush"]);
  expect(asked.length).toBe(1);
  asked[0]?.resolve({ done: false, value: utf8.encode("b") });
  await Bun.sleep(0);
  expect(did).toEqual(["a", "flush", "b", "flush"]);
  expect(asked.length).toBe(1);
  drained.resolve(1);
  await Bun.sleep(0);
  expect(asked.length).toBe(2);
  asked[1]?.resolve({ done: true, value: undefined });
  await poured;
  expect(did).toEqual(["a", "flush", "b", "flush", "wait"]);
});

test("sends what it has at once, with the headers given and those of a stream, and takes them out", async () => {
  const { frames, asked } = handed();
  const set = { headers: { "x-request-id": "r" } };
  await using server = Bun.serve({ hostname: "127.0.0.1", port: 0, fetch: () => responseOf(frames, set) });
  const answer = fetch(server.url);
  while (asked.length === 0) await Bun.sleep(1);
  asked[0]?.resolve({ done: false, value: utf8.encode("first") });
  const response = await answer;
  expect(response.headers.get("x-request-id")).toBe("r");
  expect(response.headers.get("content-type")).toBe("text/event-stream; charset=utf-8");
  expect(response.headers.get("x-accel-buffering")).toBe("no");
  expect(set.headers).toEqual({} as typeof set.headers);
  const reader = response.body?.getReader();
  expect(new TextDecoder().decode((await reader?.read())?.value)).toBe("first");
  asked[1]?.resolve({ done: false, value: utf8.encode("last") });
  expect(new TextDecoder().decode((await reader?.read())?.value)).toBe("last");
  asked[2]?.resolve({ done: true, value: undefined });
  expect((await reader?.read())?.done).toBe(true);
});

test("a client that leaves while nothing comes ends the frames", async () => {
  const { frames, asked, returned } = handed();
  await using server = serving(frames);
  const socket = await stalled(server.port);
  while (asked.length === 0) await Bun.sleep(1);
  asked[0]?.resolve({ done: false, value: utf8.encode("first") });
  while (asked.length === 1) await Bun.sleep(1);
  socket.destroy();
  await returned;
  asked[1]?.resolve({ done: true, value: undefined });
});

test("no more is asked for than the network takes, and a client that leaves then ends the frames too", async () => {
  const { frames, state, returned } = endless(64 * 1024);
  await using server = serving(frames);
  const socket = await stalled(server.port);
  let before = -1;
  while (state.asked === 0 || state.asked !== before) {
    before = state.asked;
    await Bun.sleep(50);
  }
  // What the kernel holds for both sides, and no more.
  expect(state.asked).toBeLessThan(1000);
  socket.destroy();
  await returned;
});

test("a server that stops does not forget what is still on its way to a slow client", async () => {
  const size = 16 * 1024 * 1024;
  const { frames, asked } = handed();
  const server = serving(frames);
  const socket = await stalled(server.port);
  while (asked.length === 0) await Bun.sleep(1);
  asked[0]?.resolve({ done: false, value: new Uint8Array(size) });
  const ended = (async () => {
    while (asked.length === 1) await Bun.sleep(1);
    asked[1]?.resolve({ done: true, value: undefined });
  })();
  // Time for the network to fill, and then for what would be forgotten to be.
  await Bun.sleep(50);
  const stopped = server.stop().then(() => server.stop(true));
  await Bun.sleep(50);
  let received = 0;
  socket.on("data", (bytes) => {
    received += bytes.length;
  });
  socket.resume();
  await Promise.all([ended, stopped]);
  if (!socket.closed) await new Promise((resolve) => socket.once("close", resolve));
  expect(received).toBeGreaterThan(size);
});
