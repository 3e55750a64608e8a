import { describe, expect, test } from "bun:test";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { Value } from "@sinclair/typebox/value";
import { parseResponses } from "../../../src/api/openai-responses/parse.ts";
import { ResponsesBody } from "../../../src/api/openai-responses/schema.ts";
import { encodeCarrier, encodeSummary } from "../../../src/core/carrier.ts";
import { ChatError, type Failure } from "../../../src/core/failure.ts";
import type { ChatRequest, Message, ReasoningPart } from "../../../src/core/message.ts";
import { type ProtocolName, Translation } from "../../../src/core/translation.ts";

function parse(
  body: Record<string, unknown>,
  protocol: ProtocolName = "anthropic",
): { chat: ChatRequest; dropped: string[]; changed: string[] } {
  const translation = new Translation();
  const whole: unknown = { model: "m", input: "Hi", ...body };
  if (!Value.Check(ResponsesBody, whole)) throw new Error("It does not fit the schema.");
  const chat = parseResponses(whole, protocol, translation);
  return { chat, dropped: [...translation.dropped], changed: [...translation.changed] };
}

function messages(...input: Record<string, unknown>[]): readonly Message[] {
  return parse({ input }).chat.messages;
}

function refusal(body: Record<string, unknown>): Failure {
  try {
    parse(body);
  } catch (error) {
    if (error instanceof ChatError) return error.failure;
    throw error;
  }
  throw new Error("It was not refused.");
}

const user = { role: "user", content: "Go." };
const called = (id: string, name = "f") => ({ type: "function_call", call_id: id, name, arguments: "{}" });
const output = (id: string) => ({ type: "function_call_output", call_id: id, output: "done" });
const toolCall = (id: string, name = "f", args = "{}") => ({
  id,
  type: "function" as const,
  function: { name, arguments: args },
});

describe("input", () => {
  test("as a text, with instructions before it", () => {
    expect(parse({ input: "Hi", instructions: "Be brief." }).chat.messages).toEqual([
      { role: "system", content: "Be brief." },
      { role: "user", content: "Hi" },
    ]);
  });

  test("messages of every role, with and without a type", () => {
    expect(
      messages(
        { type: "message", role: "developer", content: [{ type: "input_text", text: "D" }] },
        { role: "user", content: [{ type: "input_image", image_url: "https://x/y.png", detail: "low" }] },
        { role: "assistant", content: [{ type: "output_text", text: "A", annotations: [] }] },
        user,
      ),
    ).toEqual([
      { role: "developer", content: [{ type: "text", text: "D" }] },
      {
        role: "user",
        content: [{ type: "image_url", image_url: { url: "https://x/y.png", detail: "low" } }],
      },
      { role: "assistant", content: "A" },
      user as Message,
    ]);
  });

  test("what the assistant did in one turn is one message, whatever its items", () => {
    expect(
      messages(
        user,
        { type: "reasoning", id: "rs_1", summary: [{ type: "summary_text", text: "Hm." }], content: null },
        { role: "assistant", content: "I look." },
        called("call_1"),
        called("call_2", "g"),
        output("call_2"),
        output("call_1"),
      ),
    ).toEqual([
      user as Message,
      {
        role: "assistant",
        content: [
          { type: "reasoning", text: "Hm." },
          { type: "text", text: "I look." },
        ],
        tool_calls: [toolCall("call_1"), toolCall("call_2", "g")],
      },
      { role: "tool", tool_call_id: "call_2", content: "done" },
      { role: "tool", tool_call_id: "call_1", content: "done" },
    ]);
  });

  test.each<[string, ReasoningPart]>([
    ["signed", { type: "reasoning", text: "Hm.", signature: "sig" }],
    ["redacted", { type: "reasoning", text: "", redacted: "data" }],
    ["plain", { type: "reasoning", text: "Hm." }],
    ["OpenAI's", { type: "reasoning", text: "Hm.", encrypted: { id: "rs_9", content: "gAAA" } }],
  ])("%s reasoning comes back from its carrier", (_name, part) => {
    const summary = part.text === "" ? [] : [{ type: "summary_text", text: part.text }];
    const item = { type: "reasoning", summary, content: null, encrypted_content: encodeCarrier([part]) };
    expect(messages(user, item, { role: "assistant", content: "Yes." })[1]?.content).toEqual([
      part,
      { type: "text", text: "Yes." },
    ]);
  });

  test("`call_id` pairs, `id` names the item", () => {
    expect(
      messages(user, { ...called("call_1"), id: "fc_1" }, { ...output("call_1"), id: "fco_1" }).slice(1),
    ).toEqual([
      { role: "assistant", content: null, tool_calls: [toolCall("call_1")] },
      { role: "tool", tool_call_id: "call_1", content: "done" },
    ]);
  });

  test("calls of custom tools, of namespaces, and of tools that OpenAI defines and the client runs", () => {
    expect(
      messages(
        user,
        { type: "custom_tool_call", call_id: "c1", name: "apply_patch", input: 'a"b' },
        { type: "custom_tool_call_output", call_id: "c1", output: [{ type: "input_text", text: "ok" }] },
        { ...called("c2", "close"), namespace: "agents" },
        output("c2"),
        { type: "local_shell_call", call_id: "c3", action: { type: "exec", command: ["ls"] } },
        { type: "local_shell_call_output", call_id: "c3", output: "x" },
      ).slice(1),
    ).toEqual([
      { role: "assistant", content: null, tool_calls: [toolCall("c1", "apply_patch", '{"input":"a\\"b"}')] },
      { role: "tool", tool_call_id: "c1", content: [{ type: "text", text: "ok" }] },
      { role: "assistant", content: null, tool_calls: [toolCall("c2", "agents__close")] },
      { role: "tool", tool_call_id: "c2", content: "done" },
      {
        role: "assistant",
        content: null,
        tool_calls: [toolCall("c3", "local_shell", '{"type":"exec","command":["ls"]}')],
      },
      { role: "tool", tool_call_id: "c3", content: "x" },
    ]);
  });

  test("a compaction of ours is a message; what a provider ran itself is left out and named", () => {
    const { chat, dropped } = parse({
      input: [
        { type: "compaction", id: "cmp_1", encrypted_content: encodeSummary("We met.") },
        { type: "web_search_call", id: "ws_1", status: "completed" },
        user,
      ],
    });
    expect(chat.messages).toEqual([
      { role: "assistant", content: "Previous conversation summary:\nWe met." },
      user as Message,
    ]);
    expect(dropped).toEqual(["input[1].web_search_call"]);
  });
});

