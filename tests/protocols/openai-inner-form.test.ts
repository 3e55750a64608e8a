import { describe, expect, test } from "bun:test";
import type { ChatRequest, Message } from "../../src/core/message.ts";
import { openaiChat } from "../../src/protocols/openai-chat/protocol.ts";
import { openaiCompatible } from "../../src/providers/compatible.ts";
import { PNG } from "./conversations.ts";
import { answerTo, chunk } from "./field-reports/support.ts";
import { exchange, feed, refusalOf, saying, sentTo, user, weigh } from "./inner-form.ts";

const LONG = `mcp__server__${"a".repeat(80)}`;

describe("tools", () => {
  test("go out as functions, with a schema whether or not they have one", () => {
    expect(
      sentTo("openai", {
        tools: [feed, weigh, { name: "x", parameters: { properties: { a: {} } }, strict: true }],
      }).body["tools"],
    ).toEqual([
      { type: "function", function: feed },
      { type: "function", function: { name: "weigh", parameters: { type: "object", properties: {} } } },
      {
        type: "function",
        function: { name: "x", parameters: { type: "object", properties: { a: {} } }, strict: true },
      },
    ]);
  });

  test.each<[string, ChatRequest["toolChoice"], unknown]>([
    ["auto", { mode: "auto" }, "auto"],
    ["none", { mode: "none" }, "none"],
    ["required", { mode: "required" }, "required"],
    ["one", { mode: "required", names: ["feed"] }, { type: "function", function: { name: "feed" } }],
    [
      "some",
      { mode: "auto", names: ["feed"] },
      {
        type: "allowed_tools",
        allowed_tools: { mode: "auto", tools: [{ type: "function", function: { name: "feed" } }] },
      },
    ],
  ])("choice of %s at OpenAI", (_name, toolChoice, sent) => {
    expect(
      sentTo("openai", { tools: [feed, weigh], ...(toolChoice === undefined ? {} : { toolChoice }) }).body[
        "tool_choice"
      ],
    ).toEqual(sent);
  });

  test("of which some are allowed are the only ones elsewhere, which is told", () => {
    const { body, changed } = sentTo("groq", {
      tools: [feed, weigh],
      toolChoice: { mode: "required", names: ["weigh", "feed"] },
    });
    expect(body).toMatchObject({
      tool_choice: "required",
      tools: [{ function: { name: "feed" } }, { function: { name: "weigh" } }],
    });
    expect(changed).toEqual(["tool_choice"]);
    expect(
      refusalOf("groq", { tools: [feed], toolChoice: { mode: "auto", names: ["nobody"] } }),
    ).toMatchObject({ param: "tool_choice" });
  });

  test("that are none leave no choice behind", () => {
    const { body } = sentTo("openai", { toolChoice: { mode: "auto" }, parallelToolCalls: false, tools: [] });
    expect(body).not.toContainKeys(["tools", "tool_choice"]);
    expect(body).not.toHaveProperty("parallel_tool_calls");
  });

  test("one at a time, or told that it cannot be said", () => {
    expect(sentTo("openai", { tools: [feed], parallelToolCalls: false }).body["parallel_tool_calls"]).toBe(
      false,
    );
    const { body, dropped } = sentTo("cerebras", { tools: [feed], parallelToolCalls: false });
    expect([body["parallel_tool_calls"], dropped]).toEqual([undefined, ["parallel_tool_calls"]]);
  });

  test("whose names are too long or have other letters have others on the way, everywhere, and theirs in the answer", () => {
    const tools = [{ name: LONG }, { name: "fs.read file" }];
    const messages: Message[] = [
      user,
      {
        role: "assistant",
        content: null,
        tool_calls: [{ id: "a", type: "function", function: { name: LONG, arguments: "{}" } }],
      },
      { role: "tool", tool_call_id: "a", content: "ok" },
    ];
    const chat: ChatRequest = {
      model: "m",
      messages,
      sampling: {},
      includeUsage: false,
      tools,
      toolChoice: { mode: "required", names: [LONG] },
    };
    const { body, changed } = sentTo("openai", chat);
    const names = (body["tools"] as { function: { name: string } }[]).map((tool) => tool.function.name);
    for (const name of names) expect(name).toMatch(/^[a-zA-Z0-9_-]{1,64}$/);
    expect(new Set(names).size).toBe(2);
    expect(body["tool_choice"]).toEqual({ type: "function", function: { name: names[0] } });
    expect(JSON.stringify(body["messages"])).toContain(names[0] ?? "?");
    expect(JSON.stringify(body)).not.toContain(LONG);
    expect(changed).toEqual(["tools[0].name", "tools[1].name"]);
    const events: { type: string; name?: string }[] = [];
    openaiChat.decoder(chat).message(
      {
        data: JSON.stringify(
          chunk({ tool_calls: [{ index: 0, id: "b", function: { name: names[1], arguments: "" } }] }),
        ),
      },
      events as never,
    );
    expect(events).toMatchObject([{ type: "tool-call", name: "fs.read file" }]);
  });

  test("keep their arguments letter for letter, and none at all are an empty object", () => {
    const call = (args: string): Message[] => [
      user,
      {
        role: "assistant",
        content: null,
        tool_calls: [{ id: "a", type: "function", function: { name: "f", arguments: args } }],
      },
      { role: "tool", tool_call_id: "a", content: "" },
    ];
    for (const [given, sent] of [
      [' {"a" : 1.0} ', ' {"a" : 1.0} '],
      ["not json", "not json"],
      ["", "{}"],
    ] as const) {
      expect(sentTo("openai", { messages: call(given) }).body["messages"]).toMatchObject([
        {},
        { tool_calls: [{ function: { arguments: sent } }] },
        {},
      ]);
    }
  });

  test("of GPT-5.4 and later turn reasoning off on chat completions, and say so", () => {
    for (const model of ["gpt-5.4", "gpt-5.4-mini", "gpt-6-astra", "gpt-6.1-sol", "gpt-5.10"]) {
      const { body, changed } = sentTo("openai", {
        model,
        tools: [feed],
        sampling: { reasoning_effort: "high" },
      });
      expect([model, body["reasoning_effort"], changed]).toEqual([model, "none", ["reasoning_effort"]]);
      expect(
        sentTo("openai", { model, sampling: { reasoning_effort: "high" } }).body["reasoning_effort"],
      ).toBe("high");
    }
    for (const model of ["gpt-5", "gpt-5.1", "gpt-4o", "gpt-4.1", "gpt-35-turbo", "o3", "gpt-5.2-codex"]) {
      expect(sentTo("openai", { model, tools: [feed] }).body).not.toHaveProperty("reasoning_effort");
    }
  });
});

