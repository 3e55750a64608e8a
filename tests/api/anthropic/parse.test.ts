import { describe, expect, test } from "bun:test";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { Value } from "@sinclair/typebox/value";
import { anthropicDialect } from "../../../src/api/anthropic/dialect.ts";
import { CountTokensBody, MessagesBody } from "../../../src/api/anthropic/schema.ts";
import { providerRequest } from "../../../src/chat/ask.ts";
import { encodeCarrier } from "../../../src/core/carrier.ts";
import { ChatError } from "../../../src/core/failure.ts";
import type { ChatRequest } from "../../../src/core/message.ts";
import { newSession } from "../../../src/core/session.ts";
import { Translation } from "../../../src/core/translation.ts";
import { targetAt, upstreamTo } from "../../support/targets.ts";
import { parsed } from "../dialect-support.ts";

const USER = { role: "user", content: "hi" };

function chatOf(fields: object): ChatRequest {
  const body = { model: "m", max_tokens: 10, messages: [USER], ...fields };
  expect([...Value.Errors(MessagesBody, body)]).toEqual([]);
  return parsed(anthropicDialect, body, "openai").chat;
}

const messagesOf = (...messages: object[]): unknown => chatOf({ messages }).messages;
const MARK = { cache_control: { type: "ephemeral" } };

describe("messages", () => {
  const cases: Record<string, readonly [object[], object[]]> = {
    "a system message in the middle (row 50)": [
      [USER, { role: "system", content: "Be brief." }],
      [USER, { role: "system", content: "Be brief." }],
    ],
    "blank texts are gone, and their mark stands before them (rows 1, 2)": [
      [
        {
          role: "user",
          content: [
            { type: "text", text: "a" },
            { type: "text", text: " ", ...MARK },
          ],
        },
      ],
      [{ role: "user", content: [{ type: "text", text: "a", ...MARK }] }],
    ],
    "an assistant that said nothing is gone (row 1)": [
      [USER, { role: "assistant", content: [{ type: "text", text: "" }] }, USER],
      [USER, USER],
    ],
    "results first, each by itself": [
      [
        {
          role: "assistant",
          content: [
            { type: "text", text: "x" },
            { type: "tool_use", id: "toolu_1", name: "f", input: { a: 1 } },
            { type: "tool_use", id: "toolu_2", name: "g", input: {} },
          ],
        },
        {
          role: "user",
          content: [
            { type: "text", text: "and" },
            { type: "tool_result", tool_use_id: "toolu_1", content: "1", is_error: true },
            {
              type: "tool_result",
              tool_use_id: "toolu_2",
              content: [
                { type: "text", text: "2" },
                { type: "text", text: "" },
              ],
            },
          ],
        },
      ],
      [
        {
          role: "assistant",
          content: "x",
          tool_calls: [
            { id: "toolu_1", type: "function", function: { name: "f", arguments: '{"a":1}' } },
            { id: "toolu_2", type: "function", function: { name: "g", arguments: "{}" } },
          ],
        },
        { role: "tool", content: "1", tool_call_id: "toolu_1", is_error: true },
        { role: "tool", content: "2", tool_call_id: "toolu_2" },
        { role: "user", content: "and" },
      ],
    ],
    "an id that was written another way for this client (row 48)": [
      [
        {
          role: "assistant",
          content: [{ type: "tool_use", id: "functions_0x2e_bash_0x3a_0", name: "f", input: {} }],
        },
        { role: "user", content: [{ type: "tool_result", tool_use_id: "functions_0x2e_bash_0x3a_0" }] },
      ],
      [
        {
          role: "assistant",
          content: null,
          tool_calls: [
            { id: "functions.bash:0", type: "function", function: { name: "f", arguments: "{}" } },
          ],
        },
        { role: "tool", content: "", tool_call_id: "functions.bash:0" },
      ],
    ],
    "images (rows 42, 43)": [
      [
        {
          role: "user",
          content: [
            { type: "image", source: { type: "base64", media_type: "image/png", data: "AA" } },
            { type: "image", source: { type: "url", url: "https://x/y" } },
          ],
        },
      ],
      [
        {
          role: "user",
          content: [
            { type: "image_url", image_url: { url: "data:image/png;base64,AA" } },
            { type: "image_url", image_url: { url: "https://x/y" } },
          ],
        },
      ],
    ],
    documents: [
      [
        {
          role: "user",
          content: [
            {
              type: "document",
              title: "t",
              source: { type: "text", media_type: "text/plain", data: "words" },
            },
            { type: "document", source: { type: "base64", media_type: "application/pdf", data: "AA" } },
          ],
        },
      ],
      [
        {
          role: "user",
          content: [
            { type: "file", file: { filename: "t", text: "words" } },
            { type: "file", file: { file_data: "data:application/pdf;base64,AA" } },
          ],
        },
      ],
    ],
    "thinking, signed, alone, redacted, plain, and an item of Responses' (rows 16, 18, 20, 25)": [
      [
        {
          role: "assistant",
          content: [
            { type: "thinking", thinking: "one", signature: "s1" },
            { type: "thinking", thinking: "", signature: "s2" },
            { type: "redacted_thinking", data: "d" },
            {
              type: "thinking",
              thinking: "plain",
              signature: encodeCarrier([{ type: "reasoning", text: "plain" }]),
            },
            {
              type: "thinking",
              thinking: "sum",
              signature: encodeCarrier([
                { type: "reasoning", text: "sum", encrypted: { id: "rs_1", content: "e" } },
              ]),
            },
            { type: "thinking", thinking: "unsigned", signature: "" },
            { type: "thinking", thinking: "spoilt", signature: "nash1:x" },
            { type: "text", text: "Hi" },
          ],
        },
      ],
      [
        {
          role: "assistant",
          content: [
            { type: "reasoning", text: "one", signature: "s1" },
            { type: "reasoning", text: "", signature: "s2" },
            { type: "reasoning", text: "", redacted: "d" },
            { type: "reasoning", text: "plain" },
            { type: "reasoning", text: "sum", encrypted: { id: "rs_1", content: "e" } },
            { type: "reasoning", text: "unsigned" },
            { type: "reasoning", text: "spoilt" },
            { type: "text", text: "Hi" },
          ],
        },
      ],
    ],
    "what Anthropic executed by itself is text": [
      [{ role: "assistant", content: [{ type: "server_tool_use", id: "s", name: "web_search", input: {} }] }],
      [{ role: "assistant", content: '{"type":"server_tool_use","id":"s","name":"web_search","input":{}}' }],
    ],
  };
  for (const [name, [messages, expected]] of Object.entries(cases)) {
    test(name, () => expect(messagesOf(...messages)).toEqual(expected));
  }
});

