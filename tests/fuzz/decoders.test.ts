import { expect, setDefaultTimeout, test } from "bun:test";
import { wire } from "../../scripts/fuzz/decoder-fuzz.ts";
import { run } from "../../scripts/fuzz/run-inputs.ts";

/** A small part of `bun run fuzz`, the same each time. */

setDefaultTimeout(120_000);

test("whatever a provider streams, there is one end, and where it is split makes no difference", async () => {
  expect(await run(wire, 2_000, 1)).toBeUndefined();
  for (const outcome of ["end", "incomplete", "bad_output", "overloaded"]) {
    expect([outcome, wire.tally.get(outcome) ?? 0]).not.toEqual([outcome, 0]);
  }
});