describe("results", () => {
  const image = { type: "image_url", image_url: { url: PNG } } as const;

  test("with an image leave words in their place and the image behind the last of them", () => {
    const messages: Message[] = [
      user,
      {
        role: "assistant",
        content: null,
        tool_calls: ["a", "b"].map((id) => ({
          id,
          type: "function",
          function: { name: "feed", arguments: "{}" },
        })),
      },
      { role: "tool", tool_call_id: "a", content: [{ type: "text", text: "A cat:" }, image] },
      { role: "tool", tool_call_id: "b", content: "none" },
      { role: "user", content: "Well?" },
    ];
    const { body, changed } = sentTo("openai", { messages });
    const sent = body["messages"] as { role: string; content: unknown }[];
    expect(sent.map(({ role }) => role)).toEqual(["user", "assistant", "tool", "tool", "user", "user"]);
    expect(sent[2]?.content).toStartWith("A cat:");
    expect(sent[4]?.content).toEqual([{ type: "text", text: expect.stringContaining("a") }, image]);
    expect(changed).toEqual(["messages[2].content"]);
  });

  test("of failed tools say so", () => {
    const { body, changed } = sentTo("openai", { messages: exchange("No hedgehog.", { is_error: true }) });
    expect((body["messages"] as Message[])[2]?.content).toBe("Error: No hedgehog.");
    expect(body["messages"]).not.toMatchObject([{}, {}, { is_error: true }]);
    expect(changed).toEqual(["messages[2].is_error"]);
    expect(sentTo("openai", { messages: exchange("Error: none", { is_error: true }) }).changed).toEqual([]);
  });
});