test("system blocks: no billing line, a blank line between (row 63), marks kept", () => {
  const system = [
    { type: "text", text: "x-anthropic-billing-header: cc_version=1" },
    { type: "text", text: "One." },
    { type: "text", text: "Two.", ...MARK },
  ];
  expect<unknown>(chatOf({ system }).messages[0]).toEqual({
    role: "system",
    content: [
      { type: "text", text: "One.\n\n" },
      { type: "text", text: "Two.", ...MARK },
    ],
  });
  expect(
    chatOf({ system: system.slice(1).map(({ type, text }) => ({ type, text })) }).messages[0]?.content,
  ).toBe("One.\n\nTwo.");
});

describe("thinking and effort (rows 22, 24)", () => {
  const cases: readonly (readonly [object, string | undefined])[] = [
    [{}, undefined],
    [{ model: "openai/gpt-5.4", thinking: { type: "disabled" } }, "none"],
    [{ thinking: { type: "disabled" } }, undefined],
    [{ thinking: { type: "adaptive" } }, "high"],
    [{ thinking: { type: "adaptive" }, output_config: { effort: "xhigh" } }, "xhigh"],
    [{ thinking: { type: "enabled", budget_tokens: 1024 } }, "low"],
    [{ thinking: { type: "enabled", budget_tokens: 4096 } }, "medium"],
    [{ thinking: { type: "enabled", budget_tokens: 16_000 } }, "high"],
    [{ thinking: { type: "enabled", budget_tokens: 32_000 } }, "xhigh"],
    [{ thinking: { type: "between_tools" } }, undefined],
    [{ output_config: { effort: "max" } }, "max"],
  ];
  for (const [fields, effort] of cases) {
    test(JSON.stringify(fields), () =>
      expect<string | undefined>(chatOf(fields).sampling.reasoning_effort).toBe(effort),
    );
  }
});

