import { afterEach, expect, test } from "bun:test";
import { Counter, spawnTokenizer } from "../../src/tokens/counter.ts";

const open: Counter[] = [];
afterEach(() => {
  for (const counter of open.splice(0)) counter.close();
});

function counterOf(spawn: () => Bun.Worker): Counter {
  const counter = new Counter(spawn);
  open.push(counter);
  return counter;
}

/** What a count ends with. Taken at once, so that no rejection is ever without a handler. */
const outcome = (count: Promise<number>): Promise<number | string> => count.catch((error) => error.message);

const odd = (): Bun.Worker => new Worker(new URL("./odd-worker.ts", import.meta.url)) as Bun.Worker;
const broken = (): Bun.Worker => new Worker(new URL("./no-such-worker.ts", import.meta.url)) as Bun.Worker;

test("counts all texts of a job, each by itself", async () => {
  const counter = counterOf(spawnTokenizer);
  expect(await counter.count(["hello", " world", "", "hello"], "o200k")).toBe(3);
  expect(await counter.count(["hel", "lo"], "cl100k")).toBe(2);
});

test("counts a job of more texts than are sent at once", async () => {
  const counter = counterOf(spawnTokenizer);
  expect(await counter.count(new Array<string>(2_500).fill("a"), "o200k")).toBe(2_500);
});

test("starts no thread for nothing", async () => {
  const counter = counterOf(() => {
    throw new Error("started");
  });
  expect(await counter.count(["", ""], "o200k")).toBe(0);
  expect(await counter.count([], "o200k")).toBe(0);
});

test("a short job overtakes a long one", async () => {
  const counter = counterOf(spawnTokenizer);
  const order: string[] = [];
  const long = counter.count(["a".repeat(1_000_000)], "o200k").then((tokens) => order.push(`long ${tokens}`));
  const short = counter.count(["a"], "o200k").then((tokens) => order.push(`short ${tokens}`));
  await Promise.all([long, short]);
  expect(order).toEqual(["short 1", "long 125000"]);
});

test("a caller that leaves is rejected with its reason, and the others are counted", async () => {
  const counter = counterOf(spawnTokenizer);
  const leaving = new AbortController();
  const long = outcome(counter.count(["a".repeat(1_000_000)], "o200k", leaving.signal));
  const other = counter.count(["b"], "o200k");
  leaving.abort(new Error("gone"));
  expect(await long).toBe("gone");
  expect(await other).toBe(1);
  expect(await outcome(counter.count(["a"], "o200k", leaving.signal))).toBe("gone");
});

test("the thread is told of a caller that leaves, and its answer is nobody's", async () => {
  const counter = counterOf(odd);
  const leaving = new AbortController();
  const left = outcome(counter.count(["wait"], "o200k", leaving.signal));
  leaving.abort(new Error("gone"));
  expect(await left).toBe("gone");
  expect(await counter.count(["cancelled?"], "o200k")).toBe(1);
});

test("when the thread dies all who wait are told, and the next gets a new one", async () => {
  const counter = counterOf(odd);
  const counts = [counter.count(["wait"], "o200k"), counter.count(["die"], "o200k")];
  expect(await Promise.all(counts.map(outcome))).toEqual([
    "the token counter died",
    "the token counter died",
  ]);
  expect(await counter.count(["four"], "o200k")).toBe(4);
});

test("a job that fails in the thread fails alone", async () => {
  const counter = counterOf(odd);
  const failing = outcome(counter.count(["fail"], "o200k"));
  expect(await failing).toBe("the token counter failed: no such file");
  expect(await counter.count(["four"], "o200k")).toBe(4);
});

test("a thread that cannot start is an error, not a silence", async () => {
  expect(await outcome(counterOf(broken).count(["a"], "o200k"))).toBe("the token counter died");
});

test("closing rejects whoever waits, and the next count starts anew", async () => {
  const counter = counterOf(odd);
  const waiting = outcome(counter.count(["wait"], "o200k"));
  counter.close();
  expect(await waiting).toBe("the token counter was closed");
  expect(await counter.count(["four"], "o200k")).toBe(4);
});

test("a process that waits gets its count, and one that has it ends", async () => {
  const script = `
    import { countText } from ${JSON.stringify(Bun.resolveSync("../../src/tokens/count.ts", import.meta.dir))};
    countText("hello world", "gpt-4o").then(({ tokens }) => console.log(tokens));
  `;
  const child = Bun.spawn([process.execPath, "-e", script], { stdout: "pipe" });
  expect(await new Response(child.stdout).text()).toBe("2\n");
  expect(await child.exited).toBe(0);
});