describe("content", () => {
  const pdf = {
    type: "file",
    file: { filename: "a.pdf", file_data: "data:application/pdf;base64,JVBERi0=" },
  } as const;
  const sound = { type: "input_audio", input_audio: { data: "AAAA", format: "wav" } } as const;
  const content = (provider: string, ...parts: Parameters<typeof saying>) =>
    (sentTo(provider, { messages: [saying(...parts)] }).body["messages"] as Message[])[0]?.content;

  test("files and sound go where they are taken, and are refused by name elsewhere", () => {
    expect(content("openai", pdf, sound)).toEqual([pdf, sound]);
    expect(refusalOf("deepseek", { messages: [user, saying(pdf)] })).toMatchObject({
      type: "invalid_request",
      param: "messages[1].content[0]",
    });
    expect(refusalOf("groq", { messages: [saying({ type: "text", text: "a" }, sound)] })).toMatchObject({
      param: "messages[0].content[1]",
    });
  });

  test("a document's address goes to OpenRouter alone, its text anywhere", () => {
    const file = { file_url: "https://a.example/b.pdf" };
    expect(content("openrouter", { type: "file", file })).toEqual([
      { type: "file", file: { filename: "document", file_data: file.file_url } },
    ] as never);
    expect(refusalOf("openai", { messages: [saying({ type: "file", file })] })).toMatchObject({
      param: "messages[0].content[0].file.file_url",
    });
    expect(content("deepseek", { type: "file", file: { filename: "a.txt", text: "Words." } })).toBe(
      "a.txt:\n\nWords.",
    );
  });

  test("a refusal stays one at OpenAI and is text elsewhere", () => {
    const refused: Message = { role: "assistant", content: [{ type: "refusal", refusal: "No." }] };
    expect(sentTo("openai", { messages: [user, refused, user] }).body["messages"]).toMatchObject([
      {},
      { content: [{ type: "refusal", refusal: "No." }] },
      {},
    ]);
    expect(sentTo("groq", { messages: [user, refused, user] }).body["messages"]).toMatchObject([
      {},
      { content: "No." },
      {},
    ]);
  });

  test("marks for caching stay where they are taken, and go without a word elsewhere", () => {
    const marked = { type: "text", text: "a", cache_control: { type: "ephemeral" } } as const;
    expect(content("openrouter", marked)).toEqual([marked]);
    expect(sentTo("openai", { messages: [saying(marked)] })).toMatchObject({
      body: { messages: [{ content: [{ type: "text", text: "a" }] }] },
      dropped: [],
      changed: [],
    });
  });
});

describe("reasoning", () => {
  const history = exchange("ok", {}, [
    { type: "reasoning", text: "Hm." },
    { type: "reasoning", text: "Ah.", signature: "sig" },
    { type: "reasoning", text: "", redacted: "xyz" },
    { type: "text", text: "I feed." },
  ]);
  const assistant = (provider: string) =>
    (sentTo(provider, { messages: history }).body["messages"] as Record<string, unknown>[])[1];

  test("comes back to those who want it, in their field", () => {
    expect(assistant("deepseek")).toMatchObject({ reasoning_content: "Hm.Ah.", content: "I feed." });
    expect(assistant("groq")).toMatchObject({ reasoning: "Hm.Ah.", content: "I feed." });
    expect(assistant("openrouter")).toMatchObject({
      reasoning_details: [
        { type: "reasoning.text", text: "Hm." },
        { type: "reasoning.text", text: "Ah.", signature: "sig" },
        { type: "reasoning.encrypted", data: "xyz", format: "anthropic-claude-v1" },
      ],
    });
  });

  test("stays here where nobody wants it", () => {
    for (const name of ["openai", "mistral", "perplexity"]) {
      expect(JSON.stringify(assistant(name))).not.toMatch(/Hm\.|sig|xyz|reasoning/);
    }
  });

  test("of OpenRouter comes with what completes it", () => {
    const decoder = openaiChat.decoder();
    const events: unknown[] = [];
    for (const delta of [
      { reasoning: "Hm.", reasoning_details: [{ type: "reasoning.text", text: "Hm." }] },
      { reasoning_details: [{ type: "reasoning.text", signature: "sig" }] },
      {
        reasoning_details: [
          { type: "reasoning.encrypted", data: "abc", id: "rs_1", format: "openai-responses-v1" },
        ],
      },
      { reasoning_details: [{ type: "reasoning.encrypted", data: "xyz", format: "anthropic-claude-v1" }] },
    ])
      decoder.message({ data: JSON.stringify(chunk(delta)) }, events as never);
    expect(events).toEqual([
      { type: "reasoning", text: "Hm." },
      { type: "reasoning", text: "", signature: "sig" },
      { type: "reasoning", text: "", encrypted: { id: "rs_1", content: "abc" } },
      { type: "reasoning", text: "", redacted: "xyz" },
    ]);
  });

  test("of Gemini has a word in place of its signatures", () => {
    expect(assistant("gemini")?.["tool_calls"]).toMatchObject([
      { extra_content: { google: { thought_signature: "skip_thought_signature_validator" } } },
    ]);
  });
});