test("tools, choice, format and the rest", () => {
  const strict = {
    type: "object",
    properties: { a: { type: "string" } },
    required: ["a"],
    additionalProperties: false,
  };
  const chat = chatOf({
    tools: [
      {
        type: "custom",
        name: "f",
        description: "d",
        input_schema: { type: "object" },
        strict: true,
        ...MARK,
      },
      { type: "web_search_20250305", name: "web_search" },
    ],
    tool_choice: { type: "tool", name: "f", disable_parallel_tool_use: true },
    output_config: { format: { type: "json_schema", schema: strict } },
    stop_sequences: ["###"],
    temperature: 0.5,
    top_k: 4,
    service_tier: "standard_only",
    metadata: { user_id: "u".repeat(200) },
  });
  expect(chat).toMatchObject({
    sampling: { max_tokens: 10, stop: ["###"], temperature: 0.5, top_k: 4 },
    // The kind of a tool is no part of its schema (row 51).
    tools: [{ name: "f", description: "d", parameters: { type: "object" }, strict: true, ...MARK }],
    toolChoice: { mode: "required", names: ["f"] },
    parallelToolCalls: false,
    responseFormat: { type: "json_schema", name: "output", schema: strict, strict: true },
    serviceTier: "default",
  });
  expect(chat.user).toMatch(/^[0-9a-f]{64}$/);
  const loose = { ...strict, required: [] };
  expect(chatOf({ output_format: { type: "json_schema", schema: loose } }).responseFormat).toMatchObject({
    strict: false,
  });
});

test("more tokens than the model has that is asked are not asked of it, whatever the client calls it", () => {
  const chat = chatOf({ model: "claude-opus-4-5", max_tokens: 32_000 });
  const sent = (model: string) => {
    const target = targetAt("https://api.openai.com/v1", model);
    const asked = { target, session: newSession(), purpose: "/chat" } as const;
    return JSON.parse(providerRequest(chat, asked, upstreamTo("x"), new Translation()).body);
  };
  expect(sent("gpt-4o").max_completion_tokens).toBe(16_384);
  expect(sent("a-model-that-nobody-knows").max_completion_tokens).toBe(32_000);
});

test("a result of no call is refused by its id (row 46)", () => {
  const messages = [
    { role: "user", content: [{ type: "tool_result", tool_use_id: "toolu_9", content: "1" }] },
  ];
  expect(() => chatOf({ messages })).toThrow(ChatError);
  expect(() => chatOf({ messages })).toThrow(/"toolu_9"/);
});

test("a count needs no max_tokens", () => {
  const body = { model: "m", messages: [USER], system: "s" };
  expect(Value.Check(CountTokensBody, body)).toBeTrue();
  expect(Value.Check(MessagesBody, body)).toBeFalse();
  expect(parsed(anthropicDialect, body, "openai").chat.messages).toHaveLength(2);
});

describe("what Claude Code sends", () => {
  const folder = join(import.meta.dir, "claude-code");
  for (const name of readdirSync(folder)) {
    test(name, () => {
      const body = JSON.parse(readFileSync(join(folder, name), "utf8"));
      expect([...Value.Errors(MessagesBody, body)]).toEqual([]);
      const { chat, dropped, changed } = parsed(anthropicDialect, body, "openai");
      expect(dropped).toEqual(["context_management"]);
      expect(changed).toEqual(["metadata.user_id"]);
      expect(chat.tools?.map((tool) => tool.name)).toEqual(["Agent", "Bash"]);
      expect(chat.messages[0]?.role).toBe("system");
      expect(chat.sampling.reasoning_effort).toBe("high");
      expect(parsed(anthropicDialect, body, "anthropic").chat.raw?.body).toBe(body);
    });
  }
});
