import { describe, expect, test } from "bun:test";
import type { ChatEvent } from "../../src/core/event.ts";
import type { ChatRequest, ContentPart, Message } from "../../src/core/message.ts";
import { anthropicMessages } from "../../src/protocols/anthropic-messages/protocol.ts";
import { anthropic } from "../../src/providers/anthropic.ts";
import { answerTo } from "./field-reports/support.ts";
import { exchange, feed, refusalOf, saying, sentTo, user, weigh } from "./inner-form.ts";

const LONG = `mcp__server__${"a".repeat(120)}`;
const SONNET = "claude-sonnet-4-5-20250929";
const OPUS = "claude-opus-4-8";
const mark = { type: "ephemeral" } as const;

const turns = (messages: readonly Message[]) =>
  sentTo("anthropic", { messages }).body["messages"] as {
    role: string;
    content: Record<string, unknown>[];
  }[];

describe("tools", () => {
  test("go out with a schema whether or not they have one, with strictness and marks", () => {
    const { body, changed } = sentTo("anthropic", {
      tools: [
        feed,
        { ...weigh, cache_control: mark },
        { name: "x", parameters: { properties: { a: { type: "string" } } }, strict: true },
      ],
    });
    expect(body["tools"]).toEqual([
      { name: "feed", description: "Feeds.", input_schema: feed.parameters },
      { name: "weigh", input_schema: { type: "object", properties: {} }, cache_control: mark },
      {
        name: "x",
        input_schema: { type: "object", properties: { a: { type: "string" } }, additionalProperties: false },
        strict: true,
      },
    ]);
    expect(changed).toEqual([]);
  });

  test.each<[string, Partial<ChatRequest>, unknown]>([
    ["no choice", {}, undefined],
    ["auto", { toolChoice: { mode: "auto" } }, { type: "auto" }],
    ["none", { toolChoice: { mode: "none" } }, { type: "none" }],
    ["any", { toolChoice: { mode: "required" } }, { type: "any" }],
    ["one", { toolChoice: { mode: "required", names: ["feed"] } }, { type: "tool", name: "feed" }],
    ["one at a time", { parallelToolCalls: false }, { type: "auto", disable_parallel_tool_use: true }],
    [
      "any, one at a time",
      { parallelToolCalls: false, toolChoice: { mode: "required" } },
      { type: "any", disable_parallel_tool_use: true },
    ],
    ["none, one at a time", { parallelToolCalls: false, toolChoice: { mode: "none" } }, { type: "none" }],
    ["many at a time", { parallelToolCalls: true }, undefined],
  ])("%s", (_name, request, choice) => {
    expect(sentTo("anthropic", { tools: [feed, weigh], ...request }).body["tool_choice"]).toEqual(choice);
    expect(sentTo("anthropic", request).body).not.toHaveProperty("tool_choice");
  });

  test("of which some are allowed are the only ones, which is told", () => {
    const { body, changed } = sentTo("anthropic", {
      tools: [feed, weigh],
      toolChoice: { mode: "auto", names: ["weigh"] },
    });
    expect(body).toMatchObject({ tools: [{ name: "weigh" }], tool_choice: { type: "auto" } });
    expect([(body["tools"] as unknown[]).length, changed]).toEqual([1, ["tool_choice"]]);
  });

  test("that the history calls and the client no longer sends have a stub", () => {
    const { body } = sentTo("anthropic", { messages: exchange("ok") });
    expect(body).toMatchObject({
      tools: [{ name: "feed", input_schema: { type: "object", properties: {} } }],
      tool_choice: { type: "none" },
    });
  });

  test("whose names are too long have others on the way, and theirs in the answer", () => {
    const chat: ChatRequest = {
      model: "m",
      messages: [user],
      sampling: {},
      includeUsage: false,
      tools: [{ name: LONG }, { name: "a.b" }, { name: "b".repeat(128) }],
    };
    const { body, changed } = sentTo("anthropic", chat);
    const names = (body["tools"] as { name: string }[]).map(({ name }) => name);
    for (const name of names) expect(name).toMatch(/^[a-zA-Z0-9_-]{1,128}$/);
    expect(names[2]).toBe("b".repeat(128));
    expect(changed).toEqual(["tools[0].name", "tools[1].name"]);
    const events: ChatEvent[] = [];
    const block = {
      type: "content_block_start",
      index: 1,
      content_block: { type: "tool_use", id: "t", name: names[0], input: {} },
    };
    anthropicMessages.decoder(chat).message({ data: JSON.stringify(block) }, events);
    expect(events).toEqual([{ type: "tool-call", index: 1, id: "t", name: LONG }]);
  });
});

