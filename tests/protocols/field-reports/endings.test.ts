/** Words for the end are judged by what they mean, in either protocol. */

import { describe, expect, test } from "bun:test";
import { openaiChat } from "../../../src/protocols/openai-chat/protocol.ts";
import { answerTo, chunk, PROTOCOLS, saying } from "./support.ts";

const WORDS: Readonly<Record<string, readonly string[]>> = {
  stop: [
    "stop",
    "STOP",
    "end_turn",
    "eos",
    "eos_token",
    "stop_sequence",
    "COMPLETE",
    "completed",
    "FINISH_REASON_STOP",
    "done",
    "pause_turn",
  ],
  length: [
    ...["length", "max_tokens", "MAX_TOKENS", "model_length", "model_context_window_exceeded", "maxTokens"],
    ...["max_output_tokens", "token_limit", "context_length_exceeded", "context_window_full", "truncated"],
    ...["max_new_tokens", "ERROR_LIMIT", "too_long", "context_limit", "Max Tokens", "max_completion_tokens"],
  ],
  content_filter: [
    ...["content_filter", "SAFETY", "RECITATION", "BLOCKLIST", "PROHIBITED_CONTENT", "SPII", "sensitive"],
    ...[
      "guardrail_intervened",
      "content_filtered",
      "ERROR_TOXIC",
      "moderation",
      "blocked",
      "policy_violation",
    ],
  ],
  refusal: ["refusal", "refused"],
  other: ["banana", "cosmic_ray", "OTHER", "FINISH_REASON_UNSPECIFIED"],
};

const BROKEN = [
  ...[
    "error",
    "ERROR",
    "abort",
    "aborted",
    "network_error",
    "insufficient_system_resource",
    "timeout",
    "timed_out",
  ],
  ...[
    "cancelled",
    "canceled",
    "USER_CANCEL",
    "server_error",
    "internal_error",
    "engine_dead",
    "interrupted",
    "failed",
  ],
  ...[
    "MALFORMED_FUNCTION_CALL",
    "UNEXPECTED_TOOL_CALL",
    "rate_limit_exceeded",
    "unavailable",
    "overloaded",
    "preempted",
  ],
  ...["connection_lost", "exception", "shutdown", "killed", "incomplete"],
];

describe.each(PROTOCOLS.map((protocol) => [protocol.name, protocol] as const))(
  "a word for the end in %s",
  (_, protocol) => {
    test.each(
      Object.entries(WORDS).flatMap(([reason, words]) => words.map((word) => [word, reason] as const)),
    )("%p is %s", (word, reason) => {
      const answer = answerTo(protocol, saying(protocol, "Half", word));
      expect(answer).toMatchObject({ text: "Half", end: { reason, rawReason: word } });
    });

    test.each(BROKEN.map((word) => [word] as const))("%p is a failure behind the text", (word) => {
      const answer = answerTo(protocol, saying(protocol, "Half", word));
      expect(answer.text).toBe("Half");
      expect(answer.failure).toMatchObject({ type: "incomplete", status: 502 });
      expect(answer.failure?.message).toContain(word);
    });
  },
);

describe("where the word stands", () => {
  test.each<[string, object]>([
    ["in the choice, in camel case", { choices: [{ delta: {}, finishReason: "MAX_TOKENS" }] }],
    ["in the delta", chunk({ finish_reason: "length" })],
    ["in an object", chunk({}, { type: "length" })],
    ["beside the choices", { choices: [{ delta: {} }], finish_reason: "length" }],
    ["in a chunk without choices, as Ollama's own", { done: true, done_reason: "length" }],
    [
      "in the provider's own word behind OpenRouter's",
      chunk({}, "stop", { native_finish_reason: "MAX_TOKENS" }),
    ],
  ])("%s", (_name, last) => {
    expect(answerTo(openaiChat, [chunk({ content: "Half" }), last, "[DONE]"]).end).toMatchObject({
      reason: "length",
    });
  });

  test("a lossy word is not taken back by a later harmless one, nor by null", () => {
    const stream = [
      chunk({ content: "Half" }),
      chunk({}, "length"),
      chunk({}, "stop"),
      chunk({}, null),
      "[DONE]",
    ];
    expect(answerTo(openaiChat, stream).end).toMatchObject({ reason: "length" });
    const broken = [chunk({ content: "Half" }), chunk({}, "abort"), chunk({}, "stop"), "[DONE]"];
    expect(answerTo(openaiChat, broken).failure).toMatchObject({ type: "incomplete" });
  });

  test.each(["null", "None", ""])("%p on every chunk is no end: a cut stays a cut", (word) => {
    expect(answerTo(openaiChat, [chunk({ content: "One" }, word)]).failure).toMatchObject({
      type: "incomplete",
    });
    expect(answerTo(openaiChat, [chunk({ content: "One" }, word), chunk({}, "stop")]).end).toBeDefined();
  });
});

describe("a stop before any text", () => {
  test("is no finish yet: the answer may come after a pause", () => {
    const decoder = openaiChat.decoder();
    const read = (frame: object) => decoder.message({ data: JSON.stringify(frame) }, []);
    read(chunk({ reasoning_content: "Hm." }, "stop"));
    expect(decoder.finished).toBe(false);
    read(chunk({ content: "The answer is 42." }));
    expect(decoder.finished).toBe(true);
  });

  test.each(["length", "content_filter", "error"])("%p is one", (word) => {
    const decoder = openaiChat.decoder();
    decoder.message({ data: JSON.stringify(chunk({}, word)) }, []);
    expect(decoder.finished).toBe(true);
  });

  test("and nothing after it is an empty answer, no cut", () => {
    expect(answerTo(openaiChat, [chunk({ role: "assistant" }, "stop")]).end).toMatchObject({
      reason: "stop",
    });
  });
});

describe("calls", () => {
  const call = (args: string) => ({
    tool_calls: [{ index: 0, id: "a", function: { name: "f", arguments: args } }],
  });

  test.each<[string, string, string]>([
    ["stop", '{"a":1}', "tool_calls"],
    ["stop", "", "tool_calls"],
    ["end_turn", "{}", "tool_calls"],
    ["stop", '{"a":', "stop"],
    ["length", '{"a":1}', "length"],
    ["content_filter", "{}", "content_filter"],
    ["tool_calls", '{"a":', "tool_calls"],
  ])("under %p with the arguments %p end as %s", (word, args, reason) => {
    expect(answerTo(openaiChat, [chunk(call(args)), chunk({}, word), "[DONE]"]).end).toMatchObject({
      reason,
    });
  });
});

describe("the stop sequence", () => {
  test.each<[string, object, string | undefined]>([
    ["vLLM's", { stop_reason: "###" }, "###"],
    ["SGLang's", { matched_stop: "END\n" }, "END\n"],
    ["a token's id", { stop_reason: 128009 }, undefined],
    ["a token's id at SGLang", { matched_stop: 2 }, undefined],
    ["another word for the end", { stop_reason: "end_turn" }, undefined],
  ])("%s", (_name, more, sequence) => {
    expect(answerTo(openaiChat, [chunk({ content: "a" }), chunk({}, "stop", more)]).end?.stopSequence).toBe(
      sequence,
    );
  });

  test("is not told of an answer that was cut", () => {
    const answer = answerTo(openaiChat, [
      chunk({ content: "a" }),
      chunk({}, "length", { stop_reason: "###" }),
    ]);
    expect(answer.end?.stopSequence).toBeUndefined();
  });
});