describe("formats and hints", () => {
  test.each<[string, ChatRequest["responseFormat"], unknown]>([
    ["an object", { type: "json_object" }, { type: "json_object" }],
    [
      "a schema as it came",
      { type: "json_schema", name: "a", schema: { type: "object" }, strict: true },
      { type: "json_schema", json_schema: { name: "a", schema: { type: "object" }, strict: true } },
    ],
    [
      "a schema without a name, which OpenAI can hold to",
      {
        type: "json_schema",
        schema: { type: "object", properties: { a: {} }, required: ["a"], additionalProperties: false },
      },
      {
        type: "json_schema",
        json_schema: {
          name: "output",
          schema: { type: "object", properties: { a: {} }, required: ["a"], additionalProperties: false },
          strict: true,
        },
      },
    ],
    [
      "one that it cannot",
      { type: "json_schema", schema: { type: "object", properties: { a: {} } } },
      {
        type: "json_schema",
        json_schema: { name: "output", schema: { type: "object", properties: { a: {} } }, strict: false },
      },
    ],
  ])("%s", (_name, responseFormat, sent) => {
    expect(
      sentTo("openai", responseFormat === undefined ? {} : { responseFormat }).body["response_format"],
    ).toEqual(sent);
  });

  const hints = {
    serviceTier: "flex",
    verbosity: "low",
    metadata: { a: "b" },
    promptCacheKey: "k",
    user: "u",
    sampling: { top_k: 5 },
  };

  test("go where they are known, and are told where they are not", () => {
    const openai = sentTo("openai", hints);
    expect(openai.body).toMatchObject({
      service_tier: "flex",
      verbosity: "low",
      metadata: { a: "b" },
      prompt_cache_key: "k",
      safety_identifier: "u",
    });
    expect(openai.dropped).toEqual(["top_k"]);
    const compatible = sentTo(openaiCompatible, hints);
    expect(compatible.body).toMatchObject({ top_k: 5, user: "u" });
    expect(compatible.dropped).toEqual(["service_tier", "verbosity", "metadata", "prompt_cache_key"]);
    expect(sentTo("mistral", hints).dropped).toContain("user");
  });

  test("a name of the user that is too long goes as its digest", () => {
    const { body, changed } = sentTo("openai", { user: JSON.stringify({ device: "d".repeat(200) }) });
    expect(body["safety_identifier"]).toMatch(/^[0-9a-f]{64}$/);
    expect(changed).toEqual(["user"]);
  });
});

