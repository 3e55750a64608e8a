import { expect, test } from "bun:test";
import { answerFrames } from "../../src/api/answer-frames.ts";
import { NashEncoder } from "../../src/api/nash/encoder.ts";
import type { Batch } from "../../src/core/event.ts";

const SESSION = 'data: {"session_id":"s"}\n\n';
const COMMENT = ": keep-alive\n\n";
const TEXT: Batch = [{ type: "text", text: "a" }];
const REASONING: Batch = [{ type: "reasoning", text: "hm" }];
const END: Batch = [{ type: "end", reason: "stop" }];
const FAULT: Batch = [{ type: "error", failure: { type: "internal", message: "broken" } }];

/** An answer whose batches are given by hand, its frames, and what the observer is told. */
function answering(keepAliveMs = 60_000, isReady = false) {
  const asked: PromiseWithResolvers<Batch | undefined>[] = [];
  const told: unknown[] = [];
  const answer = {
    isReady,
    model: undefined,
    headers: undefined,
    next() {
      const batch = Promise.withResolvers<Batch | undefined>();
      asked.push(batch);
      return batch.promise;
    },
  };
  const encoder = new NashEncoder({ id: "s" }, { usage: false, reasoning: false, toolCalls: false }, "a");
  const frames = answerFrames(answer, encoder, keepAliveMs, {
    onBatch: (batch) => told.push(batch),
    onInternalError(error) {
      told.push(error);
      return FAULT;
    },
    onEnd: () => told.push("end"),
  });
  return { asked, told, frames };
}

async function textOf(result: Promise<IteratorResult<Uint8Array, void>>): Promise<string | undefined> {
  const { value } = await result;
  return value === undefined ? undefined : new TextDecoder().decode(value);
}

/** Until the generator has got as far as it can. */
const settled = () => Bun.sleep(0);

test("begins at once, gives one piece for each batch, and ends once", async () => {
  const { asked, told, frames } = answering();
  expect(await textOf(frames.next())).toBe(SESSION);
  expect(asked.length).toBe(0);
  for (let i = 0; i < 3; i++) {
    const next = frames.next();
    await settled();
    asked[i]?.resolve(TEXT);
    expect(await textOf(next)).toBe('data: {"content":"a"}\n\n');
  }
  const last = frames.next();
  await settled();
  asked[3]?.resolve(END);
  expect(await textOf(last)).toBe(`${SESSION}data: [DONE]\n\n`);
  const over = frames.next();
  await settled();
  asked[4]?.resolve(undefined);
  expect((await over).done).toBe(true);
  await frames.return();
  expect(told).toEqual([TEXT, TEXT, TEXT, END, "end"]);
});

test("events that are there already come together with the beginning", async () => {
  const { asked, frames } = answering(60_000, true);
  const first = frames.next();
  await settled();
  asked[0]?.resolve(TEXT);
  expect(await textOf(first)).toBe(`${SESSION}data: {"content":"a"}\n\n`);
  await frames.return();
});

test("a batch that holds nothing for this client is not written", async () => {
  const { asked, frames } = answering();
  await frames.next();
  const next = frames.next();
  await settled();
  asked[0]?.resolve(REASONING);
  await settled();
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
  // Perhaps one more comment was due in between.
  let piece = await textOf(frames.next());
  while (piece === COMMENT) piece = await textOf(frames.next());
  expect(piece).toBe('data: {"content":"a"}\n\n');
  expect(asked.length).toBe(1);
  await frames.return();
});

test("an internal error ends the answer in the dialect's own form", async () => {
  const { asked, told, frames } = answering();
  await frames.next();
  const next = frames.next();
  await settled();
  const broken = new Error("broken");
  asked[0]?.reject(broken);
  expect(await textOf(next)).toContain('"type":"internal"');
  expect((await frames.next()).done).toBe(true);
  expect(told).toEqual([broken, "end"]);
});

test("a client that leaves between two frames ends them at once", async () => {
  const { told, frames } = answering();
  await frames.next();
  await frames.return();
  expect(told).toEqual(["end"]);
  expect((await frames.next()).done).toBe(true);
});

test("a client that leaves while nothing comes ends them with the batch that its signal brings", async () => {
  const { asked, told, frames } = answering();
  await frames.next();
  const next = frames.next();
  await settled();
  const left = frames.return();
  // The slot's signal aborts the provider's request, which then fails.
  asked[0]?.resolve(FAULT);
  await next;
  await left;
  expect(told).toEqual([FAULT, "end"]);
});