describe("content", () => {
  const PDF = "data:application/pdf;base64,JVBERi0=";

  test.each<[string, ContentPart, unknown]>([
    [
      "a PDF",
      { type: "file", file: { filename: "a.pdf", file_data: PDF } },
      {
        type: "document",
        source: { type: "base64", media_type: "application/pdf", data: "JVBERi0=" },
        title: "a.pdf",
      },
    ],
    [
      "a text",
      {
        type: "file",
        file: { filename: "a.txt", file_data: "data:text/plain;charset=utf-8;base64,SMOpLg==" },
      },
      { type: "document", source: { type: "text", media_type: "text/plain", data: "Hé." }, title: "a.txt" },
    ],
    [
      "a text as it is",
      { type: "file", file: { text: "Hé." } },
      { type: "document", source: { type: "text", media_type: "text/plain", data: "Hé." } },
    ],
    [
      "an address",
      { type: "file", file: { file_url: "https://a.example/b.pdf" } },
      { type: "document", source: { type: "url", url: "https://a.example/b.pdf" } },
    ],
    ["a refusal", { type: "refusal", refusal: "No." }, { type: "text", text: "No." }],
    [
      "a mark",
      { type: "text", text: "a", cache_control: mark },
      { type: "text", text: "a", cache_control: mark },
    ],
  ])("%s", (_name, part, block) => {
    expect(turns([saying(part)])[0]?.content).toEqual([block] as never);
  });

  test.each<[string, ContentPart]>([
    ["sound", { type: "input_audio", input_audio: { data: "A", format: "wav" } }],
    ["a file that another vendor stores", { type: "file", file: { file_id: "file-1" } }],
    ["a file of another kind", { type: "file", file: { file_data: "data:application/zip;base64,AAAA" } }],
  ])("%s is refused by name", (_name, part) => {
    expect(
      refusalOf("anthropic", { messages: [user, saying({ type: "text", text: "a" }, part)] }),
    ).toMatchObject({ type: "invalid_request", param: "messages[1].content[1]" });
  });

  test("a mark on a blank text moves to the block before it", () => {
    expect(
      turns([saying({ type: "text", text: "a" }, { type: "text", text: " ", cache_control: mark })])[0]
        ?.content,
    ).toEqual([{ type: "text", text: "a", cache_control: mark }]);
    const system: Message = {
      role: "system",
      content: [
        { type: "text", text: "One." },
        { type: "text", text: "", cache_control: mark },
      ],
    };
    expect(sentTo("anthropic", { messages: [system, user] }).body["system"]).toEqual([
      { type: "text", text: "One.", cache_control: mark },
    ]);
  });

  test("a failed tool's result says so", () => {
    expect(turns(exchange("No.", { is_error: true }))[2]?.content).toEqual([
      {
        type: "tool_result",
        tool_use_id: "call_1",
        content: [{ type: "text", text: "No." }],
        is_error: true,
      },
    ]);
  });
});

