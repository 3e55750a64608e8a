/** Text counts once, wherever in a frame it stands. */

import { describe, expect, test } from "bun:test";
import { anthropicMessages } from "../../../src/protocols/anthropic-messages/protocol.ts";
import { openaiChat } from "../../../src/protocols/openai-chat/protocol.ts";
import { answerTo, chunk, replyOf } from "./support.ts";

const choice = (more: object) => ({
  id: "c",
  object: "chat.completion.chunk",
  choices: [{ index: 0, finish_reason: null, ...more }],
});
const message = (content: unknown, more: object = {}) => ({ role: "assistant", content, ...more });
const stop = chunk({}, "stop");

/** Frames that say "Hello there" in all. */
const STREAMS: readonly (readonly [string, readonly (object | string)[]])[] = [
  ["deltas", [chunk({ content: "Hello" }), chunk({ content: " there" }), stop]],
  [
    "a message beside an empty delta",
    [choice({ delta: {}, message: message("Hello there"), finish_reason: "stop" })],
  ],
  ["a message beside a delta of null", [choice({ delta: null, message: message("Hello there") }), stop]],
  [
    "a message beside a delta with empty content",
    [choice({ delta: { role: "assistant", content: "" }, message: message("Hello there") }), stop],
  ],
  ["a message in place of a delta", [choice({ message: message("Hello there"), finish_reason: "stop" })]],
  [
    "a last chunk that repeats all",
    [
      chunk({ content: "Hello" }),
      chunk({ content: " there" }),
      { choices: [{ index: 0, message: message("Hello there"), finish_reason: "stop" }] },
    ],
  ],
  [
    "a last chunk that repeats all, trimmed",
    [
      chunk({ content: "Hello" }),
      chunk({ content: " there" }),
      choice({ delta: {}, message: message(" Hello there\n"), finish_reason: "stop" }),
    ],
  ],
  [
    "a whole completion at the end",
    [
      chunk({ content: "Hello" }),
      chunk({ content: " there" }),
      {
        object: "chat.completion",
        choices: [{ index: 0, message: message("Hello there"), finish_reason: "stop" }],
      },
    ],
  ],
  [
    "a last chunk that has a word more",
    [
      chunk({ content: "Hello" }),
      choice({ delta: {}, message: message("Hello there"), finish_reason: "stop" }),
    ],
  ],
  [
    "messages that grow",
    [choice({ message: message("Hello") }), choice({ message: message("Hello there") }), stop],
  ],
  [
    "messages that grow beside deltas",
    [
      choice({ delta: { content: "Hello" }, message: message("Hello") }),
      choice({ delta: { content: " there" }, message: message("Hello there") }),
      stop,
    ],
  ],
  [
    "messages that are pieces",
    [
      choice({ message: message("Hel") }),
      choice({ message: message("lo") }),
      choice({ message: message(" there") }),
      stop,
    ],
  ],
  [
    "the last piece in a message",
    [chunk({ content: "Hello" }), choice({ delta: {}, message: message(" there"), finish_reason: "stop" })],
  ],
  ["text of the older completions", [choice({ text: "Hello" }), choice({ text: " there" }), stop]],
  [
    "the same text beside the delta",
    [
      choice({ delta: { content: "Hello" }, text: "Hello" }),
      choice({ delta: { content: " there" }, text: " there" }),
      stop,
    ],
  ],
  ["text in the delta", [chunk({ text: "Hello" }), chunk({ text: " there" }), stop]],
  [
    "content and text in the delta",
    [chunk({ content: "Hello", text: "Hello" }), chunk({ content: " there", text: " there" }), stop],
  ],
  ["a delta that is a string", [choice({ delta: "Hello" }), choice({ delta: " there" }), stop]],
  [
    "parts",
    [
      chunk({ content: [{ type: "text", text: "Hello" }] }),
      chunk({ content: [{ type: "output_text", text: " there" }] }),
      stop,
    ],
  ],
  ["a part alone", [chunk({ content: { type: "text", text: "Hello there" } }), stop]],
  ["strings in a list", [chunk({ content: ["Hello", " there"] }), stop]],
  [
    "values in parts",
    [chunk({ content: [{ type: "text", text: { value: "Hello there", annotations: [] } }] }), stop],
  ],
  [
    "chunks in a list",
    [[chunk({ content: "Hello" }), chunk({ content: " there" })] as unknown as object, stop],
  ],
  ["the choice alone, without a list", [{ choices: { index: 0, delta: { content: "Hello there" } } }, stop]],
  ["content in the choice", [choice({ content: "Hello there" }), stop]],
  [
    "Ollama's own form",
    [
      { model: "m", message: message("Hello"), done: false },
      { model: "m", message: message(" there"), done: true, done_reason: "stop" },
    ],
  ],
  ["llama.cpp's own form", [{ content: "Hello", stop: false }, { content: " there", stop: false }, stop]],
  ["Cloudflare's own form", [{ response: "Hello" }, { response: " there" }, stop, "[DONE]"]],
  [
    "TGI's own form",
    [
      { token: { text: "Hello", special: false }, generated_text: null },
      { token: { text: " there", special: false } },
      { token: { text: "</s>", special: true }, generated_text: "Hello there" },
      stop,
    ],
  ],
  ["Gemini's own form", [{ candidates: [{ content: { parts: [{ text: "Hello there" }] } }] }, stop]],
  ["a stream in a stream", [`data: ${JSON.stringify(chunk({ content: "Hello there" }))}`, stop]],
  [
    "the only choice under another number",
    [
      choice({ index: 1, delta: { content: "Hello there" } }),
      choice({ index: 1, delta: {}, finish_reason: "stop" }),
    ],
  ],
  [
    "the first of two choices",
    [
      {
        choices: [
          { index: 0, delta: { content: "Hello there" } },
          { index: 1, delta: { content: "Bye" } },
        ],
      },
      stop,
    ],
  ],
  ["text with the finish", [chunk({ content: "Hello" }), chunk({ content: " there" }, "stop")]],
  ["text behind the finish", [chunk({ content: "Hello" }), chunk({}, "stop"), chunk({ content: " there" })]],
];

