import { expect, test } from "bun:test";
import { AnswerFrames } from "../../src/api/nash/answer-frames.ts";
import { FrameEncoder } from "../../src/api/nash/frames.ts";
import type { Batch } from "../../src/core/event.ts";

const SESSION = 'data: {"session_id":"s"}\n\n';
const COMMENT = ": keep-alive\n\n";
const TEXT: Batch = [{ type: "text", text: "a" }];
const REASONING: Batch = [{ type: "reasoning", text: "hm" }];
const END: Batch = [{ type: "end", reason: "stop" }];
const FAULT: Batch = [{ type: "error", failure: { type: "internal", message: "broken" } }];

/** An answer whose batches are given by hand, its frames, and what the frames tell of it. */
function answering(silenceMs = 60_000, isReady = false) {
  const asked: PromiseWithResolvers<Batch | undefined>[] = [];
  const told: unknown[] = [];
  const answer = {
    isReady,
    next() {
      const batch = Promise.withResolvers<Batch | undefined>();
      asked.push(batch);
      return batch.promise;
    },
  };
  const frames = new AnswerFrames(
    answer,
    new FrameEncoder({ id: "s" }, { usage: false, reasoning: false }),
    silenceMs,
    {
      batch: (batch) => told.push(batch),
      fault(error) {
        told.push(error);
        return FAULT;
      },
      over: () => told.push("over"),
    },
  );
  return { asked, told, frames };
}

async function textOf(result: Promise<IteratorResult<Uint8Array, undefined>>): Promise<string | undefined> {
  const { value } = await result;
  return value === undefined ? undefined : new TextDecoder().decode(value);
}

test("begins at once, gives one piece for each batch, and ends once", async () => {
  const { asked, told, frames } = answering();
  expect(await textOf(frames.next())).toBe(SESSION);
  expect(asked.length).toBe(0);
  for (let i = 0; i < 3; i++) {
    const next = frames.next();
    asked[i]?.resolve(TEXT);
    expect(await textOf(next)).toBe('data: {"content":"a"}\n\n');
  }
  const last = frames.next();
  asked[3]?.resolve(END);
  expect(await textOf(last)).toBe(`${SESSION}data: [DONE]\n\n`);
  const over = frames.next();
  asked[4]?.resolve(undefined);
  expect((await over).done).toBe(true);
  expect((await frames.next()).done).toBe(true);
  await frames.return();
  expect(asked.length).toBe(5);
  expect(told).toEqual([TEXT, TEXT, TEXT, END, "over"]);
});

test("events that are there already come together with the beginning", async () => {
  const { asked, frames } = answering(60_000, true);
  const first = frames.next();
  asked[0]?.resolve(TEXT);
  expect(await textOf(first)).toBe(`${SESSION}data: {"content":"a"}\n\n`);
  const last = frames.next();
  asked[1]?.resolve(END);
  expect(await textOf(last)).toBe(`${SESSION}data: [DONE]\n\n`);
  await frames.return();
});

test("an answer that ends without its last event ends the frames", async () => {
  const { asked, told, frames } = answering();
  await frames.next();
  const next = frames.next();
  asked[0]?.resolve(undefined);
  expect(await next).toEqual({ done: true, value: undefined });
  expect(told).toEqual(["over"]);
});

test("a batch that says nothing to this client is not written", async () => {
  const { asked, frames } = answering();
  await frames.next();
  const next = frames.next();
  asked[0]?.resolve(REASONING);
  await asked[0]?.promise;
  await Promise.resolve();
  asked[1]?.resolve(TEXT);
  expect(await textOf(next)).toBe('data: {"content":"a"}\n\n');
  await frames.return();
});

test("comments while nothing comes, and nothing is lost or asked for twice", async () => {
  const { asked, frames } = answering(1);
  await frames.next();
  expect(await textOf(frames.next())).toBe(COMMENT);
  expect(await textOf(frames.next())).toBe(COMMENT);
  asked[0]?.resolve(TEXT);
  await asked[0]?.promise;
  await Promise.resolve();
  // It came while nobody waited.
  expect(await textOf(frames.next())).toBe('data: {"content":"a"}\n\n');
  expect(asked.length).toBe(1);
  await frames.return();
});

test("a fault of ours is the last thing said", async () => {
  const { asked, told, frames } = answering();
  await frames.next();
  const next = frames.next();
  const broken = new Error("broken");
  asked[0]?.reject(broken);
  expect(await textOf(next)).toContain('"type":"internal"');
  expect((await frames.next()).done).toBe(true);
  expect(told).toEqual([broken, "over"]);
});

test("a client that leaves ends a wait, and what comes later is not told", async () => {
  const { asked, told, frames } = answering();
  await frames.next();
  const next = frames.next();
  await frames.return();
  expect((await next).done).toBe(true);
  asked[0]?.resolve(TEXT);
  await asked[0]?.promise;
  await Promise.resolve();
  expect(told).toEqual(["over"]);
});
