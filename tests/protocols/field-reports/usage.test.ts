/** Usage: what was cached, zeros, numbers that are none. */

import { describe, expect, test } from "bun:test";
import { anthropicMessages } from "../../../src/protocols/anthropic-messages/protocol.ts";
import { openaiChat } from "../../../src/protocols/openai-chat/protocol.ts";
import { answerTo, beginning, chunk } from "./support.ts";

const openai = (...reports: object[]) =>
  answerTo(openaiChat, [
    chunk({ content: "a" }),
    chunk({}, "stop"),
    ...reports.map((usage) => ({ choices: [], usage })),
    "[DONE]",
  ]).usage;

const anthropic = (start: object, ...ends: (object | undefined)[]) =>
  answerTo(anthropicMessages, [
    { type: "message_start", message: { id: "m", usage: start } },
    ...beginning(anthropicMessages, "a").slice(1),
    ...ends.map((usage) => ({
      type: "message_delta",
      delta: { stop_reason: "end_turn" },
      ...(usage === undefined ? {} : { usage }),
    })),
    { type: "message_stop" },
  ]).usage;

describe("OpenAI's protocol", () => {
  test.each<[string, object[], object | undefined]>([
    [
      "plain",
      [{ prompt_tokens: 10, completion_tokens: 5, total_tokens: 15 }],
      { inputTokens: 10, outputTokens: 5 },
    ],
    [
      "cached, in the prompt",
      [
        {
          prompt_tokens: 100,
          completion_tokens: 5,
          total_tokens: 105,
          prompt_tokens_details: { cached_tokens: 80 },
        },
      ],
      { inputTokens: 100, outputTokens: 5, cacheReadTokens: 80 },
    ],
    [
      "cached, in the total alone",
      [
        {
          prompt_tokens: 4,
          completion_tokens: 10,
          total_tokens: 20_014,
          prompt_tokens_details: { cached_tokens: 20_000 },
        },
      ],
      { inputTokens: 20_004, outputTokens: 10, cacheReadTokens: 20_000 },
    ],
    [
      "less cached than there is of the rest, in the total alone",
      [
        {
          prompt_tokens: 100,
          completion_tokens: 10,
          total_tokens: 150,
          prompt_tokens_details: { cached_tokens: 40 },
        },
      ],
      { inputTokens: 140, outputTokens: 10, cacheReadTokens: 40 },
    ],
    [
      "more cached than the prompt has, without a total",
      [
        {
          prompt_tokens: 4,
          completion_tokens: 10,
          cache_read_input_tokens: 100,
          cache_creation_input_tokens: 50,
        },
      ],
      { inputTokens: 154, outputTokens: 10, cacheReadTokens: 100, cacheWriteTokens: 50 },
    ],
    [
      "DeepSeek's cache",
      [
        {
          prompt_tokens: 100,
          completion_tokens: 5,
          total_tokens: 105,
          prompt_cache_hit_tokens: 64,
          prompt_cache_miss_tokens: 36,
        },
      ],
      { inputTokens: 100, outputTokens: 5, cacheReadTokens: 64 },
    ],
    [
      "Moonshot's",
      [{ prompt_tokens: 100, completion_tokens: 5, total_tokens: 105, cached_tokens: 64 }],
      { inputTokens: 100, outputTokens: 5, cacheReadTokens: 64 },
    ],
    [
      "reasoning in the completion",
      [
        {
          prompt_tokens: 10,
          completion_tokens: 50,
          total_tokens: 60,
          completion_tokens_details: { reasoning_tokens: 40 },
        },
      ],
      { inputTokens: 10, outputTokens: 50, reasoningTokens: 40 },
    ],
    [
      "reasoning left out of it",
      [
        {
          prompt_tokens: 10,
          completion_tokens: 2,
          total_tokens: 352,
          completion_tokens_details: { reasoning_tokens: 340 },
        },
      ],
      { inputTokens: 10, outputTokens: 342, reasoningTokens: 340 },
    ],
    [
      "as much reasoning left out as was cached",
      [
        {
          prompt_tokens: 100,
          completion_tokens: 2,
          total_tokens: 142,
          prompt_tokens_details: { cached_tokens: 40 },
          completion_tokens_details: { reasoning_tokens: 40 },
        },
      ],
      { inputTokens: 100, outputTokens: 42, cacheReadTokens: 40, reasoningTokens: 40 },
    ],
    [
      "the later report",
      [
        { prompt_tokens: 10, completion_tokens: 1 },
        { prompt_tokens: 10, completion_tokens: 9 },
      ],
      { inputTokens: 10, outputTokens: 9 },
    ],
    [
      "zeros after real numbers",
      [
        { prompt_tokens: 10, completion_tokens: 9 },
        { prompt_tokens: 0, completion_tokens: 0, total_tokens: 0 },
      ],
      { inputTokens: 10, outputTokens: 9 },
    ],
    [
      "a zero for the prompt after a real number",
      [
        { prompt_tokens: 10, completion_tokens: 1 },
        { prompt_tokens: 0, completion_tokens: 9 },
      ],
      { inputTokens: 10, outputTokens: 9 },
    ],
    [
      "null after real numbers",
      [
        { prompt_tokens: 10, completion_tokens: 9 },
        { prompt_tokens: null, completion_tokens: null },
      ],
      { inputTokens: 10, outputTokens: 9 },
    ],
    ["texts", [{ prompt_tokens: "10", completion_tokens: "9" }], undefined],
    [
      "numbers below nothing",
      [{ prompt_tokens: 10, completion_tokens: -1 }],
      { inputTokens: 10, outputTokens: 0 },
    ],
    ["fractions", [{ prompt_tokens: 10.5, completion_tokens: 9 }], { inputTokens: 0, outputTokens: 9 }],
    [
      "Responses' names",
      [{ input_tokens: 10, output_tokens: 9, input_tokens_details: { cached_tokens: 3 } }],
      { inputTokens: 10, outputTokens: 9, cacheReadTokens: 3 },
    ],
    [
      "a total that says less",
      [{ prompt_tokens: 10, completion_tokens: 9, total_tokens: 9 }],
      { inputTokens: 10, outputTokens: 9 },
    ],
    ["nothing", [{}], undefined],
  ])("%s", (_name, reports, expected) => {
    expect(openai(...reports)).toEqual(expected as never);
  });

  test("in the choice and under x_groq", () => {
    const usage = { prompt_tokens: 10, completion_tokens: 9 };
    const expected = { inputTokens: 10, outputTokens: 9 };
    expect(answerTo(openaiChat, [chunk({ content: "a" }), chunk({}, "stop", { usage })]).usage).toEqual(
      expected,
    );
    expect(
      answerTo(openaiChat, [chunk({ content: "a" }), chunk({}, "stop", {}, { x_groq: { usage } })]).usage,
    ).toEqual(expected);
  });
});

