import { afterEach, expect, test } from "bun:test";
import { AnswerStore, type ResumeLimits } from "../../src/answers/answer-store.ts";
import type { HeldAnswer } from "../../src/answers/held-answer.ts";
import type { HeldReader } from "../../src/answers/held-reader.ts";
import { ChatError } from "../../src/core/failure.ts";

/** What is held, for how long, how much of it, and who may have it (docs/protocol.md 11). */

const LIMITS: ResumeLimits = { graceMs: 30, holdMs: 60, answerBytes: 8_192, bytes: 16_384 };

let ids = 0;
const stores: AnswerStore[] = [];
afterEach(() => {
  for (const store of stores.splice(0)) store.clear();
});

function storeWith(limits: Partial<ResumeLimits> = {}): AnswerStore {
  const store = new AnswerStore({ ...LIMITS, ...limits });
  stores.push(store);
  return store;
}

/** A held answer, and why its provider's request was ended. */
function held(
  store: AnswerStore,
  {
    finish = false,
    owner,
    isFromElsewhere = false,
  }: { finish?: boolean; owner?: string; isFromElsewhere?: boolean } = {},
) {
  const aborted: (string | undefined)[] = [];
  const answer = store.hold(`id-${++ids}`, {
    owner,
    kind: "nash",
    headers: {},
    finish,
    isFromElsewhere,
    farewell: () => "data: too slow\n\n",
    lost: () => "lost",
    abort: ({ failure }) => void aborted.push(failure.early),
  });
  return { answer, aborted };
}

/** Appends so many events, each as long as it is told with its number in it. */
function append(answer: HeldAnswer, events: number, length = 100): void {
  for (let i = 0; i < events; i++) {
    const number = `${answer.eventCount + 1} `;
    answer.append(`${number.padEnd(length - 2, "x")}\n\n`, 1);
  }
}

async function readAll(reader: HeldReader | undefined): Promise<string> {
  let text = "";
  for (let bytes = await reader?.next(); bytes !== undefined; bytes = await reader?.next())
    text += Buffer.from(bytes).toString();
  return text;
}

/** Reads at least so many bytes. */
async function read(reader: HeldReader | undefined, bytes: number): Promise<void> {
  for (let left = bytes; left > 0; ) left -= (await reader?.next())?.length ?? bytes;
}

const numbers = (text: string) =>
  text.split("\n\n").flatMap((event) => (event === "" ? [] : Number.parseInt(event, 10)));
const from = (first: number, last: number) => Array.from({ length: last - first + 1 }, (_, i) => first + i);

test.each([0, 1, 9, 10, 11, 37, 60])(
  "a reader that begins behind %d events gets all others",
  async (behind) => {
    const { answer } = held(storeWith());
    append(answer, 40);
    const early = readAll(answer.reader(Math.min(behind, 40)));
    append(answer, 20);
    const late = readAll(answer.reader(behind));
    answer.end();
    expect(numbers(await early)).toEqual(from(Math.min(behind, 40) + 1, 60));
    expect(numbers(await late)).toEqual(from(behind + 1, 60));
    expect(numbers(await readAll(answer.reader(behind)))).toEqual(from(behind + 1, 60));
  },
);

test("readers at different places, one of whom does not read, do not hold each other", async () => {
  const { answer } = held(storeWith());
  const idle = answer.reader(0);
  const fast = readAll(answer.reader(0));
  append(answer, 30);
  answer.end();
  await answer.ready();
  expect(numbers(await fast)).toEqual(from(1, 30));
  expect(numbers(await readAll(idle))).toEqual(from(1, 30));
});

test("when the last reader has been gone for the grace, the provider's request is ended", async () => {
  const { answer, aborted } = held(storeWith());
  const [one, other] = [answer.reader(0), answer.reader(0)];
  one?.close();
  await Bun.sleep(60);
  expect(aborted).toEqual([]);
  other?.close();
  await Bun.sleep(10);
  expect(aborted).toEqual([]);
  // Who comes back in time stops the clock.
  const back = answer.reader(0);
  await Bun.sleep(60);
  expect(aborted).toEqual([]);
  back?.close();
  await Bun.sleep(60);
  expect(aborted).toEqual(["left"]);
});

test("an answer that is to be finished waits for nobody", async () => {
  const { answer, aborted } = held(storeWith(), { finish: true });
  answer.reader(0)?.close();
  await Bun.sleep(60);
  expect(aborted).toEqual([]);
});

test("what is over is forgotten after its time, and what it took is free", async () => {
  const store = storeWith();
  const { answer } = held(store);
  append(answer, 10);
  answer.end();
  expect(await store.find(answer.id, "nash", undefined)).toBe(answer);
  expect(store.bytes).toBeGreaterThanOrEqual(1_000);
  await Bun.sleep(100);
  expect(await store.find(answer.id, "nash", undefined)).toBeUndefined();
  expect([store.size, store.bytes]).toEqual([0, 0]);
});

test("who reads when it is forgotten reads on, and its memory counts until then", async () => {
  const store = storeWith();
  const { answer } = held(store);
  append(answer, 10);
  const reader = answer.reader(0);
  answer.end();
  store.forget(answer);
  expect(store.bytes).toBeGreaterThanOrEqual(1_000);
  expect(numbers(await readAll(reader))).toEqual(from(1, 10));
  reader?.close();
  expect(store.bytes).toBe(0);
});

