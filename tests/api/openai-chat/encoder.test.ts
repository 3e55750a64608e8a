import { describe, expect, test } from "bun:test";
import { openaiChatDialect } from "../../../src/api/openai-chat/dialect.ts";
import type { ChatCompletionBody } from "../../../src/api/openai-chat/schema.ts";
import type { Batch, ChatEvent } from "../../../src/core/event.ts";
import { collected, contextOf, encode, framesOf, ID } from "../dialect-support.ts";

const BODY: ChatCompletionBody = { model: "m", messages: [{ role: "user", content: "hi" }] };
const WITH_USAGE = { ...BODY, stream_options: { include_usage: true } };
const USAGE = {
  inputTokens: 1000,
  outputTokens: 20,
  cacheReadTokens: 800,
  cacheWriteTokens: 50,
  reasoningTokens: 5,
};

function chunksOf(events: Batch, body = BODY) {
  const frames = framesOf(encode(openaiChatDialect.encoder(contextOf(body)), events));
  expect(frames.at(-1)?.data).toBe("[DONE]");
  return frames.slice(0, -1).map(({ data }) => JSON.parse(data));
}

const deltasOf = (events: Batch) => chunksOf(events).map((chunk) => chunk.choices[0].delta);

test("the bytes of a small answer", () => {
  const out = encode(openaiChatDialect.encoder(contextOf(BODY)), [
    { type: "text", text: "Hi" },
    { type: "end", reason: "stop", usage: USAGE },
  ]);
  const head = `"id":"chatcmpl-${ID}","object":"chat.completion.chunk","created":1790000000,"model":"some-model","system_fingerprint":null`;
  const chunk = (delta: string, finish = "null") =>
    `data: {${head},"choices":[{"index":0,"delta":${delta},"finish_reason":${finish},"logprobs":null}]}\n\n`;
  expect(out).toBe(
    chunk('{"role":"assistant","content":"","refusal":null}') +
      chunk('{"content":"Hi"}') +
      chunk("{}", '"stop"') +
      "data: [DONE]\n\n",
  );
});

test("usage comes only when asked, in a chunk of its own, caches within the prompt (rows 37, 40, 41)", () => {
  const events: Batch = [
    { type: "text", text: "Hi" },
    { type: "end", reason: "stop", usage: USAGE },
  ];
  expect(JSON.stringify(chunksOf(events))).not.toContain("usage");
  const chunks = chunksOf(events, WITH_USAGE);
  expect(chunks.slice(0, -1).every((chunk) => chunk.usage === null)).toBeTrue();
  expect(chunks.at(-1)).toMatchObject({
    choices: [],
    usage: {
      prompt_tokens: 1000,
      completion_tokens: 20,
      total_tokens: 1020,
      prompt_tokens_details: { cached_tokens: 800, cache_write_tokens: 50 },
      completion_tokens_details: { reasoning_tokens: 5 },
    },
  });
});

test("reasoning never stands beside text, and what its provider wants back comes last", () => {
  const deltas = deltasOf([
    { type: "reasoning", text: "hm" },
    { type: "reasoning", text: "", signature: "s" },
    { type: "text", text: "Hi" },
    { type: "end", reason: "stop" },
  ]);
  expect(deltas).toEqual([
    { role: "assistant", content: "", refusal: null },
    { reasoning_content: "hm" },
    { content: "Hi" },
    {
      reasoning_details: [
        { type: "reasoning.text", text: "hm", signature: "s", format: "anthropic-claude-v1", index: 0 },
      ],
    },
    {},
  ]);
});

test("a call first: content is null; an empty one gets its arguments before the end (rows 10, 11)", () => {
  expect(
    deltasOf([
      { type: "tool-call", index: 3, id: "call_a", name: "f" },
      { type: "end", reason: "tool_calls" },
    ]),
  ).toEqual([
    { role: "assistant", content: null, refusal: null },
    { tool_calls: [{ index: 0, id: "call_a", type: "function", function: { name: "f", arguments: "" } }] },
    { tool_calls: [{ index: 0, function: { arguments: "{}" } }] },
    {},
  ]);
});

