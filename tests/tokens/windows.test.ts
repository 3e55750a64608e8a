import { describe, expect, test } from "bun:test";
import { bareModel } from "../../src/tokens/model-id.ts";
import { WINDOWS } from "../../src/tokens/window-table.ts";
import { contextWindow, maxOutput } from "../../src/tokens/windows.ts";

test.each([
  ["gpt-4o", 128_000, 16_384],
  ["gpt-4o-mini-2024-07-18", 128_000, 16_384],
  ["openai/gpt-4o:free", 128_000, 16_384],
  ["gpt-4", 8_192, 4_096],
  ["gpt-4-0613", 8_192, 4_096],
  ["gpt-4-1106-preview", 128_000, 4_096],
  ["gpt-4-turbo-2024-04-09", 128_000, 4_096],
  ["gpt-4.1-mini", 1_047_576, 32_768],
  ["gpt-3.5-turbo", 16_385, 4_096],
  ["gpt-5", 400_000, 128_000],
  ["gpt-5.2", 400_000, 128_000],
  ["gpt-5.4-mini", 400_000, 128_000],
  ["gpt-5.4", 1_050_000, 128_000],
  ["gpt-5.6", 1_050_000, 128_000],
  ["gpt-6.1-sol", 1_050_000, 128_000],
  ["o1", 200_000, 100_000],
  ["o3-mini", 200_000, 100_000],
  ["o4-mini", 200_000, 100_000],
  ["anthropic/claude-3.5-sonnet", 200_000, 8_192],
  ["claude-3-haiku-20240307", 200_000, 4_096],
  ["claude-3-opus-20240229", 200_000, 4_096],
  ["claude-3-7-sonnet-latest", 200_000, 64_000],
  ["claude-opus-4-20250514", 200_000, 32_000],
  ["claude-opus-4-1", 200_000, 32_000],
  ["claude-sonnet-4@20250514", 200_000, 64_000],
  ["us.anthropic.claude-haiku-4-5-20251001-v1:0", 200_000, 64_000],
  ["anthropic/claude-sonnet-4.6", 1_000_000, 64_000],
  ["claude-opus-5-5", 1_000_000, 128_000],
  ["models/gemini-2.5-pro", 1_048_576, 65_536],
  ["accounts/x/models/deepseek-chat", 128_000, 8_192],
  ["demo", 128_000, undefined],
  ["demo-slow-2", 128_000, undefined],
  ["demo-window", 8_000, undefined],
])("%s", (model, window, output) => {
  expect(contextWindow(model)).toEqual({ tokens: window, known: true });
  expect(maxOutput(model)).toBe(output);
});

test.each(["", "some-model", "gpt-99", "o10", "demography", "usual", "us", "/", "ft:"])(
  "%j is not known",
  (model) => {
    expect(contextWindow(model)).toEqual({ tokens: 8_192, known: false });
    expect(maxOutput(model)).toBeUndefined();
  },
);

describe("the table", () => {
  const names = WINDOWS.flatMap(({ models }) => models);

  test("spells its names as they are looked up", () => {
    expect(names.map(bareModel)).toEqual(names);
  });

  test("names no model twice", () => {
    expect(names).toHaveLength(new Set(names).size);
  });

  test("promises no answer that does not fit the window", () => {
    expect(WINDOWS.filter(({ contextWindow, maxOutput }) => (maxOutput ?? 0) > contextWindow)).toEqual([]);
  });
});
