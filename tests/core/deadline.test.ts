import { expect, test } from "bun:test";
import { Deadline } from "../../src/core/deadline.ts";

/** Settles when a deadline of its own has passed, so that timers set before for sooner have gone off. */
function passed(milliseconds: number): Promise<void> {
  return new Promise((resolve) => new Deadline({ missed: resolve }).set(milliseconds));
}

test("rings once when it is missed", async () => {
  let rings = 0;
  const deadline = new Deadline({ missed: () => rings++ });
  deadline.set(1);
  await passed(20);
  await passed(20);
  expect(rings).toBe(1);
});

test("can be set again after it has rung", async () => {
  let ring: () => void = () => undefined;
  const deadline = new Deadline({ missed: () => ring() });
  for (let i = 0; i < 2; i++) {
    await new Promise<void>((resolve) => {
      ring = resolve;
      deadline.set(1);
    });
  }
});

test("rings at the new time when it is moved, earlier or later", async () => {
  const order: string[] = [];
  const later = new Deadline({ missed: () => order.push("later") });
  later.set(5);
  later.set(60);
  await new Promise<void>((resolve) => {
    const earlier = new Deadline({
      missed() {
        order.push("earlier");
        resolve();
      },
    });
    earlier.set(60_000);
    earlier.set(15);
  });
  await passed(80);
  expect(order).toEqual(["earlier", "later"]);
});

test("does not ring while it is paused, nor once it is cleared", async () => {
  let rings = 0;
  const paused = new Deadline({ missed: () => rings++ });
  const cleared = new Deadline({ missed: () => rings++ });
  paused.set(5);
  paused.pause();
  cleared.set(5);
  cleared.clear();
  cleared.resume();
  await passed(30);
  expect(rings).toBe(0);

  paused.resume();
  await passed(30);
  expect(rings).toBe(1);
});

/** Lets time pass in which nothing can ring, so that deadlines set for sooner than that are all due at once. */
function hold(milliseconds: number): void {
  for (const end = performance.now() + milliseconds; performance.now() < end; );
}

test("of several that are missed at once, one that another ends or moves is not missed with it", async () => {
  const order: string[] = [];
  const ended = new Deadline({ missed: () => order.push("ended") });
  const paused = new Deadline({ missed: () => order.push("paused") });
  await new Promise<void>((resolve) => {
    const moved = new Deadline({
      missed() {
        order.push("moved");
        resolve();
      },
    });
    const first = new Deadline({
      missed() {
        order.push("first");
        ended.clear();
        paused.pause();
        moved.set(20);
      },
    });
    const other = new Deadline({ missed: () => order.push("other") });
    for (const [place, deadline] of [first, ended, paused, moved, other].entries()) deadline.set(1 + place);
    hold(10);
  });
  await passed(20);
  expect(order).toEqual(["first", "other", "moved"]);
});

test("a late ring of one that was cleared is nothing, and it can be set anew", async () => {
  let misses = 0;
  const deadline = new Deadline({ missed: () => misses++ });
  deadline.set(1);
  hold(5);
  deadline.clear();
  deadline.ring();
  expect(misses).toBe(0);
  deadline.set(1);
  await passed(20);
  expect(misses).toBe(1);
});
