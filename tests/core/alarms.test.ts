import { expect, test } from "bun:test";
import { type Alarm, Alarms } from "../../src/core/alarms.ts";

/** An alarm that notes when it was to ring. */
class Noting implements Alarm {
  at = Number.POSITIVE_INFINITY;
  place = -1;
  wanted = 0;
  readonly #rung: Noting[];

  constructor(rung: Noting[]) {
    this.#rung = rung;
  }

  ring(): void {
    this.#rung.push(this);
  }
}

/** Numbers from 0 to 1 that are the same in each run (Park and Miller). */
function* numbers(): Generator<number, never> {
  for (let state = 1; ; state = (state * 48_271) % 2_147_483_647) yield state / 2_147_483_647;
}

test("those that are set ring in order, however often they are moved; those that are not do not", async () => {
  const alarms = new Alarms();
  const rung: Noting[] = [];
  const random = numbers();
  const next = () => random.next().value;
  const all = Array.from({ length: 300 }, () => new Noting(rung));
  const start = performance.now();
  for (let i = 0; i < 2_000; i++) {
    const alarm = all[Math.floor(next() * all.length)] as Noting;
    alarm.wanted = start + 20 + next() * 30;
    if (next() < 0.2) alarms.unset(alarm);
    else alarms.set(alarm, alarm.wanted);
  }
  const set = all.filter(({ at }) => Number.isFinite(at));
  expect(alarms.size).toBe(set.length);
  await new Promise<void>((resolve) => {
    const last: Alarm = { at: Number.POSITIVE_INFINITY, place: -1, ring: resolve };
    alarms.set(last, start + 60);
  });
  expect(rung).toEqual(set.sort((one, other) => one.wanted - other.wanted));
  expect(rung.every(({ at, place }) => at === Number.POSITIVE_INFINITY && place === -1)).toBe(true);
  expect(alarms.size).toBe(0);
});

test("one may set itself again, or unset another, when it rings", async () => {
  const alarms = new Alarms();
  const rings: string[] = [];
  const never: Alarm = { at: Number.POSITIVE_INFINITY, place: -1, ring: () => rings.push("never") };
  await new Promise<void>((resolve) => {
    const again: Alarm = {
      at: Number.POSITIVE_INFINITY,
      place: -1,
      ring() {
        rings.push("again");
        alarms.unset(never);
        if (rings.length < 3) alarms.set(again, performance.now() + 1);
        else resolve();
      },
    };
    alarms.set(never, performance.now() + 2);
    alarms.set(again, performance.now() + 1);
  });
  expect(rings).toEqual(["again", "again", "again"]);
});

test("of several that are due at once, one that another unsets or moves does not ring with them", async () => {
  const alarms = new Alarms();
  const rings: string[] = [];
  const alarm = (name: string, then: () => void = () => undefined): Alarm => ({
    at: Number.POSITIVE_INFINITY,
    place: -1,
    ring() {
      rings.push(name);
      then();
    },
  });
  const ended = alarm("ended");
  const moved = alarm("moved");
  const now = performance.now();
  await new Promise<void>((resolve) => {
    const soon = alarm("soon", resolve);
    const first = alarm("first", () => {
      alarms.unset(ended);
      alarms.set(moved, performance.now() + 60_000);
      alarms.set(soon, performance.now() + 1);
    });
    alarms.set(first, now - 5);
    alarms.set(ended, now - 4);
    alarms.set(moved, now - 3);
    alarms.set(soon, now - 2);
    alarms.set(alarm("other"), now - 1);
  });
  expect(rings).toEqual(["first", "other", "soon"]);
  expect([ended.place, alarms.size]).toEqual([-1, 1]);
  alarms.unset(moved);
  expect(alarms.size).toBe(0);
});

test("one whose time is past rings at once, and nobody is warned of it", async () => {
  const warnings: Error[] = [];
  const warned = (warning: Error) => warnings.push(warning);
  process.on("warning", warned);
  const alarms = new Alarms();
  await new Promise<void>((ring) =>
    alarms.set({ at: Number.POSITIVE_INFINITY, place: -1, ring }, performance.now() - 50),
  );
  await new Promise(setImmediate);
  process.off("warning", warned);
  expect(warnings).toEqual([]);
});
