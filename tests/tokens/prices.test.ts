import { beforeAll, describe, expect, test } from "bun:test";
import { calcPrice } from "@pydantic/genai-prices";
import { costOf, loadPrices, type PriceTable, ratesOf } from "../../src/tokens/prices.ts";

/** The table in the program says what the package says that it was made from. */

let table: PriceTable;

beforeAll(async () => {
  table = await loadPrices();
});

const USAGES = [
  { inputTokens: 1_000, outputTokens: 100 },
  { inputTokens: 1_000, outputTokens: 100, cacheReadTokens: 600 },
  { inputTokens: 5_000, outputTokens: 0, cacheReadTokens: 1_000, cacheWriteTokens: 2_000 },
  { inputTokens: 300_000, outputTokens: 4_000, cacheReadTokens: 250_000 },
];

describe.each([
  [
    "https://api.openai.com/v1",
    ["gpt-5-mini", "gpt-5", "gpt-4o", "gpt-4.1-nano-2025-04-14", "o3", "gpt-5.4"],
  ],
  ["https://api.anthropic.com", ["claude-sonnet-4-5", "claude-3-haiku-20240307", "claude-opus-4-6"]],
  ["https://generativelanguage.googleapis.com/v1beta/openai", ["gemini-2.5-pro", "gemini-2.5-flash"]],
  ["https://api.groq.com/openai/v1", ["llama-3.3-70b-versatile"]],
  ["https://api.x.ai/v1", ["grok-4"]],
  ["https://openrouter.ai/api/v1", ["openai/gpt-4o", "anthropic/claude-sonnet-4"]],
] as const)("%s", (address, models) => {
  test.each([...models])("%s", (model) => {
    const rates = ratesOf(new URL(address), model);
    if (rates === undefined) throw new Error("no price");
    for (const usage of USAGES) {
      const asked = {
        input_tokens: usage.inputTokens,
        output_tokens: usage.outputTokens,
        cache_read_tokens: usage.cacheReadTokens,
        cache_write_tokens: usage.cacheWriteTokens,
      };
      const expected = calcPrice(asked, model, { providerApiUrl: address })?.total_price;
      expect(expected).toBeGreaterThan(0);
      expect(costOf(rates, usage)).toBeCloseTo(expected ?? Number.NaN, 9);
    }
  });
});

test("what is not known has no price", () => {
  for (const [address, model] of [
    ["https://api.openai.com/v1", "no-such-model"],
    ["https://example.com/v1", "gpt-4o"],
    ["https://api.openai.com.example.com/v1", "gpt-4o"],
    ["http://127.0.0.1:11434/v1", "gpt-4o"],
    // Its price changes with the hour.
    ["https://api.deepseek.com", "deepseek-chat"],
  ] as const)
    expect(ratesOf(new URL(address), model)).toBeUndefined();
});

test("prices that begin on a day hold from then on", () => {
  const dated = table.providers
    .flatMap(({ models }) => models)
    .filter(([, ...rates]) => rates.some(({ from }) => from));
  expect(dated.length).toBeGreaterThan(0);
});

test("the table has its source and its day", () => {
  expect(table.date).toMatch(/^20\d\d-\d\d-\d\d$/);
  expect(table.source).toStartWith("@pydantic/genai-prices ");
});