test("a call that was cut before its arguments is not made callable", () => {
  const deltas = deltasOf([
    { type: "tool-call", index: 0, id: "call_a", name: "f" },
    { type: "end", reason: "length" },
  ]);
  expect(JSON.stringify(deltas)).not.toContain('{}"');
});

test("a call without a name is an error", () => {
  const out = encode(openaiChatDialect.encoder(contextOf(BODY)), [
    { type: "tool-call", index: 0, id: "a", arguments: "{}" },
    { type: "end", reason: "stop" },
  ]);
  expect(out).toContain('"error":{');
  expect(out).not.toContain("finish_reason");
});

describe("a refusal", () => {
  const end = (rawReason: string): ChatEvent => ({ type: "end", reason: "refusal", rawReason });
  const words: ChatEvent = { type: "text", text: "No.", refusal: true };

  test("Anthropic's is a filter (row 29)", () => {
    const chunks = chunksOf([words, end("refusal")]);
    expect(chunks[1].choices[0].delta).toEqual({ refusal: "No." });
    expect(chunks.at(-1).choices[0].finish_reason).toBe("content_filter");
    const whole = openaiChatDialect.whole(collected([words, end("refusal")]), contextOf(BODY));
    expect(whole).toMatchObject({
      choices: [{ message: { content: null, refusal: "No." }, finish_reason: "content_filter" }],
    });
  });

  test("OpenAI's own ends with stop", () => {
    expect(chunksOf([words, end("stop")]).at(-1).choices[0].finish_reason).toBe("stop");
  });
});

test("a pause is a stop, which is all that chat has (row 30)", () => {
  const chunks = chunksOf([{ type: "end", reason: "stop", rawReason: "pause_turn" }]);
  expect(chunks.at(-1).choices[0].finish_reason).toBe("stop");
});

test("a whole answer has all that strict clients ask for", () => {
  const events: Batch = [
    { type: "reasoning", text: "hm" },
    { type: "text", text: "Hi" },
    { type: "end", reason: "stop", usage: USAGE },
  ];
  expect(openaiChatDialect.whole(collected(events), contextOf(BODY))).toMatchObject({
    id: `chatcmpl-${ID}`,
    object: "chat.completion",
    created: 1_790_000_000,
    model: "some-model",
    choices: [
      {
        index: 0,
        message: {
          role: "assistant",
          content: "Hi",
          refusal: null,
          annotations: [],
          reasoning_content: "hm",
        },
        logprobs: null,
        finish_reason: "stop",
      },
    ],
    usage: { prompt_tokens: 1000, total_tokens: 1020 },
    system_fingerprint: null,
  });
});

describe("a provider's own whole answer", () => {
  const raw = (choice: object) =>
    JSON.stringify({
      id: "c",
      model: "m1",
      choices: [{ index: 0, message: { role: "assistant", content: "Hi" }, ...choice }],
      extra: 1,
    });
  const wholeOf = (json: string, more: object = {}) =>
    openaiChatDialect.whole(
      {
        ...collected([
          { type: "text", text: "Hi" },
          { type: "end", reason: "stop" },
        ]),
        raw: json,
      },
      contextOf(BODY, { passThrough: true, ...more }),
    );

  test("passes with all its fields", () => {
    const json = raw({ finish_reason: "stop" });
    expect(JSON.stringify(wholeOf(json))).toBe(json);
    expect(wholeOf(json, { renamed: true })).toMatchObject({ model: "some-model", extra: 1 });
  });

  test("is written anew where it does not conform", () => {
    expect(wholeOf(raw({ finish_reason: "eos" }))).toMatchObject({
      id: `chatcmpl-${ID}`,
      choices: [{ finish_reason: "stop" }],
    });
    expect(wholeOf(raw({ finish_reason: "stop", message: { content: "\ud83d" } }))).toMatchObject({
      id: `chatcmpl-${ID}`,
    });
  });
});
