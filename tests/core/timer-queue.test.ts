import { expect, test } from "bun:test";
import { type Timer, TimerQueue } from "../../src/core/timer-queue.ts";

/** A timer that notes when it was to fire. */
class Noting implements Timer {
  at = Number.POSITIVE_INFINITY;
  position = -1;
  wanted = 0;
  readonly #fired: Noting[];

  constructor(fired: Noting[]) {
    this.#fired = fired;
  }

  onTimeout(): void {
    this.#fired.push(this);
  }
}

/** Numbers from 0 to 1 that are the same in each run (Park and Miller). */
function* numbers(): Generator<number, never> {
  for (let state = 1; ; state = (state * 48_271) % 2_147_483_647) yield state / 2_147_483_647;
}

test("those that are set fire in order, however often they are moved; those that are not do not", async () => {
  const timers = new TimerQueue();
  const fired: Noting[] = [];
  const random = numbers();
  const next = () => random.next().value;
  const all = Array.from({ length: 300 }, () => new Noting(fired));
  const start = performance.now();
  for (let i = 0; i < 2_000; i++) {
    const timer = all[Math.floor(next() * all.length)] as Noting;
    timer.wanted = start + 20 + next() * 30;
    if (next() < 0.2) timers.clear(timer);
    else timers.set(timer, timer.wanted);
  }
  const set = all.filter(({ at }) => Number.isFinite(at));
  expect(timers.size).toBe(set.length);
  await new Promise<void>((resolve) => {
    const last: Timer = { at: Number.POSITIVE_INFINITY, position: -1, onTimeout: resolve };
    timers.set(last, start + 60);
  });
  expect(fired).toEqual(set.sort((one, other) => one.wanted - other.wanted));
  expect(fired.every(({ at, position }) => at === Number.POSITIVE_INFINITY && position === -1)).toBe(true);
  expect(timers.size).toBe(0);
});

test("one may set itself again, or unset another, when it fires", async () => {
  const timers = new TimerQueue();
  const fires: string[] = [];
  const never: Timer = { at: Number.POSITIVE_INFINITY, position: -1, onTimeout: () => fires.push("never") };
  await new Promise<void>((resolve) => {
    const again: Timer = {
      at: Number.POSITIVE_INFINITY,
      position: -1,
      onTimeout() {
        fires.push("again");
        timers.clear(never);
        if (fires.length < 3) timers.set(again, performance.now() + 1);
        else resolve();
      },
    };
    timers.set(never, performance.now() + 2);
    timers.set(again, performance.now() + 1);
  });
  expect(fires).toEqual(["again", "again", "again"]);
});

test("of several that are due at once, one that another unsets or moves does not fire with them", async () => {
  const timers = new TimerQueue();
  const fires: string[] = [];
  const timer = (name: string, then: () => void = () => undefined): Timer => ({
    at: Number.POSITIVE_INFINITY,
    position: -1,
    onTimeout() {
      fires.push(name);
      then();
    },
  });
  const ended = timer("ended");
  const moved = timer("moved");
  const now = performance.now();
  await new Promise<void>((resolve) => {
    const soon = timer("soon", resolve);
    const first = timer("first", () => {
      timers.clear(ended);
      timers.set(moved, performance.now() + 60_000);
      timers.set(soon, performance.now() + 1);
    });
    timers.set(first, now - 5);
    timers.set(ended, now - 4);
    timers.set(moved, now - 3);
    timers.set(soon, now - 2);
    timers.set(timer("other"), now - 1);
  });
  expect(fires).toEqual(["first", "other", "soon"]);
  expect([ended.position, timers.size]).toEqual([-1, 1]);
  timers.clear(moved);
  expect(timers.size).toBe(0);
});

test("one whose time is past fires at once, and nobody is warned of it", async () => {
  const warnings: Error[] = [];
  const warned = (warning: Error) => warnings.push(warning);
  process.on("warning", warned);
  const timers = new TimerQueue();
  await new Promise<void>((onTimeout) =>
    timers.set({ at: Number.POSITIVE_INFINITY, position: -1, onTimeout }, performance.now() - 50),
  );
  await new Promise(setImmediate);
  process.off("warning", warned);
  expect(warnings).toEqual([]);
});