const THOUGHT: readonly (readonly [string, readonly object[]])[] = [
  ["reasoning_content", [chunk({ reasoning_content: "Hm." }), chunk({ content: "Hello there" }), stop]],
  ["reasoning", [chunk({ reasoning: "Hm." }), chunk({ content: "Hello there" }), stop]],
  ["both", [chunk({ reasoning: "Hm.", reasoning_content: "Hm." }), chunk({ content: "Hello there" }), stop]],
  [
    "beside OpenRouter's details",
    [
      chunk({ reasoning: "Hm.", reasoning_details: [{ type: "reasoning.text", text: "Hm." }] }),
      chunk({ content: "Hello there" }),
      stop,
    ],
  ],
  [
    "in OpenRouter's details alone",
    [
      chunk({ reasoning_details: [{ type: "reasoning.text", text: "Hm." }] }),
      chunk({ content: "Hello there" }),
      stop,
    ],
  ],
  [
    "Mistral's parts",
    [
      chunk({
        content: [
          { type: "thinking", thinking: [{ type: "text", text: "Hm." }] },
          { type: "text", text: "Hello there" },
        ],
      }),
      stop,
    ],
  ],
  ["in an object", [chunk({ reasoning: { content: "Hm." } }), chunk({ content: "Hello there" }), stop]],
  [
    "repeated in the last message",
    [
      chunk({ reasoning_content: "Hm." }),
      chunk({ content: "Hello there" }),
      choice({
        delta: {},
        message: message("Hello there", { reasoning_content: "Hm." }),
        finish_reason: "stop",
      }),
    ],
  ],
  [
    "in a whole message",
    [choice({ message: message("Hello there", { reasoning: "Hm." }), finish_reason: "stop" })],
  ],
];