describe("thinking in a history", () => {
  const history = exchange("ok", {}, [
    { type: "reasoning", text: "Hm.", signature: "sig" },
    { type: "reasoning", text: "", signature: "omitted" },
    { type: "reasoning", text: "", redacted: "xyz" },
    { type: "reasoning", text: "foreign" },
    { type: "reasoning", text: "foreign", signature: "nash1:abc" },
    { type: "reasoning", text: "foreign", encrypted: { id: "rs_1", content: "abc" } },
    { type: "text", text: "I feed." },
  ]);

  test("goes back unchanged where it is Anthropic's own, and not at all where it is not", () => {
    expect(turns(history)[1]?.content).toEqual([
      { type: "thinking", thinking: "Hm.", signature: "sig" },
      { type: "thinking", thinking: "", signature: "omitted" },
      { type: "redacted_thinking", data: "xyz" },
      { type: "text", text: "I feed." },
      { type: "tool_use", id: "call_1", name: "feed", input: { grams: 5 } },
    ]);
  });

  test("comes with its signature, or redacted", () => {
    const events: ChatEvent[] = [];
    const decoder = anthropicMessages.decoder();
    for (const event of [
      { type: "message_start", message: { id: "m", model: "claude-x" } },
      {
        type: "content_block_start",
        index: 0,
        content_block: { type: "thinking", thinking: "", signature: "" },
      },
      { type: "content_block_delta", index: 0, delta: { type: "thinking_delta", thinking: "Hm." } },
      { type: "content_block_delta", index: 0, delta: { type: "signature_delta", signature: "sig" } },
      { type: "content_block_stop", index: 0 },
      { type: "content_block_start", index: 1, content_block: { type: "redacted_thinking", data: "xyz" } },
      { type: "content_block_stop", index: 1 },
    ])
      decoder.message({ data: JSON.stringify(event) }, events);
    expect(events).toEqual([
      { type: "reasoning", text: "Hm." },
      { type: "reasoning", text: "", signature: "sig" },
      { type: "reasoning", text: "", redacted: "xyz" },
    ]);
    expect(decoder.model).toBe("claude-x");
  });
});

describe("reasoning effort", () => {
  const fields = (request: Partial<ChatRequest>) => {
    const { body, dropped, changed } = sentTo("anthropic", request);
    return { thinking: body["thinking"], output_config: body["output_config"], dropped, changed };
  };
  const effort = (
    reasoning_effort: "none" | "minimal" | "low" | "medium" | "high" | "xhigh" | "max",
    more: object = {},
  ) => ({ sampling: { reasoning_effort, ...more } });
  const adaptive = { type: "adaptive", display: "summarized" };

  test.each([
    "claude-opus-4-6",
    "claude-sonnet-4-6",
    OPUS,
    "claude-opus-5",
    "claude-sonnet-5-5",
    "claude-fable-5",
    "claude-haiku-5-5",
    "anthropic/claude-opus-4.6",
  ])("%s thinks by effort", (model) => {
    for (const level of ["low", "medium", "high", "xhigh", "max"] as const) {
      expect(fields({ model, ...effort(level) })).toEqual({
        thinking: adaptive,
        output_config: { effort: level },
        dropped: [],
        changed: [],
      });
    }
    expect(fields({ model, ...effort("minimal") })).toMatchObject({
      output_config: { effort: "low" },
      changed: ["reasoning_effort"],
    });
    expect(fields({ model, ...effort("none") })).toMatchObject({
      thinking: { type: "disabled" },
      output_config: undefined,
    });
  });

  test.each([
    SONNET,
    "claude-3-7-sonnet-latest",
    "claude-opus-4-20250514",
    "claude-opus-4-1-20250805",
    "claude-haiku-4-5",
    "claude-opus-4.5",
    "us.anthropic.claude-sonnet-4-5-20250929-v1:0",
    "glm-4.7",
  ])("%s thinks by a budget", (model) => {
    for (const [level, budget] of [
      ["low", 1024],
      ["medium", 2048],
      ["high", 4096],
      ["xhigh", 16_384],
      ["max", 16_384],
    ] as const) {
      expect(fields({ model, ...effort(level, { max_tokens: 32_000 }) })).toEqual({
        thinking: { type: "enabled", budget_tokens: budget },
        output_config: undefined,
        dropped: [],
        changed: ["reasoning_effort"],
      });
    }
  });

  test("is within what may be answered, or left out", () => {
    expect(fields({ model: SONNET, ...effort("high", { max_tokens: 2000 }) })).toMatchObject({
      thinking: { budget_tokens: 1999 },
    });
    expect(fields({ model: SONNET, ...effort("high", { max_tokens: 1024 }) })).toMatchObject({
      thinking: undefined,
      changed: ["reasoning_effort"],
    });
    expect(
      fields({ model: SONNET, ...effort("high"), tools: [feed], toolChoice: { mode: "required" } }),
    ).toMatchObject({ thinking: undefined, changed: ["reasoning_effort"] });
  });

  test("is left out where a call's thinking is gone, and not where it is there", () => {
    expect(
      fields({ model: SONNET, ...effort("high"), messages: exchange("ok"), tools: [feed] }),
    ).toMatchObject({ thinking: undefined, changed: ["reasoning_effort"] });
    const messages = exchange("ok", {}, [{ type: "reasoning", text: "Hm.", signature: "s" }]);
    expect(fields({ model: SONNET, ...effort("high"), messages, tools: [feed] })).toMatchObject({
      thinking: { type: "enabled" },
    });
    expect(fields({ model: OPUS, ...effort("high"), messages: exchange("ok"), tools: [feed] })).toMatchObject(
      { thinking: adaptive },
    );
  });

  test("by a budget excludes what Anthropic refuses beside it", () => {
    const request = {
      model: SONNET,
      ...effort("high", { temperature: 0.5, top_k: 5, top_p: 0.5, max_tokens: 9000 }),
    };
    expect(fields(request).dropped).toEqual(["temperature", "top_p", "top_k"]);
    expect(sentTo("anthropic", request).body).not.toContainAnyKeys(["temperature", "top_p", "top_k"]);
  });

  test("absent is absent", () => {
    expect(sentTo("anthropic", { model: OPUS }).body).not.toContainAnyKeys(["thinking", "output_config"]);
  });
});

