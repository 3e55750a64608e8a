import { describe, expect, test } from "bun:test";
import { overflowMessage } from "../../../src/api/anthropic/overflow.ts";

const EXACT = "prompt is too long: 9001 tokens > 8192 maximum";

describe("an overflow is told in the words that Claude Code reads", () => {
  const cases: readonly (readonly [string, string])[] = [
    [
      "prompt is too long: 200251 tokens > 200000 maximum",
      "prompt is too long: 200251 tokens > 200000 maximum",
    ],
    [
      "This model's maximum context length is 8192 tokens. However, your messages resulted in 9001 tokens. Please reduce the length of the messages.",
      EXACT,
    ],
    [
      "You passed 9001 input tokens and requested 0 output tokens. However, the model's context length is only 8192 tokens, resulting in a maximum input length of 8192 tokens.",
      EXACT,
    ],
    ["The input (9001 tokens) is longer than the model's context length (8192 tokens).", EXACT],
    [
      "Trying to keep the first 9001 tokens when context the overflows. However, the model is loaded with context length of only 8192 tokens, which is not enough.",
      EXACT,
    ],
    ["prompt token count of 9,001 exceeds the limit of 8,192", EXACT],
    ["Input is too long for requested model.", "prompt is too long"],
    ["Range of input length should be [1, 30720]", "prompt is too long"],
    ["Your input exceeds the context window of this model.", "prompt is too long"],
  ];
  for (const [message, expected] of cases)
    test(message, () => expect(overflowMessage(message)).toBe(expected));
});
