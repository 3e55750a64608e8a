import { describe, expect, test } from "bun:test";
import { Value } from "@sinclair/typebox/value";
import { openaiChatDialect } from "../../../src/api/openai-chat/dialect.ts";
import { ChatCompletionBody } from "../../../src/api/openai-chat/schema.ts";
import { ChatError } from "../../../src/core/failure.ts";
import type { ChatRequest } from "../../../src/core/message.ts";
import { parsed } from "../dialect-support.ts";

const USER = { role: "user", content: "hi" };

function chatOf(fields: object): ChatRequest {
  const body = { model: "m", messages: [USER], ...fields };
  expect(Value.Check(ChatCompletionBody, body)).toBeTrue();
  return parsed(openaiChatDialect, body, "anthropic").chat;
}

function refusal(fields: object, protocol: "anthropic" | "openai" = "anthropic") {
  try {
    parsed(openaiChatDialect, { model: "m", messages: [USER], ...fields }, protocol);
  } catch (error) {
    if (error instanceof ChatError) return error.failure;
  }
  return undefined;
}

const CALL = { id: "call_1", type: "function", function: { name: "f", arguments: '{"a":1}' } };

describe("messages", () => {
  const cases: Record<string, readonly [object, object]> = {
    text: [USER, USER],
    "null beside calls": [
      { role: "assistant", content: null, tool_calls: [CALL] },
      { role: "assistant", content: null, tool_calls: [CALL] },
    ],
    "a refusal": [
      { role: "assistant", content: null, refusal: "No." },
      { role: "assistant", content: [{ type: "refusal", refusal: "No." }] },
    ],
    "an image, and what is not known of it left out": [
      {
        role: "user",
        content: [{ type: "image_url", image_url: { url: "https://x/y.png", detail: "low", new: 1 } }],
      },
      {
        role: "user",
        content: [{ type: "image_url", image_url: { url: "https://x/y.png", detail: "low" } }],
      },
    ],
    "a file": [
      {
        role: "user",
        content: [{ type: "file", file: { filename: "a.pdf", file_data: "data:application/pdf;base64,AA" } }],
      },
      {
        role: "user",
        content: [{ type: "file", file: { filename: "a.pdf", file_data: "data:application/pdf;base64,AA" } }],
      },
    ],
    "plain reasoning": [
      { role: "assistant", content: "Hi", reasoning_content: "hm" },
      {
        role: "assistant",
        content: [
          { type: "reasoning", text: "hm" },
          { type: "text", text: "Hi" },
        ],
      },
    ],
    "reasoning under its other name": [
      { role: "assistant", content: "Hi", reasoning: "hm" },
      {
        role: "assistant",
        content: [
          { type: "reasoning", text: "hm" },
          { type: "text", text: "Hi" },
        ],
      },
    ],
    "reasoning_details (row 21)": [
      {
        role: "assistant",
        content: "Hi",
        reasoning_content: "hm",
        reasoning_details: [
          { type: "reasoning.text", text: "hm", signature: "s1" },
          { type: "reasoning.encrypted", data: "opaque" },
          { type: "reasoning.encrypted", data: "gAAA", id: "rs_1" },
        ],
      },
      {
        role: "assistant",
        content: [
          { type: "reasoning", text: "hm", signature: "s1" },
          { type: "reasoning", text: "", redacted: "opaque" },
          { type: "reasoning", text: "", encrypted: { id: "rs_1", content: "gAAA" } },
          { type: "text", text: "Hi" },
        ],
      },
    ],
    "LiteLLM's thinking blocks": [
      {
        role: "assistant",
        content: "Hi",
        thinking_blocks: [
          { type: "thinking", thinking: "", signature: "s1" },
          { type: "redacted_thinking", data: "d" },
        ],
      },
      {
        role: "assistant",
        content: [
          { type: "reasoning", text: "", signature: "s1" },
          { type: "reasoning", text: "", redacted: "d" },
          { type: "text", text: "Hi" },
        ],
      },
    ],
  };
  for (const [name, [message, expected]] of Object.entries(cases)) {
    test(name, () => expect<unknown>(chatOf({ messages: [message] }).messages).toEqual([expected]));
  }
});

describe("refused, by the field", () => {
  const result = { role: "tool", tool_call_id: "call_1", content: "1" };
  const calls = { role: "assistant", content: null, tool_calls: [CALL] };
  const cases: Record<string, readonly [object, string, RegExp]> = {
    audio: [
      { messages: [{ role: "user", content: [{ type: "input_audio", input_audio: {} }] }] },
      "messages[0].content[0]",
      /cannot/,
    ],
    "the role function": [{ messages: [{ role: "function", content: "1" }] }, "messages[0].role", /tool/],
    "a result of no call (row 46)": [{ messages: [USER, result] }, "messages", /"call_1"/],
    "a result without an id (row 46)": [
      { messages: [calls, { role: "tool", content: "1" }] },
      "messages",
      /without an id/,
    ],
    "a call without its result": [{ messages: [calls, USER] }, "messages", /"call_1"/],
    "an effort that there is not": [{ reasoning_effort: "huge" }, "reasoning_effort", /one of/],
  };
  for (const [name, [fields, param, words]] of Object.entries(cases)) {
    test(name, () => {
      const failure = refusal(fields);
      expect(failure).toMatchObject({ type: "invalid_request", param });
      expect(failure?.message).toMatch(words);
      expect(refusal(fields, "openai")).toBeUndefined();
    });
  }
});

test("tools, choice and the rest", () => {
  const chat = chatOf({
    tools: [
      {
        type: "function",
        function: { name: "f", description: "d", parameters: { type: "object" }, strict: true },
      },
    ],
    tool_choice: { type: "function", function: { name: "f" } },
    parallel_tool_calls: false,
    response_format: {
      type: "json_schema",
      json_schema: { name: "x", schema: { type: "object" }, strict: true },
    },
    max_tokens: 5,
    max_completion_tokens: 7,
    stop: "###",
    user: "u",
    safety_identifier: "s",
    reasoning_effort: "xhigh",
    top_k: 3,
    verbosity: "low",
  });
  expect(chat).toEqual({
    model: "m",
    messages: [{ role: "user", content: "hi" }],
    sampling: { max_tokens: 7, stop: ["###"], reasoning_effort: "xhigh", top_k: 3 },
    tools: [{ name: "f", description: "d", parameters: { type: "object" }, strict: true }],
    toolChoice: { mode: "required", names: ["f"] },
    parallelToolCalls: false,
    responseFormat: { type: "json_schema", name: "x", schema: { type: "object" }, strict: true },
    user: "s",
    includeUsage: true,
  });
});

test("a choice without tools is left out", () => {
  expect(chatOf({ tool_choice: "auto", parallel_tool_calls: true })).not.toContainAnyKeys([
    "toolChoice",
    "parallelToolCalls",
  ]);
});

test("the same protocol: the body goes out as it came", () => {
  const body = {
    model: "m",
    messages: [USER, { role: "user", content: [{ type: "hologram" }] }],
    n: 2,
    next_year: 1,
  };
  const { chat, dropped } = parsed(openaiChatDialect, body, "openai");
  expect(chat.raw).toEqual({ protocol: "openai", body });
  expect(dropped).toEqual([]);
});