describe("tools", () => {
  const grammar = { type: "grammar", syntax: "lark", definition: "start: /x/" };

  test("are functions; those of a provider are dropped and named", () => {
    const { chat, dropped, changed } = parse({
      tools: [
        { type: "function", name: "f", description: "F", parameters: { type: "object" }, strict: true },
        { type: "custom", name: "apply_patch", description: "Patches.", format: grammar },
        { type: "namespace", name: "agents", tools: [{ type: "function", name: "close", strict: false }] },
        { type: "web_search", external_web_access: false },
      ],
      tool_choice: { type: "custom", name: "apply_patch" },
      parallel_tool_calls: false,
    });
    expect(chat.tools).toEqual([
      { name: "f", description: "F", parameters: { type: "object" }, strict: true },
      {
        name: "apply_patch",
        description: "Patches.\n\nThe input must follow this lark grammar:\nstart: /x/",
        parameters: {
          type: "object",
          properties: { input: { type: "string", description: "The whole input, as it is." } },
          required: ["input"],
          additionalProperties: false,
        },
      },
      { name: "agents__close", strict: false },
    ]);
    expect(chat.toolChoice).toEqual({ mode: "required", names: ["apply_patch"] });
    expect(chat.parallelToolCalls).toBe(false);
    expect(dropped).toEqual(["tools[3].web_search"]);
    expect(changed).toEqual(["tools[1]", "tools[2].tools[0]"]);
  });

  test("that came with an item of the input are tools too", () => {
    const late = { type: "additional_tools", role: "developer", tools: [{ type: "function", name: "late" }] };
    expect(parse({ input: [late, user] }).chat.tools).toEqual([{ name: "late" }]);
  });

  test("of a namespace whose names are too long are shortened, the same each time", () => {
    const tools = [
      { type: "namespace", name: "n".repeat(40), tools: [{ type: "function", name: "t".repeat(40) }] },
    ];
    const [first] = parse({ tools }).chat.tools ?? [];
    expect(first?.name).toMatch(/^n{40}__t{13}_[0-9a-f]{8}$/);
    expect(parse({ tools }).chat.tools?.[0]?.name).toBe(first?.name ?? "");
  });

  test.each<[unknown, ChatRequest["toolChoice"]]>([
    ["auto", { mode: "auto" }],
    ["required", { mode: "required" }],
    [
      { type: "function", name: "f" },
      { mode: "required", names: ["f"] },
    ],
    [
      { type: "allowed_tools", mode: "auto", tools: [{ type: "function", name: "f" }, { type: "mcp" }] },
      { mode: "auto", names: ["f"] },
    ],
  ])("are chosen by %j", (choice, expected) => {
    expect(parse({ tools: [{ type: "function", name: "f" }], tool_choice: choice }).chat.toolChoice).toEqual(
      expected,
    );
  });

  test("are not chosen where there are none", () => {
    expect(parse({ tools: [{ type: "web_search" }], tool_choice: "auto" }).chat).not.toHaveProperty(
      "toolChoice",
    );
  });
});