test("what has been over longest, and is read by nobody, goes first", () => {
  const store = storeWith({ bytes: 12_000 });
  const [first, second, third] = [held(store).answer, held(store).answer, held(store).answer];
  for (const answer of [second, first, third]) {
    append(answer, 30);
    if (answer === second) answer.reader(0);
    answer.end();
  }
  const there = () => [first, second, third].map((answer) => store.own(answer.id) !== undefined);
  const running = held(store).answer;
  append(running, 30);
  expect(store.bytes).toBeLessThanOrEqual(12_000);
  expect(there()).toEqual([false, true, true]);
  append(running, 30);
  expect(there()).toEqual([false, true, false]);
});

test("where none can go, no further one is held", () => {
  const store = storeWith({ bytes: 4_096 });
  const { answer } = held(store);
  append(answer, 25);
  expect(() => {
    for (;;) {
      store.checkRoom();
      append(held(store).answer, 10);
    }
  }).toThrow(ChatError);
  expect(store.bytes).toBeLessThanOrEqual(4_096);
  answer.end();
  store.checkRoom();
});

test("one that outgrows its share runs on for those who read, and for nobody else", async () => {
  const store = storeWith();
  const { answer, aborted } = held(store);
  const reading = answer.reader(0);
  append(answer, 100);
  expect(answer.isOutgrown).toBe(true);
  expect(answer.reader(0)).toBeUndefined();
  const all = readAll(reading);
  append(answer, 900);
  answer.end();
  expect(numbers(await all)).toEqual(from(1, 1_000));
  expect(aborted).toEqual([]);
  reading?.close();
  expect(store.bytes).toBe(0);
});

test("outgrown and left by its last reader, it is ended at once", () => {
  const { answer, aborted } = held(storeWith());
  const reading = answer.reader(0);
  append(answer, 100);
  reading?.close();
  expect(aborted).toEqual(["left"]);
  const unread = held(storeWith());
  append(unread.answer, 100);
  expect(unread.aborted).toEqual(["left"]);
});

test("outgrown, it waits for its fastest reader, and cuts one that is too far behind", async () => {
  const { answer } = held(storeWith());
  const slow = answer.reader(0);
  const fast = answer.reader(0);
  append(answer, 100);
  await read(fast, 10_000);
  append(answer, 1_000);
  let isReady = false;
  const ready = answer.ready().then(() => {
    isReady = true;
  });
  await Bun.sleep(1);
  expect(isReady).toBe(false);
  const rest = readAll(fast);
  await ready;
  append(answer, 1_000);
  expect(await readAll(slow)).toBe("data: too slow\n\n");
  answer.end();
  expect(numbers(await rest).at(-1)).toBe(2_100);
});

test("outgrown, it runs on for who reads it elsewhere, holds nothing for them, and waits for nobody here", async () => {
  const store = storeWith();
  const { answer, aborted } = held(store, { finish: true });
  const all = answer.follow();
  append(answer, 50);
  answer.readElsewhere();
  append(answer, 50);
  expect([answer.isOutgrown, answer.follow(), store.bytes]).toEqual([true, undefined, 0]);
  append(answer, 900);
  await answer.ready();
  expect(aborted).toEqual([]);
  // Whoever has followed it from its beginning has all of it still.
  expect(numbers(Buffer.from(all?.take() ?? []).toString())).toEqual(from(1, 1_000));
  expect(all?.take().length).toBe(0);
  await Bun.sleep(60);
  expect(aborted).toEqual(["left"]);
});

test("outgrown elsewhere, it is not waited for: a reader that is too far behind is cut, though it is the only one", async () => {
  const { answer } = held(storeWith(), { finish: true, isFromElsewhere: true });
  const slow = answer.reader(0);
  append(answer, 2_000);
  expect(await readAll(slow)).toBe("data: too slow\n\n");
});

test("outgrown and ended, it waits for no reader", async () => {
  const { answer } = held(storeWith());
  answer.reader(0);
  append(answer, 10_000);
  expect(answer.isOutgrown).toBe(true);
  const ready = answer.ready().then(() => "ready");
  expect(await Promise.race([ready, Bun.sleep(1)])).toBeUndefined();
  answer.stop();
  expect(await Promise.race([ready, Bun.sleep(100)])).toBe("ready");
});

test("who stops, and whose it is", async () => {
  const store = storeWith();
  const { answer, aborted } = held(store, { owner: "ada" });
  expect(await store.find(answer.id, "nash", "bob")).toBeUndefined();
  expect(await store.find(answer.id, "openai-responses", "ada")).toBeUndefined();
  expect(store.stopHere(answer.id, "bob")).toBeUndefined();
  expect(store.stopHere("no such answer", "ada")).toBeUndefined();
  expect(aborted).toEqual([]);
  expect(store.stopHere(answer.id, "ada")).toBe("stopped");
  expect(aborted).toEqual(["stopped"]);
  expect(answer.isStopped).toBe(true);
  answer.end();
  expect(store.stopHere(answer.id, "ada")).toBe("deleted");
  expect(store.stopHere(answer.id, "ada")).toBeUndefined();
});

test("one that is not held can be stopped while it runs", () => {
  const store = storeWith();
  const aborted: (string | undefined)[] = [];
  store.add("a", { owner: undefined, slot: { abort: ({ failure }) => void aborted.push(failure.early) } });
  expect(store.stopHere("a", "somebody")).toBeUndefined();
  expect(store.stopHere("a", undefined)).toBe("stopped");
  store.remove("a");
  expect(store.stopHere("a", undefined)).toBeUndefined();
  expect(aborted).toEqual(["stopped"]);
});
