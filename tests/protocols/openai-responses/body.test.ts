import { describe, expect, test } from "bun:test";
import { encodeCarrier } from "../../../src/core/carrier.ts";
import { ChatError, type Failure } from "../../../src/core/failure.ts";
import type { ChatRequest, Message } from "../../../src/core/message.ts";
import { Secret } from "../../../src/core/secret.ts";
import { Translation } from "../../../src/core/translation.ts";
import { openaiResponses } from "../../../src/protocols/openai-responses/protocol.ts";
import { COMPATIBLE_TRAITS, OPENAI_TRAITS, type Traits } from "../../../src/protocols/traits.ts";

const hi: Message = { role: "user", content: "Hi" };

function translate(more: Partial<ChatRequest>, traits: Traits = OPENAI_TRAITS) {
  const translation = new Translation();
  const chat = { model: "gpt-5.4", messages: [hi], sampling: {}, includeUsage: true, ...more };
  const body = openaiResponses.body(chat, traits, translation);
  return { body, dropped: [...translation.dropped], changed: [...translation.changed] };
}

const inputOf = (...messages: Message[]) => translate({ messages }).body["input"];

function refusal(more: Partial<ChatRequest>): Failure {
  try {
    translate(more);
  } catch (error) {
    if (error instanceof ChatError) return error.failure;
    throw error;
  }
  throw new Error("It was not refused.");
}

const called = (id: string, args = "{}") => ({
  id,
  type: "function" as const,
  function: { name: "f", arguments: args },
});

test("the least that there is: streamed, nothing stored, reasoning to come back", () => {
  expect(translate({}).body).toEqual({
    model: "gpt-5.4",
    input: [{ type: "message", role: "user", content: "Hi" }],
    stream: true,
    store: false,
    include: ["reasoning.encrypted_content"],
  });
  expect(translate({ model: "gpt-4.1-mini" }).body).not.toHaveProperty("include");
});

describe("messages", () => {
  test("of each role, with parts", () => {
    expect(
      inputOf(
        { role: "system", content: "S" },
        { role: "developer", content: [{ type: "text", text: "D" }] },
        {
          role: "user",
          content: [
            { type: "text", text: "Look" },
            { type: "image_url", image_url: { url: "https://x/y.png" } },
            { type: "file", file: { file_data: "data:application/pdf;base64,AA==", filename: "a.pdf" } },
            { type: "file", file: { file_url: "https://x/b.pdf" } },
            { type: "file", file: { text: "plain", filename: "c.txt" } },
          ],
        },
      ),
    ).toEqual([
      { type: "message", role: "system", content: "S" },
      { type: "message", role: "developer", content: [{ type: "input_text", text: "D" }] },
      {
        type: "message",
        role: "user",
        content: [
          { type: "input_text", text: "Look" },
          { type: "input_image", image_url: "https://x/y.png", detail: "auto" },
          { type: "input_file", file_data: "data:application/pdf;base64,AA==", filename: "a.pdf" },
          { type: "input_file", file_url: "https://x/b.pdf" },
          { type: "input_text", text: "c.txt:\nplain" },
        ],
      },
    ]);
  });

  test("of the assistant: reasoning of its own, words, calls; results behind their calls", () => {
    expect(
      inputOf(
        hi,
        {
          role: "assistant",
          content: [
            { type: "reasoning", text: "Hm.", encrypted: { id: "rs_1", content: "gAAA" } },
            { type: "reasoning", text: "Foreign.", signature: "sig" },
            { type: "reasoning", text: "", encrypted: { id: "other", content: "gBBB" } },
            { type: "text", text: "I look." },
            { type: "refusal", refusal: "Not there." },
          ],
          tool_calls: [called("a", ' { "x": 1 }'), called("b", "")],
        },
        { role: "tool", tool_call_id: "b", content: "two", is_error: true },
        { role: "user", content: "Quick!" },
        {
          role: "tool",
          tool_call_id: "a",
          content: [{ type: "image_url", image_url: { url: "data:image/png;base64,AA==" } }],
        },
      ),
    ).toEqual([
      { type: "message", role: "user", content: "Hi" },
      {
        type: "reasoning",
        id: "rs_1",
        summary: [{ type: "summary_text", text: "Hm." }],
        encrypted_content: "gAAA",
      },
      { type: "reasoning", summary: [], encrypted_content: "gBBB" },
      {
        type: "message",
        role: "assistant",
        content: [
          { type: "output_text", text: "I look." },
          { type: "refusal", refusal: "Not there." },
        ],
      },
      { type: "function_call", call_id: "a", name: "f", arguments: ' { "x": 1 }' },
      { type: "function_call", call_id: "b", name: "f", arguments: "{}" },
      { type: "function_call_output", call_id: "b", output: "Error: two" },
      {
        type: "function_call_output",
        call_id: "a",
        output: [{ type: "input_image", image_url: "data:image/png;base64,AA==", detail: "auto" }],
      },
      { type: "message", role: "user", content: "Quick!" },
    ]);
  });

  test("of a developer are the system's where a provider knows none", () => {
    const { body } = translate({ messages: [{ role: "developer", content: "D" }, hi] }, COMPATIBLE_TRAITS);
    expect(body["input"]).toMatchObject([{ role: "system", content: "D" }, { role: "user" }]);
  });

  test("hold well-formed Unicode", () => {
    expect(inputOf({ role: "user", content: "a\ud83d" })).toMatchObject([{ content: "a\ufffd" }]);
  });

  test.each<[Message[], object]>([
    [
      [{ role: "user", content: [{ type: "input_audio", input_audio: { data: "", format: "wav" } }] }],
      { param: "messages[0].content[0]" },
    ],
    [[hi, { role: "tool", tool_call_id: "x", content: "" }], { param: "messages[1].tool_call_id" }],
    [[hi, { role: "assistant", content: null, tool_calls: [called("x")] }, hi], { type: "invalid_request" }],
  ])("are refused: %j", (messages, expected) => {
    expect(refusal({ messages })).toMatchObject(expected);
  });
});

