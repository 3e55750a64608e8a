import { describe, expect, test } from "bun:test";
import type { ClientLimits } from "../../src/clients/client.ts";
import { limitFailure } from "../../src/clients/limits.ts";
import { UsageInMemory } from "../../src/clients/usage-in-memory.ts";

/** Clients' limits, on a clock of the test's own (docs/protocol.md, section 12). */

const NOON = Date.UTC(2026, 10, 26, 12);
const HOUR = 3_600_000;
const ANSWER = { isAnswer: true };
const client = (limits: ClientLimits) => ({ name: "team-a", models: ["*"], limits });
const NOTHING = { tokens: 0, cost: 0 };

function usageAt(now = NOON) {
  const clock = { now };
  return { clock, usage: new UsageInMemory(() => clock.now) };
}

test("requests in a minute, which begins with the first of them; those refused do not count", () => {
  const { clock, usage } = usageAt();
  const team = client({ requestsPerMinute: 2 });
  expect(usage.admit(team, ANSWER)).toBeUndefined();
  clock.now += 20_000;
  expect(usage.admit(team, ANSWER)).toBeUndefined();
  for (let i = 0; i < 3; i++)
    expect(usage.admit(team, ANSWER)).toEqual({ limit: "requestsPerMinute", retryAfter: 40 });
  clock.now += 40_000;
  expect(usage.admit(team, ANSWER)).toBeUndefined();
  expect(usage.admit({ ...team, name: "team-b" }, ANSWER)).toBeUndefined();
});

test("tokens in a minute are known when a request is over", () => {
  const { clock, usage } = usageAt();
  const team = client({ tokensPerMinute: 100 });
  expect(usage.admit(team, ANSWER)).toBeUndefined();
  usage.settle(team, ANSWER, { tokens: 99, cost: 0 });
  expect(usage.admit(team, ANSWER)).toBeUndefined();
  usage.settle(team, ANSWER, { tokens: 1, cost: 0 });
  clock.now += 1_000;
  expect(usage.admit(team, ANSWER)).toEqual({ limit: "tokensPerMinute", retryAfter: 59 });
  clock.now += 59_000;
  expect(usage.admit(team, ANSWER)).toBeUndefined();
});

test("answers at once; what is no answer is none of them", () => {
  const { usage } = usageAt();
  const team = client({ streams: 1 });
  expect(usage.admit(team, ANSWER)).toBeUndefined();
  expect(usage.admit(team, ANSWER)).toEqual({ limit: "streams", retryAfter: 1 });
  expect(usage.admit(team, { isAnswer: false })).toBeUndefined();
  usage.settle(team, { isAnswer: false }, NOTHING);
  expect(usage.admit(team, ANSWER)).toEqual({ limit: "streams", retryAfter: 1 });
  usage.settle(team, ANSWER, NOTHING);
  expect(usage.admit(team, ANSWER)).toBeUndefined();
});

test("cost in a day of UTC, with what was spent before; the limits in force are those of now", () => {
  const { clock, usage } = usageAt();
  const team = client({ costPerDay: 1 });
  usage.spentBefore(team, 0.5);
  expect(usage.admit(team, ANSWER)).toBeUndefined();
  usage.settle(team, ANSWER, { tokens: 1, cost: 0.5 });
  expect(usage.admit(team, ANSWER)).toEqual({ limit: "costPerDay", retryAfter: 12 * 3600 });
  expect(usage.admit(client({ costPerDay: 2 }), ANSWER)).toBeUndefined();
  clock.now += 12 * HOUR;
  expect(usage.admit(team, ANSWER)).toBeUndefined();
});

test("a clock that is set back shuts nobody out", () => {
  const { clock, usage } = usageAt();
  const team = client({ requestsPerMinute: 1 });
  usage.admit(team, ANSWER);
  clock.now -= HOUR;
  expect(usage.admit(team, ANSWER)).toBeUndefined();
});

describe("what the client is told: which limit, and when it ends", () => {
  test.each([
    ["requestsPerMinute", "rate_limit", "7 requests in a minute (requests-per-minute). It ends in 12 s"],
    ["tokensPerMinute", "rate_limit", "7 tokens in a minute (tokens-per-minute). It ends in 12 s"],
    ["streams", "rate_limit", "7 answers at once (streams). It ends when one of them does."],
    ["costPerDay", "quota", "7 US dollars in a day (cost-per-day). It ends in 12 s"],
  ] as const)("%s", (limit, type, words) => {
    const failure = limitFailure(client({ [limit]: 7 }), { limit, retryAfter: 11.2 });
    expect(failure).toMatchObject({ type, status: 429, retryAfter: 12 });
    expect(failure.message).toContain(words);
    expect(failure.message).toContain("team-a");
  });
});
