import { afterAll, beforeAll, expect, setDefaultTimeout, test } from "bun:test";
import { openProvider } from "../../scripts/fuzz/provider-fuzz.ts";
import { run } from "../../scripts/fuzz/run-inputs.ts";

/** A small part of `bun run fuzz`, the same each time. */

setDefaultTimeout(120_000);

let provider: Awaited<ReturnType<typeof openProvider>>;

beforeAll(async () => {
  provider = await openProvider();
});
afterAll(() => provider.stop());

test("whatever a provider answers, the text before a fault is kept, and the answer has its end", async () => {
  expect(await run(provider, 1_000, 1)).toBeUndefined();
  for (const outcome of ["200, whole", "200, incomplete", "200, bad_output", "200, overloaded", "502"]) {
    expect([outcome, provider.tally.get(outcome) ?? 0]).not.toEqual([outcome, 0]);
  }
});