describe("tools", () => {
  const tools = [
    { name: "f", description: "F", parameters: { type: "object", properties: {} }, strict: true },
    { name: "g" },
  ];

  test("on one level, with a schema and a word on strictness", () => {
    expect(translate({ tools, parallelToolCalls: false }).body).toMatchObject({
      tools: [
        {
          type: "function",
          name: "f",
          description: "F",
          parameters: { type: "object", properties: {} },
          strict: true,
        },
        { type: "function", name: "g", parameters: { type: "object", properties: {} }, strict: false },
      ],
      parallel_tool_calls: false,
    });
  });

  test.each<[NonNullable<ChatRequest["toolChoice"]>, unknown]>([
    [{ mode: "auto" }, "auto"],
    [{ mode: "none" }, "none"],
    [{ mode: "required" }, "required"],
    [
      { mode: "required", names: ["f"] },
      { type: "function", name: "f" },
    ],
    [
      { mode: "auto", names: ["f"] },
      { type: "allowed_tools", mode: "auto", tools: [{ type: "function", name: "f" }] },
    ],
  ])("are chosen by %j", (toolChoice, expected) => {
    expect(translate({ tools, toolChoice }).body["tool_choice"]).toEqual(expected);
    expect(translate({ toolChoice }).body).not.toHaveProperty("tool_choice");
  });

  test("are only those that are allowed, where a provider has no such choice", () => {
    const { body, changed } = translate(
      { tools, toolChoice: { mode: "required", names: ["g", "h"] } },
      COMPATIBLE_TRAITS,
    );
    expect(body).toMatchObject({ tools: [{ name: "g" }], tool_choice: "required" });
    expect(changed).toEqual(["tool_choice"]);
  });

  test("whose names OpenAI does not take are renamed, in the history too, and told", () => {
    const name = "a tool.with spaces";
    const messages: Message[] = [
      hi,
      {
        role: "assistant",
        content: null,
        tool_calls: [{ id: "c", type: "function", function: { name, arguments: "{}" } }],
      },
      { role: "tool", tool_call_id: "c", content: "x" },
    ];
    const { body, changed } = translate({ tools: [{ name }], messages });
    const sent = (body["tools"] as { name: string }[])[0]?.name ?? "";
    expect(sent).toMatch(/^[a-zA-Z0-9_-]{1,64}$/);
    expect(body["input"]).toMatchObject([{}, { name: sent }, {}]);
    expect(changed).toEqual(["tools[0].name"]);
  });

  test("that only the history knows are named", () => {
    const messages: Message[] = [
      hi,
      { role: "assistant", content: null, tool_calls: [called("c")] },
      { role: "tool", tool_call_id: "c", content: "x" },
    ];
    expect(translate({ messages }).body["tools"]).toMatchObject([{ name: "f" }]);
  });
});

