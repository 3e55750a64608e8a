import { expect, test } from "bun:test";
import { Secret } from "../../src/core/secret.ts";
import type { Target } from "../../src/routing/target.ts";
import { TargetHealth } from "../../src/routing/target-health.ts";

/** A target that failed is left alone for a while, longer each time (docs/protocol.md 11). */

const target = (host: string, key?: string): Target =>
  ({
    baseUrl: new URL(`http://${host}/v1`),
    model: "m",
    apiKey: key === undefined ? undefined : new Secret(key),
  }) as Target;

const FAILURE = { type: "overloaded", message: "" } as const;

function clocked() {
  const clock = { now: 0 };
  return { clock, health: new TargetHealth(() => clock.now) };
}

/** Milliseconds until it may be tried again; it is not left so. */
function rest({ clock, health }: ReturnType<typeof clocked>, of: Target): number {
  const start = clock.now;
  while (health.resting(of) !== undefined) clock.now += 50;
  return clock.now - start;
}

test("each failure doubles the rest, up to five minutes, and a success ends it", () => {
  const all = clocked();
  const it = target("a");
  for (const seconds of [2, 4, 8, 16, 32, 64, 128, 256, 300, 300]) {
    all.health.failed(it, FAILURE);
    const rested = rest(all, it);
    expect(rested).toBeGreaterThanOrEqual(seconds * 1000 - 50);
    expect(rested).toBeLessThanOrEqual(seconds * 1250 + 50);
  }
  all.health.succeeded(it);
  expect(all.health.resting(it)).toBeUndefined();
  all.health.failed(it, FAILURE);
  expect(rest(all, it)).toBeLessThanOrEqual(2_550);
});

test("its own retry-after counts where it is longer", () => {
  const all = clocked();
  all.health.failed(target("a"), { ...FAILURE, type: "rate_limit", retryAfter: 60 });
  expect(all.health.resting(target("a"))).toBe("rate_limit");
  expect(rest(all, target("a"))).toBeGreaterThanOrEqual(60_000);
});

test("one request tries it again, the others go past", () => {
  const all = clocked();
  const it = target("a");
  all.health.failed(it, FAILURE);
  rest(all, it);
  expect(all.health.resting(it)).toBe("overloaded");
  all.health.released(it);
  expect(all.health.resting(it)).toBeUndefined();
  all.health.succeeded(it);
  expect([all.health.resting(it), all.health.resting(it)]).toEqual([undefined, undefined]);
});

test("requests that were under way when it failed do not make it longer", () => {
  const all = clocked();
  for (let i = 0; i < 50; i++) all.health.failed(target("a"), FAILURE);
  expect(rest(all, target("a"))).toBeLessThanOrEqual(2_550);
});

test("another address, model or key is another target", () => {
  const { health } = clocked();
  health.failed(target("a", "one"), FAILURE);
  expect(health.resting(target("a", "one"))).toBe("overloaded");
  for (const other of [
    target("a"),
    target("a", "two"),
    target("b", "one"),
    { ...target("a", "one"), model: "n" },
  ])
    expect(health.resting(other)).toBeUndefined();
});

test("a thousand are remembered", () => {
  const { health } = clocked();
  for (let i = 0; i <= 1_000; i++) health.failed(target(`host-${i}`), FAILURE);
  expect(health.resting(target("host-0"))).toBeUndefined();
  expect(health.resting(target("host-1"))).toBe("overloaded");
});
