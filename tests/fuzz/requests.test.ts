import { afterAll, beforeAll, expect, setDefaultTimeout, test } from "bun:test";
import { startRequestFuzz } from "../../scripts/fuzz/request-fuzz.ts";
import { run } from "../../scripts/fuzz/run-inputs.ts";

/** A small part of `bun run fuzz`, the same each time. */

setDefaultTimeout(120_000);

let requests: Awaited<ReturnType<typeof startRequestFuzz>>;

beforeAll(async () => {
  requests = await startRequestFuzz();
});
afterAll(() => requests.stop());

test("whatever a client sends, the answer is what was promised, or none, and nobody inside is called", async () => {
  expect(await run(requests, 2_000, 1)).toBeUndefined();
  for (const outcome of ["body: 200", "body: 400", "body: 422", "head: 200", "head: 421", "address: 403"]) {
    expect([outcome, requests.tally.get(outcome) ?? 0]).not.toEqual([outcome, 0]);
  }
});
