import { expect, test } from "bun:test";
import { Deadline } from "../../src/core/deadline.ts";

/** A deadline and a promise for each time that it is missed. */
function watched() {
  let missed = Promise.withResolvers<void>();
  let times = 0;
  const deadline = new Deadline(() => {
    times++;
    missed.resolve();
    missed = Promise.withResolvers();
  });
  return { deadline, next: () => missed.promise, times: () => times };
}

test("is missed once", async () => {
  const { deadline, next, times } = watched();
  const missed = next();
  deadline.set(1);
  await missed;
  expect(times()).toBe(1);
});

test("moved closer, it is missed at the closer time", async () => {
  const { deadline, next } = watched();
  const missed = next();
  deadline.set(600_000);
  deadline.set(1);
  await missed;
});

test("moved away, paused or cleared, it is not missed", async () => {
  const moved = watched();
  const paused = watched();
  const cleared = watched();
  moved.deadline.set(1);
  moved.deadline.set(600_000);
  paused.deadline.set(1);
  paused.deadline.pause();
  cleared.deadline.set(1);
  cleared.deadline.clear();
  const later = watched();
  const passed = later.next();
  later.deadline.set(20);
  await passed;
  expect([moved.times(), paused.times(), cleared.times()]).toEqual([0, 0, 0]);
  moved.deadline.clear();
});

test("a pause does not use up what was left", async () => {
  const { deadline, next, times } = watched();
  deadline.set(5);
  deadline.pause();
  const other = watched();
  const passed = other.next();
  other.deadline.set(20);
  await passed;
  expect(times()).toBe(0);
  const missed = next();
  deadline.resume();
  await missed;
});