describe("OpenAI's protocol", () => {
  test.each(STREAMS)("%s", (_name, frames) => {
    expect(answerTo(openaiChat, frames)).toMatchObject({ text: "Hello there", end: { reason: "stop" } });
  });

  test.each(THOUGHT)("thought: %s", (_name, frames) => {
    expect(answerTo(openaiChat, frames)).toMatchObject({ text: "Hello there", reasoning: "Hm." });
  });

  test("calls in a last message that repeats all come once", () => {
    const calls = [{ index: 0, id: "a", type: "function", function: { name: "f", arguments: '{"a":1}' } }];
    const frames = [
      chunk({ tool_calls: calls }),
      choice({ delta: {}, message: message("", { tool_calls: calls }), finish_reason: "tool_calls" }),
    ];
    const answer = answerTo(openaiChat, frames);
    expect(answer.calls).toEqual({ 0: { id: "a", name: "f", args: '{"a":1}' } });
    expect(answerTo(openaiChat, frames.slice(1)).calls).toEqual(answer.calls);
  });

  test.each<[string, object]>([
    ["a message", { choices: [{ message: message("Hello there"), finish_reason: "stop" }] }],
    [
      "an empty delta beside it",
      {
        object: "chat.completion",
        choices: [{ index: 0, delta: {}, message: message("Hello there"), finish_reason: "stop" }],
      },
    ],
    ["text", { object: "text_completion", choices: [{ text: "Hello there", finish_reason: "stop" }] }],
    [
      "parts",
      { choices: [{ message: message([{ type: "text", text: "Hello there" }]), finish_reason: "stop" }] },
    ],
  ])("whole: %s", (_name, json) => {
    expect(replyOf(openaiChat, json)).toMatchObject({ text: "Hello there", end: { reason: "stop" } });
  });
});

describe("Anthropic's protocol", () => {
  const start = (content: object[] = []) => ({
    type: "message_start",
    message: { id: "m", content, usage: { input_tokens: 1, output_tokens: 1 } },
  });
  const block = (content_block: object) => ({ type: "content_block_start", index: 0, content_block });
  const delta = (text: string, type: string | undefined = "text_delta") => ({
    type: "content_block_delta",
    index: 0,
    delta: { type, text },
  });
  const close = { type: "content_block_stop", index: 0 };
  const end = [{ type: "message_delta", delta: { stop_reason: "end_turn" } }, { type: "message_stop" }];
  const text = (words: string) => ({ type: "text", text: words });

  test.each<[string, readonly object[]]>([
    ["deltas", [start(), block(text("")), delta("Hello"), delta(" there"), close, ...end]],
    ["a block's start", [start(), block(text("Hello there")), close, ...end]],
    ["a block's start and deltas", [start(), block(text("Hello")), delta(" there"), close, ...end]],
    [
      "a block's stop that repeats it",
      [
        start(),
        block(text("")),
        delta("Hello there"),
        { ...close, content_block: text("Hello there") },
        ...end,
      ],
    ],
    [
      "a block's stop alone",
      [start(), block(text("")), { ...close, content_block: text("Hello there") }, ...end],
    ],
    ["the message's start", [start([text("Hello there")]), ...end]],
    [
      "the message's start, and again in blocks",
      [start([text("Hello there")]), block(text("Hello there")), close, ...end].filter((_, i) => i !== 9),
    ],
    [
      "the message's stop that repeats it",
      [
        start(),
        block(text("")),
        delta("Hello there"),
        close,
        end[0] ?? {},
        { type: "message_stop", message: { content: [text("Hello there")] } },
      ],
    ],
    [
      "the message's stop alone",
      [start(), end[0] ?? {}, { type: "message_stop", message: { content: [text("Hello there")] } }],
    ],
    [
      "deltas without a type",
      [start(), block(text("")), delta("Hello", undefined), delta(" there", undefined), close, ...end],
    ],
    ["deltas without a block", [start(), delta("Hello"), delta(" there"), ...end]],
    [
      "a message in place of a stream",
      [{ type: "message", role: "assistant", content: [text("Hello there")], stop_reason: "end_turn" }],
    ],
    [
      "two blocks",
      [
        start(),
        block(text("Hello")),
        close,
        { type: "content_block_start", index: 1, content_block: text(" there") },
        { type: "content_block_stop", index: 1 },
        ...end,
      ],
    ],
    [
      "two blocks that say the same",
      [
        start(),
        block(text("Hello")),
        close,
        { type: "content_block_start", index: 1, content_block: text(" there") },
        ...end,
      ],
    ],
  ])("%s", (_name, frames) => {
    expect(answerTo(anthropicMessages, frames)).toMatchObject({
      text: "Hello there",
      end: { reason: "stop" },
    });
  });

  test("a signature comes with what repeats its block's thought, which counts once", () => {
    const thinking = { type: "thinking", thinking: "Hm.", signature: "s" };
    const frames = [
      start(),
      block({ type: "thinking", thinking: "", signature: "" }),
      { type: "content_block_delta", index: 0, delta: { type: "thinking_delta", thinking: "Hm." } },
      { ...close, content_block: thinking },
      ...end,
    ];
    expect(answerTo(anthropicMessages, frames)).toMatchObject({ reasoning: "Hm." });
  });
});