describe("formats and hints", () => {
  test("a schema allows nothing else, and says in words what Anthropic refuses", () => {
    const schema = {
      type: "object",
      properties: {
        name: { type: "string", minLength: 2, description: "A name.", format: "email" },
        tags: {
          type: "array",
          items: { type: "object", properties: { a: { type: "integer", maximum: 5 } } },
          maxItems: 3,
        },
        either: { oneOf: [{ type: "string", pattern: "^a" }, { type: "null" }] },
      },
      required: ["name"],
      additionalProperties: true,
    };
    const { body, changed } = sentTo("anthropic", {
      responseFormat: { type: "json_schema", name: "n", schema, strict: true },
    });
    expect(body["output_config"]).toEqual({
      format: {
        type: "json_schema",
        schema: {
          type: "object",
          properties: {
            name: { type: "string", description: "A name.\n\n{minLength: 2}", format: "email" },
            tags: {
              type: "array",
              items: {
                type: "object",
                properties: { a: { type: "integer", description: "{maximum: 5}" } },
                additionalProperties: false,
              },
              description: "{maxItems: 3}",
            },
            either: { anyOf: [{ type: "string", description: '{pattern: "^a"}' }, { type: "null" }] },
          },
          required: ["name"],
          additionalProperties: false,
        },
      },
    });
    expect(changed).toEqual(["response_format"]);
  });

  test("an object is asked for in words", () => {
    const { body, changed } = sentTo("anthropic", {
      messages: [{ role: "system", content: "One." }, user],
      responseFormat: { type: "json_object" },
    });
    expect(body["system"]).toStartWith("One.\n\nAnswer with one JSON object");
    expect([body["output_config"], changed]).toEqual([undefined, ["response_format"]]);
  });

  test("a format and an effort stand side by side", () => {
    const schema = { type: "object", properties: {}, additionalProperties: false };
    expect(
      sentTo("anthropic", {
        model: OPUS,
        sampling: { reasoning_effort: "low" },
        responseFormat: { type: "json_schema", schema },
      }).body["output_config"],
    ).toEqual({ effort: "low", format: { type: "json_schema", schema } });
  });

  test("hints go where they have a place, and are told where they have none", () => {
    const { body, dropped } = sentTo("anthropic", {
      user: "u",
      serviceTier: "default",
      verbosity: "low",
      metadata: { a: "b" },
      promptCacheKey: "k",
    });
    expect(body).toMatchObject({ metadata: { user_id: "u" }, service_tier: "standard_only" });
    expect(dropped.toSorted()).toEqual(["metadata", "prompt_cache_key", "verbosity"]);
    expect(sentTo("anthropic", { serviceTier: "flex" }).dropped).toEqual(["service_tier"]);
    expect(sentTo("anthropic", { serviceTier: "auto" }).body["service_tier"]).toBe("auto");
  });
});