describe("Anthropic's protocol", () => {
  test.each<[string, object, (object | undefined)[], object | undefined]>([
    [
      "start and end",
      { input_tokens: 15, output_tokens: 1 },
      [{ output_tokens: 10 }],
      { inputTokens: 15, outputTokens: 10 },
    ],
    [
      "with a cache",
      { input_tokens: 5, cache_read_input_tokens: 100, cache_creation_input_tokens: 20, output_tokens: 1 },
      [{ output_tokens: 10 }],
      { inputTokens: 125, outputTokens: 10, cacheReadTokens: 100, cacheWriteTokens: 20 },
    ],
    [
      "zeros at the end",
      { input_tokens: 15, output_tokens: 1 },
      [{ input_tokens: 0, output_tokens: 10 }],
      { inputTokens: 15, outputTokens: 10 },
    ],
    [
      "zeros in all inputs at the end",
      { input_tokens: 5, cache_read_input_tokens: 10, output_tokens: 1 },
      [{ input_tokens: 0, cache_read_input_tokens: 0, cache_creation_input_tokens: 0, output_tokens: 10 }],
      { inputTokens: 15, outputTokens: 10, cacheReadTokens: 10 },
    ],
    [
      "a cache that moves into the input",
      { input_tokens: 5, cache_read_input_tokens: 100, output_tokens: 1 },
      [{ input_tokens: 105, cache_read_input_tokens: 0, output_tokens: 10 }],
      { inputTokens: 105, outputTokens: 10, cacheReadTokens: 0 },
    ],
    [
      "an output of zero at the very end",
      { input_tokens: 15, output_tokens: 1 },
      [{ output_tokens: 10 }, { input_tokens: 0, output_tokens: 0 }],
      { inputTokens: 15, outputTokens: 10 },
    ],
    [
      "an input that comes at the end",
      { input_tokens: 0, output_tokens: 0 },
      [{ input_tokens: 15, output_tokens: 10 }],
      { inputTokens: 15, outputTokens: 10 },
    ],
    [
      "null",
      { input_tokens: 15, output_tokens: 1 },
      [{ input_tokens: null, output_tokens: 10 }],
      { inputTokens: 15, outputTokens: 10 },
    ],
    [
      "OpenAI's names",
      { input_tokens: 0, output_tokens: 0 },
      [{ prompt_tokens: 15, completion_tokens: 10 }],
      { inputTokens: 15, outputTokens: 10 },
    ],
    [
      "thinking",
      { input_tokens: 15, output_tokens: 1 },
      [{ output_tokens: 10, output_tokens_details: { thinking_tokens: 8 } }],
      { inputTokens: 15, outputTokens: 10, reasoningTokens: 8 },
    ],
  ])("%s", (_name, start, ends, expected) => {
    expect(anthropic(start, ...ends)).toEqual(expected as never);
  });
});
