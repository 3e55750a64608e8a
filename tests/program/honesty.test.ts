import { afterAll, beforeAll, describe, expect, setDefaultTimeout, test } from "bun:test";
import { join } from "node:path";
import { nashLlm, nothing } from "../../scripts/honesty/relays.ts";
import { judgeRow, lineOf } from "../../scripts/honesty/table.ts";
import { type Pairs, startPairs } from "../support/pairs.ts";

/** Our own rows of the README's table "Honest streams", and those without a relay, as they are now. */

setDefaultTimeout(60_000);

const README = await Bun.file(join(import.meta.dir, "../../README.md")).text();
const ROWS = ["openai", "anthropic", "responses"].flatMap((protocol) =>
  ["chat", "messages", "responses"].map((dialect) => `**nash-llm**, ${protocol} → ${dialect}`),
);

let pairs: Pairs;
beforeAll(async () => {
  pairs = await startPairs({ pace: 0 });
});
afterAll(() => pairs.stop());

describe("honest streams", () => {
  test.each(ROWS)("%s: whole where nothing is wrong, and told where something is", async (through) => {
    const row = nashLlm(pairs).find((candidate) => candidate.through === through);
    if (row === undefined) throw new Error(`there is no row ${through}`);
    expect(await judgeRow(row)).toEqual(["whole", "told", "told", "told", "told"]);
  });

  test("the README has these rows, and those without a relay", async () => {
    for (const row of [...nothing(pairs.sandbox), ...nashLlm(pairs)])
      expect(README).toContain(lineOf(row, await judgeRow(row)));
  });
});