describe("a body that passes through", () => {
  test("has the model's name, every field that nobody knows, and no thinking that Anthropic did not sign", () => {
    const raw = {
      model: "x",
      max_tokens: 9,
      odd: { a: [1] },
      messages: [
        { role: "user", content: "Hi.", odd: 1 },
        {
          role: "assistant",
          content: [
            { type: "thinking", thinking: "a", signature: "nash1:x" },
            { type: "thinking", thinking: "b", signature: "" },
            { type: "thinking", thinking: "", signature: "sig" },
            { type: "redacted_thinking", data: "d" },
            { type: "text", text: " " },
          ],
        },
        { role: "assistant", content: [{ type: "thinking", thinking: "a", signature: "nash1:x" }] },
      ],
    };
    expect(anthropicMessages.passThrough?.(raw, "m", anthropic.traits)).toEqual({
      model: "m",
      max_tokens: 9,
      odd: { a: [1] },
      messages: [
        { role: "user", content: "Hi.", odd: 1 },
        {
          role: "assistant",
          content: [
            { type: "thinking", thinking: "", signature: "sig" },
            { type: "redacted_thinking", data: "d" },
            { type: "text", text: " " },
          ],
        },
      ],
    });
  });
});

describe("pages of models", () => {
  const url = new URL("https://api.anthropic.com/v1/models");
  const next = (json: unknown, from = url) => anthropicMessages.nextModelsUrl?.(from, json)?.href;

  test("are asked for by the last id, until there is none", () => {
    expect(next({ data: [{ id: "a" }], has_more: true, last_id: "a" })).toBe(`${url.href}?after_id=a`);
    expect(next({ data: [{ id: "a" }, { id: "b" }], has_more: true })).toBe(`${url.href}?after_id=b`);
    expect(
      next({ data: [], has_more: true, last_id: "c d" }, new URL(`${url.href}?limit=5&after_id=b`)),
    ).toBe(`${url.href}?limit=5&after_id=c+d`);
    for (const json of [
      { data: [{ id: "a" }], has_more: false, last_id: "a" },
      { data: [] },
      [],
      null,
      { has_more: true, data: [] },
      { has_more: "true", last_id: "a" },
    ])
      expect(next(json)).toBeUndefined();
  });

  test("that go round in circles end", () => {
    expect(next({ has_more: true, last_id: "a" }, new URL(`${url.href}?after_id=a`))).toBeUndefined();
  });
});

test("the stop sequence and the usage of a whole answer are told", () => {
  const message = {
    type: "message",
    role: "assistant",
    model: "claude-x",
    content: [{ type: "text", text: "a" }],
    stop_reason: "stop_sequence",
    stop_sequence: "END",
    usage: { input_tokens: 1, output_tokens: 2 },
  };
  expect(answerTo(anthropicMessages, [message])).toMatchObject({
    text: "a",
    end: { reason: "stop", stopSequence: "END" },
    usage: { inputTokens: 1, outputTokens: 2 },
  });
});
