import { expect, test } from "bun:test";
import { Deadline } from "../../src/core/deadline.ts";

/** Settles when a deadline of its own has passed, so that timers set before for sooner have gone off. */
function passed(milliseconds: number): Promise<void> {
  return new Promise((resolve) => new Deadline({ onTimeout: resolve }).set(milliseconds));
}

test("fires once when it is missed", async () => {
  let fires = 0;
  const deadline = new Deadline({ onTimeout: () => fires++ });
  deadline.set(1);
  await passed(20);
  await passed(20);
  expect(fires).toBe(1);
});

test("can be set again after it has rung", async () => {
  let onTimeout: () => void = () => undefined;
  const deadline = new Deadline({ onTimeout: () => onTimeout() });
  for (let i = 0; i < 2; i++) {
    await new Promise<void>((resolve) => {
      onTimeout = resolve;
      deadline.set(1);
    });
  }
});

test("fires at the new time when it is moved, earlier or later", async () => {
  const order: string[] = [];
  const later = new Deadline({ onTimeout: () => order.push("later") });
  later.set(5);
  later.set(60);
  await new Promise<void>((resolve) => {
    const earlier = new Deadline({
      onTimeout() {
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

test("does not fire while it is paused, nor once it is cleared", async () => {
  let fires = 0;
  const paused = new Deadline({ onTimeout: () => fires++ });
  const cleared = new Deadline({ onTimeout: () => fires++ });
  paused.set(5);
  paused.pause();
  cleared.set(5);
  cleared.clear();
  cleared.resume();
  await passed(30);
  expect(fires).toBe(0);

  paused.resume();
  await passed(30);
  expect(fires).toBe(1);
});

/** Lets time pass in which nothing can fire, so that deadlines set for sooner than that are all due at once. */
function hold(milliseconds: number): void {
  for (const end = performance.now() + milliseconds; performance.now() < end; );
}

test("of several that are missed at once, one that another ends or moves is not missed with it", async () => {
  const order: string[] = [];
  const ended = new Deadline({ onTimeout: () => order.push("ended") });
  const paused = new Deadline({ onTimeout: () => order.push("paused") });
  await new Promise<void>((resolve) => {
    const moved = new Deadline({
      onTimeout() {
        order.push("moved");
        resolve();
      },
    });
    const first = new Deadline({
      onTimeout() {
        order.push("first");
        ended.clear();
        paused.pause();
        moved.set(20);
      },
    });
    const other = new Deadline({ onTimeout: () => order.push("other") });
    for (const [place, deadline] of [first, ended, paused, moved, other].entries()) deadline.set(1 + place);
    hold(10);
  });
  await passed(20);
  expect(order).toEqual(["first", "other", "moved"]);
});

test("a late fire of one that was cleared is nothing, and it can be set anew", async () => {
  let misses = 0;
  const deadline = new Deadline({ onTimeout: () => misses++ });
  deadline.set(1);
  hold(5);
  deadline.clear();
  deadline.onTimeout();
  expect(misses).toBe(0);
  deadline.set(1);
  await passed(20);
  expect(misses).toBe(1);
});