describe("settings", () => {
  test("under the inner names", () => {
    const { chat, dropped } = parse(
      {
        max_output_tokens: 5,
        temperature: 0.2,
        top_p: 0.9,
        reasoning: { effort: "xhigh", summary: "auto" },
        text: { format: { type: "json_schema", name: "n", schema: {}, strict: true }, verbosity: "low" },
        user: "u",
        safety_identifier: "s",
        service_tier: "flex",
        metadata: { a: "b" },
        prompt_cache_key: "k",
        include: ["reasoning.encrypted_content"],
        store: false,
      },
      "openai",
    );
    expect(chat).toMatchObject({
      sampling: { max_tokens: 5, temperature: 0.2, top_p: 0.9, reasoning_effort: "xhigh" },
      responseFormat: { type: "json_schema", name: "n", schema: {}, strict: true },
      verbosity: "low",
      user: "s",
      serviceTier: "flex",
      metadata: { a: "b" },
      promptCacheKey: "k",
    });
    expect(dropped).toEqual([]);
  });

  test("that have no place are left out and named, those without effect in silence", () => {
    const { dropped } = parse({
      store: true,
      client_metadata: { a: 1 },
      truncation: "auto",
      some_new_field: 1,
      include: ["message.output_text.logprobs"],
      background: false,
      previous_response_id: null,
    });
    expect(dropped.sort()).toEqual([
      "client_metadata",
      "include[0]",
      "some_new_field",
      "store",
      "truncation",
    ]);
  });

  test("toward a provider that speaks Responses the body goes as it is", () => {
    const body = {
      model: "m",
      previous_response_id: "resp_1",
      input: [{ type: "item_reference", id: "x" }, user],
    };
    const { chat, dropped } = parse(body, "responses");
    expect(chat.raw).toEqual({ protocol: "responses", body });
    expect(chat.messages).toEqual([user as Message]);
    expect(dropped).toEqual([]);
  });
});

describe("refused", () => {
  const UNSUPPORTED = { type: "invalid_request", unsupported: true } as const;

  test.each<[Record<string, unknown>, Partial<Failure>]>([
    [{ previous_response_id: "resp_1" }, { ...UNSUPPORTED, param: "previous_response_id" }],
    [{ conversation: "c" }, { ...UNSUPPORTED, param: "conversation" }],
    [{ prompt: { id: "p" } }, { ...UNSUPPORTED, param: "prompt" }],
    [{ presence_penalty: 1 }, { ...UNSUPPORTED, param: "presence_penalty" }],
    [{ input: [{ type: "item_reference", id: "x" }, user] }, { ...UNSUPPORTED, param: "input[0]" }],
    [{ input: [{ id: "msg_1" }, user] }, { ...UNSUPPORTED, param: "input[0]" }],
    [
      { input: [{ type: "compaction", encrypted_content: "gAAA" }, user] },
      { ...UNSUPPORTED, param: "input[0].encrypted_content" },
    ],
    [
      { input: [{ role: "user", content: [{ type: "input_file", file_id: "f" }] }] },
      { ...UNSUPPORTED, param: "input[0].content[0].file_id" },
    ],
    [{ tool_choice: { type: "web_search" } }, { ...UNSUPPORTED, param: "tool_choice" }],
    [{ reasoning: { effort: "enormous" } }, { param: "reasoning.effort" }],
    [{ input: [] }, { param: "input" }],
    [{ input: [user, output("call_1")] }, { param: "input[1].call_id" }],
    [
      { input: [{ type: "web_search_call" }, { ...output("call_1"), call_id: "" }] },
      { param: "input[1].call_id" },
    ],
    [{ input: [user, called("call_1"), user] }, { param: "input[1].call_id" }],
    [{ input: [{ type: "compaction_trigger" }, user] }, { ...UNSUPPORTED, param: "input[0]" }],
    [
      {
        tools: [
          { type: "function", name: "f" },
          { type: "custom", name: "f" },
        ],
      },
      { param: "tools[1].name" },
    ],
  ] as [Record<string, unknown>, Partial<Failure>][])("%j", (body, expected) => {
    expect(refusal(body)).toMatchObject({ type: "invalid_request", ...expected });
  });
});

describe("what Codex sends", () => {
  const folder = join(import.meta.dir, "../../../../shared/programs");

  test.each([["codex-first-turn"], ["codex-after-tool"], ["codex-after-two-tools"]])("%s", (name) => {
    let json: string;
    try {
      json = readFileSync(join(folder, `${name}.json`), "utf8");
    } catch {
      return;
    }
    const { body } = JSON.parse(json) as { body: ResponsesBody };
    const { chat, dropped, changed } = parse(body);
    expect(chat.messages.at(-1)?.role).toBe(name === "codex-first-turn" ? "user" : "tool");
    expect(chat.tools?.map((tool) => tool.name)).toContain("multi_agent_v1__spawn_agent");
    expect(dropped).toContain("client_metadata");
    expect(dropped.some((field) => field.endsWith(".web_search"))).toBe(true);
    expect(changed.length).toBeGreaterThan(0);
  });
});
