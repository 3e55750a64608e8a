import { describe, expect, test } from "bun:test";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { anthropicDialect } from "../../src/api/anthropic/dialect.ts";
import type { Dialect } from "../../src/api/dialect.ts";
import { openaiChatDialect } from "../../src/api/openai-chat/dialect.ts";
import { translationPage } from "../../src/api/translation-page.ts";
import { TRANSLATION_TABLES } from "../../src/api/translation-tables.ts";
import { ChatError } from "../../src/core/failure.ts";
import type { ProtocolName } from "../../src/core/translation.ts";
import { parsed } from "./dialect-support.ts";

const PAGE = join(import.meta.dir, "../../docs/translation.md");

test("the page is what the tables say", () => {
  const page = translationPage(TRANSLATION_TABLES);
  if (process.env["UPDATE_DOCS"] !== undefined) writeFileSync(PAGE, page);
  expect(readFileSync(PAGE, "utf8")).toBe(page);
});

test("every field of a table is named once, and its rules end with one for all values or map the rest", () => {
  for (const { rows } of TRANSLATION_TABLES) {
    expect(new Set(rows.map(({ field }) => field)).size).toBe(rows.length);
    for (const row of rows) {
      for (const rules of [row.openai, row.anthropic, row.responses]) {
        const unconditional = (rules ?? []).findIndex(({ when }) => when === undefined);
        expect([-1, (rules ?? []).length - 1]).toContain(unconditional);
      }
    }
  }
});

interface Case {
  readonly fields: object;
  readonly dropped?: string[];
  readonly changed?: string[];
  readonly refused?: string;
}

function check<Body>(dialect: Dialect<Body>, base: object, protocol: ProtocolName, cases: readonly Case[]) {
  describe(`${dialect.name} to ${protocol}`, () => {
    for (const { fields, dropped = [], changed = [], refused } of cases) {
      test(JSON.stringify(fields).slice(0, 90), () => {
        const parse = () => parsed(dialect, { ...base, ...fields }, protocol);
        if (refused === undefined) {
          const result = parse();
          expect(result.dropped).toEqual(dropped);
          expect(result.changed).toEqual(changed);
        } else {
          expect(parse).toThrow(ChatError);
          try {
            parse();
          } catch (error) {
            const { failure } = error as ChatError;
            expect(failure).toMatchObject({ type: "invalid_request", param: refused, unsupported: true });
            const { status, body } = dialect.error(failure, { requestId: "r", session: undefined });
            expect(status).toBe(400);
            if (dialect.name === "openai-chat")
              expect(body).toMatchObject({ error: { code: "unsupported_parameter", param: refused } });
          }
        }
      });
    }
  });
}

const CHAT = { model: "m", messages: [{ role: "user", content: "hi" }] };
const FUNCTION = { type: "function", function: { name: "f", parameters: { type: "object" } } };

check(openaiChatDialect, CHAT, "anthropic", [
  { fields: {} },
  { fields: { n: 1, logprobs: false, top_logprobs: 0, frequency_penalty: 0, logit_bias: {}, seed: null } },
  { fields: { n: 2 }, refused: "n" },
  { fields: { logprobs: true }, refused: "logprobs" },
  { fields: { top_logprobs: 3 }, refused: "top_logprobs" },
  { fields: { presence_penalty: 0.5 }, refused: "presence_penalty" },
  { fields: { logit_bias: { "50256": -100 } }, refused: "logit_bias" },
  { fields: { seed: 7 }, refused: "seed" },
  { fields: { temperature: 1.5 }, refused: "temperature" },
  { fields: { temperature: 1 } },
  { fields: { modalities: ["text", "audio"] }, refused: "modalities" },
  { fields: { functions: [] }, refused: "functions" },
  {
    fields: { store: true, metadata: { a: "b" }, verbosity: "low" },
    dropped: ["store", "metadata", "verbosity"],
  },
  { fields: { service_tier: "default" } },
  { fields: { service_tier: "flex" }, dropped: ["service_tier"] },
  { fields: { stop: ["a", " ", "b"] }, dropped: ["stop[1]"] },
  {
    fields: { stream_options: { include_usage: true, include_obfuscation: false } },
    dropped: ["stream_options.include_obfuscation"],
  },
  { fields: { next_year: 1, prediction: {} }, dropped: ["next_year", "prediction"] },
  { fields: { response_format: { type: "json_object" } }, changed: ["response_format"] },
  { fields: { response_format: { type: "json_schema", json_schema: { name: "x", schema: {} } } } },
  {
    fields: {
      tools: [FUNCTION],
      tool_choice: { type: "allowed_tools", allowed_tools: { mode: "auto", tools: [FUNCTION] } },
    },
    changed: ["tool_choice"],
  },
  { fields: { tools: [FUNCTION, { type: "custom", custom: { name: "c" } }] }, refused: "tools[1]" },
]);
check(openaiChatDialect, CHAT, "responses", [
  { fields: { stop: "x" }, refused: "stop" },
  { fields: { stop: [] } },
  { fields: { top_k: 4 }, dropped: ["top_k"] },
  { fields: { verbosity: "low", prompt_cache_key: "k", metadata: { a: "b" }, temperature: 1.5 } },
]);
check(openaiChatDialect, CHAT, "openai", [{ fields: { n: 2, seed: 1, next_year: 1, stop: [" "] } }]);

const MESSAGES = { model: "m", max_tokens: 10, messages: [{ role: "user", content: "hi" }] };

check(anthropicDialect, MESSAGES, "openai", [
  { fields: {} },
  { fields: { mcp_servers: [{}] }, refused: "mcp_servers" },
  { fields: { mcp_servers: [] } },
  { fields: { tools: [{ type: "bash_20250124", name: "bash" }] }, refused: "tools[0]" },
  { fields: { tools: [{ type: "web_search_20250305", name: "web_search" }] }, dropped: ["tools[0]"] },
  {
    fields: {
      tools: [{ name: "f", input_schema: {}, defer_loading: true, cache_control: { type: "ephemeral" } }],
    },
    dropped: ["tools[0].defer_loading"],
  },
  {
    fields: { context_management: { edits: [] }, diagnostics: {} },
    dropped: ["context_management", "diagnostics"],
  },
  { fields: { metadata: { user_id: "x".repeat(65) } }, changed: ["metadata.user_id"] },
  { fields: { metadata: { user_id: "x" } } },
  { fields: { thinking: { type: "enabled", budget_tokens: 4000 } }, changed: ["thinking"] },
  { fields: { thinking: { type: "disabled" } }, dropped: ["thinking"] },
  {
    fields: { thinking: { type: "adaptive" }, output_config: { effort: "high", other: 1 } },
    dropped: ["output_config.other"],
  },
  { fields: { top_k: 3, cache_control: { type: "ephemeral" } } },
  { fields: { next_year: 1 }, dropped: ["next_year"] },
]);
check(anthropicDialect, MESSAGES, "responses", [
  { fields: { stop_sequences: ["x"] }, refused: "stop_sequences" },
  { fields: { top_k: 3 }, dropped: ["top_k"] },
]);
check(anthropicDialect, MESSAGES, "anthropic", [
  { fields: { context_management: {}, mcp_servers: [{}], next_year: 1 } },
]);
