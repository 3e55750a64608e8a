import { describe, expect, test } from "bun:test";
import { seal, signatureOf } from "../../src/sandbox/sealed.ts";
import { ANSWERING, CALLING, HELLO, MANUAL, RESULT, rejection, TOOL, thought } from "./anthropic-requests.ts";

describe("Anthropic refuses, about tools and what comes with them,", () => {
  test.each([
    [
      { messages: [HELLO, CALLING] },
      "`tool_use` ids were found without `tool_result` blocks immediately after: toolu_1",
    ],
    [
      { messages: [HELLO, CALLING, HELLO] },
      "messages.1: `tool_use` ids were found without `tool_result` blocks",
    ],
    [
      { messages: [HELLO, CALLING, { role: "user", content: [{ type: "text", text: "first" }, RESULT] }] },
      "messages.1: `tool_use` ids were found without `tool_result` blocks immediately after",
    ],
    [
      {
        messages: [
          HELLO,
          CALLING,
          { role: "user", content: [RESULT, { ...RESULT, tool_use_id: "toolu_2" }] },
        ],
      },
      "messages.2.content.1: unexpected `tool_use_id` found in `tool_result` blocks: toolu_2",
    ],
    [
      { messages: [ANSWERING] },
      "messages.0.content.0: unexpected `tool_use_id` found in `tool_result` blocks: toolu_1",
    ],
    [
      {
        messages: [
          HELLO,
          { role: "assistant", content: [{ type: "tool_use", id: "a b", name: "f", input: {} }] },
        ],
      },
      "tool_use.id: String should match pattern",
    ],
    [
      {
        messages: [
          HELLO,
          { role: "assistant", content: [{ type: "tool_use", id: "a", name: "f", input: "{}" }] },
        ],
      },
      "tool_use.input: Input should be an object",
    ],
    [
      { messages: [HELLO, { role: "assistant", content: [{ type: "thinking", thinking: "x" }] }] },
      "thinking.signature: Field required",
    ],
    [{ tools: [{ type: "function", function: {} }] }, "tools.0: Input tag 'function' found using 'type'"],
    [{ tools: [{ name: "f" }] }, "tools.0.custom.input_schema: Field required"],
    [{ tools: [{ ...TOOL, name: "two words" }] }, "tools.0.custom.name: String should match pattern"],
    [{ tool_choice: { type: "required" } }, "tool_choice: Input tag 'required' found"],
    [{ tool_choice: { type: "any" } }, "tool_choice may only be specified while providing tools."],
    [{ tools: [TOOL], tool_choice: { type: "tool", name: "g" } }, "Tool 'g' not found in provided tools"],
    [{ tools: [TOOL, TOOL] }, "tools: Tool names must be unique."],
    [{ tools: [{ ...TOOL, parameters: {} }] }, "tools.0.custom.parameters: Extra inputs are not permitted"],
    [{ tools: [{ name: "f", input_schema: {} }] }, "tools.0.custom.input_schema.type: Field required"],
    [
      { messages: [HELLO, CALLING, ANSWERING] },
      "Requests which have `tool_use` or `tool_result` blocks in their messages must define tools.",
    ],
    [thought({ signature: "nash1:e30=" }), "messages.1.content.0: Invalid `signature` in `thinking` block"],
    [
      thought({ thinking: "another thought" }),
      "messages.1.content.0: Invalid `signature` in `thinking` block",
    ],
    [
      {
        messages: [HELLO, { role: "assistant", content: [{ type: "redacted_thinking", data: "x" }] }, HELLO],
      },
      "messages.1.content.0: Invalid `data` in `redacted_thinking` block",
    ],
    [{ thinking: { type: "adaptive" }, temperature: 0 }, "`temperature` may only be set to 1"],
    [{ thinking: { type: "adaptive" }, top_k: 3 }, "`top_k` must be unset when thinking is enabled."],
    [
      { ...MANUAL, tools: [TOOL], tool_choice: { type: "any" } },
      "Thinking may not be enabled when tool_choice forces",
    ],
    [
      { ...MANUAL, tools: [TOOL], messages: [HELLO, CALLING, ANSWERING] },
      "messages.1.content.0.type: Expected `thinking` or `redacted_thinking`, but found `tool_use`.",
    ],
    [
      { output_config: { format: { type: "json_schema", schema: { type: "object" } } } },
      "For 'object' type, 'additionalProperties' must be explicitly set to false",
    ],
    [
      {
        output_config: {
          format: {
            type: "json_schema",
            schema: {
              type: "object",
              additionalProperties: false,
              properties: { a: { type: "string", maxLength: 3 } },
            },
          },
        },
      },
      "For 'string' type, property 'maxLength' is not supported",
    ],
    [{ output_config: { format: { type: "json_object" } } }, "Input tag 'json_object' found"],
    [
      { thinking: { type: "enabled", budget_tokens: 100 } },
      "thinking.enabled.budget_tokens: Input should be greater than",
    ],
    [
      { thinking: { type: "enabled", budget_tokens: 2_000 } },
      "`max_tokens` must be greater than `thinking.budget_tokens`.",
    ],
  ])("%j", (more, message) => {
    expect(rejection(more)?.message).toContain(message);
    expect(rejection(more)).toMatchObject({ status: 400, type: "invalid_request_error" });
  });
});

describe("Anthropic takes, of tools and what comes with them,", () => {
  test.each([
    [{ temperature: null, system: null, tools: null, stop_sequences: null }],
    [{ messages: [HELLO, CALLING, ANSWERING], tools: [TOOL], tool_choice: { type: "auto" } }],
    [
      {
        messages: [HELLO, CALLING, { role: "user", content: [RESULT, { type: "text", text: "and now?" }] }],
        tools: [TOOL],
      },
    ],
    [
      {
        messages: [
          HELLO,
          { role: "assistant", content: [{ type: "thinking", thinking: "", signature: signatureOf("") }] },
          HELLO,
        ],
      },
    ],
    [{ max_tokens: 2_000, thinking: { type: "enabled", budget_tokens: 1_024 } }],
    [{ thinking: { type: "adaptive" }, output_config: { effort: "low" } }],
    [thought({})],
    [
      {
        messages: [
          HELLO,
          { role: "assistant", content: [{ type: "redacted_thinking", data: seal("x") }] },
          HELLO,
        ],
      },
    ],
    [{ tools: [TOOL], tool_choice: { type: "tool", name: "f", disable_parallel_tool_use: true } }],
    [{ tools: [{ type: "web_search_20250305", name: "web_search", max_uses: 3 }, TOOL] }],
    [
      {
        output_config: {
          format: {
            type: "json_schema",
            schema: { type: "object", properties: {}, additionalProperties: false },
          },
        },
      },
    ],
  ])("%j", (more) => {
    expect(rejection(more)).toBeUndefined();
  });
});