describe("a body that passes through", () => {
  const raw = {
    model: "x",
    messages: [{ role: "assistant", content: "a", reasoning_content: "Hm.", odd: 1 }],
    stream: true,
    stream_options: { include_obfuscation: false },
    odd: { a: [1] },
  };

  test("has the model's name and asks for usage, and every field that nobody knows", () => {
    expect(openaiChat.passThrough?.(raw, "m", openaiCompatible.traits)).toEqual({
      ...raw,
      model: "m",
      stream_options: { include_obfuscation: false, include_usage: true },
    });
    expect(openaiChat.passThrough?.({ ...raw, stream: false }, "m", openaiCompatible.traits)).toEqual({
      ...raw,
      model: "m",
      stream: false,
    });
  });

  test("loses at OpenAI itself what others have added to messages", () => {
    const { traits } = { traits: { ...openaiCompatible.traits, strictMessages: true } };
    expect(openaiChat.passThrough?.(raw, "m", traits)).toMatchObject({
      messages: [{ role: "assistant", content: "a", odd: 1 }],
    });
    expect(JSON.stringify(openaiChat.passThrough?.(raw, "m", traits))).not.toContain("Hm.");
  });
});

describe("calls in a stream", () => {
  const call = (more: object) => chunk({ tool_calls: [more] });
  const done = chunk({}, "tool_calls");

  test.each<[string, object[], object]>([
    [
      "by index, alternating",
      [
        call({ index: 0, id: "a", function: { name: "f", arguments: "{" } }),
        call({ index: 1, id: "b", function: { name: "g", arguments: "{" } }),
        call({ index: 0, function: { arguments: "}" } }),
        call({ index: 1, function: { arguments: "}" } }),
      ],
      { 0: { id: "a", name: "f", args: "{}" }, 1: { id: "b", name: "g", args: "{}" } },
    ],
    [
      "without an index",
      [
        call({ id: "a", function: { name: "f", arguments: "{}" } }),
        call({ id: "b", function: { name: "g", arguments: "{}" } }),
      ],
      { 0: { id: "a", name: "f", args: "{}" }, 1: { id: "b", name: "g", args: "{}" } },
    ],
    [
      "without index and id",
      [
        call({ function: { name: "f", arguments: "{}" } }),
        call({ function: { name: "g", arguments: "{}" } }),
      ],
      { 0: { name: "f", args: "{}" }, 1: { name: "g", args: "{}" } },
    ],
    [
      "all under 0",
      [
        call({ index: 0, id: "a", function: { name: "f", arguments: "{}" } }),
        call({ index: 0, id: "b", function: { name: "g", arguments: "{}" } }),
      ],
      { 0: { id: "a", name: "f", args: "{}" }, 1: { id: "b", name: "g", args: "{}" } },
    ],
    [
      "with a new id on each delta",
      [
        call({ index: 0, id: "a", function: { name: "f", arguments: '{"a":' } }),
        call({ index: 0, id: "b", function: { name: "", arguments: "1}" } }),
      ],
      { 0: { id: "a", name: "f", args: '{"a":1}' } },
    ],
    [
      "from 1 on",
      [call({ index: 1, id: "a", function: { name: "f", arguments: "{}" } })],
      { 1: { id: "a", name: "f", args: "{}" } },
    ],
    [
      "as an object",
      [call({ index: 0, id: "a", function: { name: "f", arguments: { a: 1 } } })],
      { 0: { id: "a", name: "f", args: '{"a":1}' } },
    ],
    [
      "with a number for an id",
      [call({ index: 0, id: 7, function: { name: "f", arguments: "{}" } })],
      { 0: { id: "7", name: "f", args: "{}" } },
    ],
    [
      "in the older form",
      [chunk({ function_call: { name: "f", arguments: "{" } }), chunk({ function_call: { arguments: "}" } })],
      { 0: { name: "f", args: "{}" } },
    ],
    [
      "with an empty name and id behind",
      [
        call({ index: 0, id: "a", function: { name: "f", arguments: "" } }),
        call({ index: 0, id: "", function: { name: "", arguments: "{}" } }),
      ],
      { 0: { id: "a", name: "f", args: "{}" } },
    ],
  ])("%s", (_name, frames, calls) => {
    expect(answerTo(openaiChat, [...frames, done]).calls).toEqual(calls as never);
  });

  test("name the model that answers", () => {
    const decoder = openaiChat.decoder();
    decoder.message({ data: JSON.stringify(chunk({ content: "a" })) }, []);
    expect(decoder.model).toBe("m");
  });
});