describe("settings", () => {
  test("under the names that they have here", () => {
    const { body, dropped, changed } = translate({
      sampling: { temperature: 0.5, top_p: 0.9, top_k: 4, max_tokens: 7, reasoning_effort: "high" },
      responseFormat: { type: "json_schema", name: "n", schema: { type: "object" }, strict: true },
      verbosity: "low",
      user: "u".repeat(200),
      serviceTier: "flex",
      metadata: { a: "b" },
      promptCacheKey: "k",
      providerOptions: { reasoning: { summary: "detailed" }, truncation: "auto" },
    });
    expect(body).toMatchObject({
      temperature: 0.5,
      top_p: 0.9,
      max_output_tokens: 7,
      reasoning: { effort: "high", summary: "detailed" },
      text: {
        format: { type: "json_schema", name: "n", schema: { type: "object" }, strict: true },
        verbosity: "low",
      },
      safety_identifier: expect.stringMatching(/^[0-9a-f]{64}$/),
      service_tier: "flex",
      metadata: { a: "b" },
      prompt_cache_key: "k",
      truncation: "auto",
    });
    expect(dropped).toEqual(["top_k"]);
    expect(changed).toEqual(["user"]);
  });

  test("that a provider has no place for are left out and told", () => {
    const more = { verbosity: "low", serviceTier: "flex", metadata: {}, promptCacheKey: "k" };
    const { body, dropped } = translate(more, COMPATIBLE_TRAITS);
    expect(dropped.sort()).toEqual(["metadata", "prompt_cache_key", "service_tier", "verbosity"]);
    expect(body).not.toHaveProperty("text");
  });

  test("a format of a dialect that has no names is strict only where it is one", () => {
    const format = (schema: Record<string, unknown>) =>
      translate({ responseFormat: { type: "json_schema", schema } }).body["text"];
    expect(format({ type: "object" })).toMatchObject({ format: { name: "output", strict: false } });
    expect(format({ type: "object", properties: {}, additionalProperties: false })).toMatchObject({
      format: { strict: true },
    });
  });

  test.each(["stop", "seed"])("%s is refused", (field) => {
    expect(refusal({ sampling: { [field]: field === "seed" ? 1 : "x" } })).toMatchObject({
      param: field,
      unsupported: true,
    });
  });
});

describe("a body of this protocol", () => {
  test("goes out as it came, under the provider's name for the model", () => {
    const body = { model: "fast", input: "Hi", some_new_field: { a: 1 }, stream: false, store: true };
    expect(openaiResponses.passThrough?.(body, "gpt-5.4", OPENAI_TRAITS)).toEqual({
      ...body,
      model: "gpt-5.4",
    });
  });

  test("loses the reasoning of other providers, and gets its own back that went around through a carrier", () => {
    const encrypted = { id: "rs_1", content: "gAAA" };
    const summary = [{ type: "summary_text", text: "Hm." }];
    const own = encodeCarrier([{ type: "reasoning", text: "Hm.", encrypted }]);
    const foreign = encodeCarrier([{ type: "reasoning", text: "Hm.", signature: "sig" }]);
    const item = (content: string) => ({
      type: "reasoning",
      id: "rs_ours",
      summary,
      encrypted_content: content,
    });
    const input = [item(foreign), item(own), item("gBBB"), { role: "user", content: "nash1:" }];
    expect(openaiResponses.passThrough?.({ input }, "m", OPENAI_TRAITS)["input"]).toEqual([
      { type: "reasoning", id: "rs_1", summary, encrypted_content: "gAAA" },
      item("gBBB"),
      { role: "user", content: "nash1:" },
    ]);
  });
});

test.each([
  ["https://api.openai.com/v1", "https://api.openai.com/v1/responses", "https://api.openai.com/v1/models"],
  [
    "https://api.openai.com/v1/responses",
    "https://api.openai.com/v1/responses",
    "https://api.openai.com/v1/models",
  ],
  [
    "https://api.openai.com/v1/chat/completions",
    "https://api.openai.com/v1/responses",
    "https://api.openai.com/v1/models",
  ],
  [
    "https://x.openai.azure.com/openai/v1/?a=1",
    "https://x.openai.azure.com/openai/v1/responses?a=1",
    undefined,
  ],
])("the addresses at %s", (base, chat, models) => {
  expect(openaiResponses.chatUrl(new URL(base)).href).toBe(chat);
  if (models !== undefined) expect(openaiResponses.modelsUrl(new URL(base)).href).toBe(models);
  expect(openaiResponses.authorization(new Secret("k"))).toEqual({ authorization: "Bearer k" });
});
