import { expect, test } from "bun:test";
import { sideBySide } from "../../src/chat/side-by-side.ts";

/** Tasks that end when the test says so. */
function gates() {
  const started: { item: number; signal: AbortSignal; end: PromiseWithResolvers<string> }[] = [];
  const task = (item: number, signal: AbortSignal) => {
    const end = Promise.withResolvers<string>();
    started.push({ item, signal, end });
    return end.promise;
  };
  const gate = (index: number) => {
    const found = started[index];
    if (found === undefined) throw new Error(`task ${index} has not begun`);
    return found;
  };
  return { started, task, gate };
}

const never = new AbortController().signal;

test("runs so many at once, begins the next when one ends, and gives results as they come", async () => {
  const { started, task, gate } = gates();
  const results = sideBySide([10, 11, 12, 13], 2, never, task);
  const first = results.next();
  expect(started.map(({ item }) => item)).toEqual([10, 11]);
  gate(1).end.resolve("b");
  expect((await first).value).toEqual([1, "b"]);
  const second = results.next();
  expect(started.length).toBe(3);
  gate(2).end.resolve("c");
  expect((await second).value).toEqual([2, "c"]);
  const third = results.next();
  gate(0).end.resolve("a");
  expect((await third).value).toEqual([0, "a"]);
  const fourth = results.next();
  gate(3).end.resolve("d");
  expect((await fourth).value).toEqual([3, "d"]);
  expect((await results.next()).done).toBeTrue();
});

test("gives nothing for nothing", async () => {
  expect(await sideBySide([], 4, never, gates().task).next()).toEqual({ done: true, value: undefined });
});

test("the first failure is thrown, stops the others, and begins no more", async () => {
  const { started, task, gate } = gates();
  const results = sideBySide([0, 1, 2, 3], 3, never, task);
  const first = results.next();
  gate(1).end.reject(new Error("one failed"));
  await expect(first).rejects.toThrow("one failed");
  expect(started.map(({ signal }) => signal.aborted)).toEqual([true, true, true]);
  // Those that are stopped fail as well, with nobody there to be told.
  gate(0).end.reject(new Error("stopped"));
  gate(2).end.resolve("too late");
  expect((await results.next()).done).toBeTrue();
  expect(started.length).toBe(3);
});

test("a task that throws at once fails the whole", async () => {
  const results = sideBySide([0], 1, never, () => {
    throw new Error("at once");
  });
  await expect(results.next()).rejects.toThrow("at once");
});

test("whoever leaves the loop stops all", async () => {
  const { started, task, gate } = gates();
  const results = sideBySide([0, 1, 2], 2, never, task);
  const first = results.next();
  gate(0).end.resolve("a");
  await first;
  await results.return();
  expect(started.every(({ signal }) => signal.aborted)).toBeTrue();
});

test("the caller's signal reaches every task", async () => {
  const { started, task, gate } = gates();
  const leaving = new AbortController();
  const results = sideBySide([0, 1], 2, leaving.signal, task);
  const first = results.next();
  expect(started.some(({ signal }) => signal.aborted)).toBeFalse();
  leaving.abort(new Error("gone"));
  expect(started.map(({ signal }) => signal.reason?.message)).toEqual(["gone", "gone"]);
  gate(0).end.reject(leaving.signal.reason);
  await expect(first).rejects.toThrow("gone");
});
