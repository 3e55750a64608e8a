import { describe, expect, test } from "bun:test";
import { anthropic } from "../../src/sandbox/anthropic/protocol.ts";
import { countTokens } from "../../src/sandbox/anthropic/rules.ts";
import type { IncomingRequest } from "../../src/sandbox/protocol.ts";
import { RequestRejected } from "../../src/sandbox/provider-error.ts";
import { seal, signatureOf } from "../../src/sandbox/sealed.ts";
import type { Json } from "./client.ts";

const HELLO = { role: "user", content: "Hello" };
const CALLING = { role: "assistant", content: [{ type: "tool_use", id: "toolu_1", name: "f", input: {} }] };
const RESULT = { type: "tool_result", tool_use_id: "toolu_1", content: "4" };
const ANSWERING = { role: "user", content: [RESULT] };
const TOOL = { name: "f", input_schema: { type: "object" } };

function image(source: Json): Json {
  return { messages: [{ role: "user", content: [{ type: "image", source }] }] };
}

const MANUAL = { max_tokens: 2_000, thinking: { type: "enabled", budget_tokens: 1_024 } };

/** An assistant's turn that thought, as the sandbox signs it, with other fields in place of its own. */
function thought(more: Json): Json {
  const block = { type: "thinking", thinking: "a thought", signature: signatureOf("a thought"), ...more };
  return { messages: [HELLO, { role: "assistant", content: [block, { type: "text", text: "x" }] }, HELLO] };
}

function text(...texts: string[]): Json {
  return { messages: [{ role: "user", content: texts.map((one) => ({ type: "text", text: one })) }] };
}

function call(body: unknown, headers: Record<string, string> = {}, bytes = 0): IncomingRequest {
  return {
    method: "POST",
    path: "/v1/messages",
    headers: {
      "content-type": "application/json",
      "x-api-key": "k",
      "anthropic-version": "2023-06-01",
      ...headers,
    },
    body,
    isJson: typeof body !== "string",
    bytes,
  };
}

function rejection(more: Json, headers: Record<string, string> = {}) {
  try {
    anthropic.read(call({ model: "demo", max_tokens: 100, messages: [HELLO], ...more }, headers));
    return undefined;
  } catch (error) {
    if (error instanceof RequestRejected) return error.providerError;
    throw error;
  }
}

describe("Anthropic refuses", () => {
  test.each([
    [{ foo: 1 }, "foo: Extra inputs are not permitted"],
    [{ stop: ["x"] }, "stop: Extra inputs are not permitted"],
    [{ model: undefined }, "model: Field required"],
    [{ max_tokens: undefined }, "max_tokens: Field required"],
    [{ max_tokens: null }, "max_tokens: Input should be a valid integer"],
    [{ max_tokens: 1.5 }, "max_tokens: Input should be a valid integer"],
    [{ max_tokens: 0 }, "max_tokens: Input should be greater than or equal to 1"],
    [
      { max_tokens: 1_000_000 },
      "max_tokens: 1000000 > 128000, which is the maximum allowed number of output tokens for demo",
    ],
    [{ messages: undefined }, "messages: Field required"],
    [{ messages: "hi" }, "messages: Input should be a valid list"],
    [{ messages: [] }, "messages: at least one message is required"],
    [{ messages: [{ role: "system", content: "x" }, HELLO] }, 'messages: Unexpected role "system".'],
    [
      { messages: [HELLO, { role: "tool", content: "x" }] },
      "messages.1.role: Input should be 'user' or 'assistant'",
    ],
    [{ messages: [{ ...HELLO, name: "ada" }] }, "messages.0.name: Extra inputs are not permitted"],
    [
      { messages: [{ role: "assistant", content: "x" }, HELLO] },
      'messages: first message must use the "user" role',
    ],
    [
      { messages: [HELLO, { role: "assistant", content: "x" }] },
      "does not support assistant message prefill",
    ],
    [{ messages: [{ role: "user" }] }, "messages.0.content: Field required"],
    [{ messages: [{ role: "user", content: null }] }, "messages.0.content: Input should be a valid list"],
    [{ messages: [{ role: "user", content: "" }] }, "messages.0: all messages must have non-empty content"],
    [{ messages: [{ role: "user", content: [] }] }, "messages.0: all messages must have non-empty content"],
    [
      { messages: [{ role: "user", content: " \n" }] },
      "messages: text content blocks must contain non-whitespace text",
    ],
    [text("x", ""), "messages: text content blocks must be non-empty"],
    [text("x", "\t"), "messages: text content blocks must contain non-whitespace text"],
    [
      { messages: [{ role: "user", content: [{ type: "text", text: "x", mood: 1 }] }] },
      "messages.0.content.0.text.mood: Extra inputs",
    ],
    [
      { messages: [{ role: "user", content: [{ type: "image_url", image_url: {} }] }] },
      "messages.0.content.0: Input tag 'image_url' found using 'type' does not match any of the expected tags: 'text'",
    ],
    [
      image({ type: "base64", media_type: "image/tiff", data: "AAAA" }),
      "image.source.base64.media_type: Input should be 'image/jpeg'",
    ],
    [
      image({ type: "base64", media_type: "image/png", data: "data:image/png;base64,AAAA" }),
      "Invalid base64 data",
    ],
    [image({ type: "url", url: "file:///etc/passwd" }), "Only HTTPS URLs are supported."],
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
    [{ system: " " }, "system: text content blocks must contain non-whitespace text"],
    [{ system: [{ type: "text", text: "" }] }, "system: text content blocks must be non-empty"],
    [{ system: [{ type: "image", source: {} }] }, "system.0: Input tag 'image' found"],
    [{ temperature: 1.1 }, "temperature: range: 0..1"],
    [{ temperature: -0.1 }, "temperature: range: 0..1"],
    [{ top_p: 2 }, "top_p: range: 0..1"],
    [{ top_k: -1 }, "top_k: Input should be greater than or equal to 0"],
    [{ stream: "yes" }, "stream: Input should be a valid boolean"],
    [{ stop_sequences: "END" }, "stop_sequences: Input should be a valid list"],
    [{ stop_sequences: [" "] }, "stop_sequences: each stop sequence must contain non-whitespace"],
    [{ metadata: { user: "x" } }, "metadata.user: Extra inputs are not permitted"],
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
    [{ context_management: { edits: [] } }, "context_management: Extra inputs are not permitted"],
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
      { system: Array(5).fill({ type: "text", text: "x", cache_control: { type: "ephemeral" } }) },
      "A maximum of 4 blocks with cache_control may be provided. Found 5.",
    ],
    [
      { metadata: { user_id: "x".repeat(257) } },
      "metadata.user_id: String should have at most 256 characters",
    ],
    [
      { messages: [HELLO, { role: "assistant", content: "x" }, { role: "system", content: "y" }, HELLO] },
      "messages.2: a `system` message must follow a `user` message",
    ],
    [
      { model: "demo-obedient", messages: [HELLO, { role: "assistant", content: "x " }] },
      "final assistant content cannot end with trailing whitespace",
    ],
    [
      { thinking: { type: "enabled", budget_tokens: 100 } },
      "thinking.enabled.budget_tokens: Input should be greater than",
    ],
    [
      { thinking: { type: "enabled", budget_tokens: 2_000 } },
      "`max_tokens` must be greater than `thinking.budget_tokens`.",
    ],
    [
      { output_config: { effort: "huge" } },
      "This model does not support effort level 'huge'. Supported levels: high, low, max, medium",
    ],
  ])("%j", (more, message) => {
    expect(rejection(more)?.message).toContain(message);
    expect(rejection(more)).toMatchObject({ status: 400, type: "invalid_request_error" });
  });

  test("a version that is missing or unknown, and sampling in the newest", () => {
    expect(rejection({}, { "anthropic-version": "" })?.message).toBe("anthropic-version: header is required");
    expect(rejection({}, { "anthropic-version": "1" })?.message).toBe(
      'anthropic-version: "1" is not a valid version',
    );
    const newest = { "anthropic-version": "2026-10-21" };
    expect(rejection({ temperature: 1 }, newest)?.message).toBe(
      "temperature: Extra inputs are not permitted",
    );
    expect(rejection({}, newest)).toBeUndefined();
  });

  test("none and two keys", () => {
    const authenticate = (headers: Record<string, string>) => () =>
      anthropic.authenticate({ ...call({}), headers });
    expect(authenticate({})).toThrow("x-api-key header is required");
    expect(authenticate({ "x-api-key": " " })).toThrow("x-api-key header is required");
    expect(authenticate({ "x-api-key": "a", authorization: "Bearer b" })).toThrow("cannot both be sent");
    expect(authenticate({ authorization: "Bearer b" })()).toBe("b");
    expect(authenticate({ "x-api-key": "a" })()).toBe("a");
  });

  test("a body that is not JSON, not called JSON or too large", () => {
    expect(() => anthropic.read(call("{"))).toThrow("The request body is not valid JSON");
    expect(() => anthropic.read(call({}, { "content-type": "text/plain" }))).toThrow("content-type");
    expect(() => anthropic.read(call({}, {}, 33 * 1024 * 1024))).toThrow("Request exceeds the maximum size");
  });
});

describe("Anthropic takes", () => {
  test.each([
    [
      {
        temperature: 0,
        top_p: 0.5,
        top_k: 3,
        stop_sequences: ["END"],
        metadata: { user_id: "u" },
        stream: true,
      },
    ],
    [{ temperature: null, system: null, tools: null, stop_sequences: null }],
    [{ system: "Be brief." }],
    [{ system: [{ type: "text", text: "Be brief.", cache_control: { type: "ephemeral" } }] }],
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
    [image({ type: "base64", media_type: "image/webp", data: "UklGRg==" })],
    [image({ type: "url", url: "https://a.test/b.png" })],
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
    [{ messages: [HELLO, { role: "system", content: "Be brief." }] }],
    [{ model: "demo-obedient", messages: [HELLO, { role: "assistant", content: "It is Par" }] }],
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

  test("beta fields beside a beta header", () => {
    const beta = { "anthropic-beta": "context-management-2025-06-27" };
    expect(rejection({ context_management: { edits: [] } }, beta)).toBeUndefined();
    expect(rejection({ foo: 1 }, beta)?.message).toBe("foo: Extra inputs are not permitted");
  });

  test("neighbours of one role, and counts them", () => {
    const said = { role: "assistant", content: "x" };
    const { turns, merged } = anthropic.read(
      call({ model: "demo", max_tokens: 1, messages: [HELLO, HELLO, said, said, HELLO] }),
    );
    expect(turns.map(({ role }) => role)).toEqual(["user", "assistant", "user"]);
    expect(turns[0]?.text).toBe("HelloHello");
    expect(merged).toBe(2);
  });

  test("and counts tokens without an answer's fields", () => {
    expect(countTokens(call({ model: "demo", messages: [HELLO], system: "Be brief." })).inputTokens).toBe(4);
    expect(() => countTokens(call({ model: "demo", messages: [HELLO], max_tokens: 1 }))).toThrow(
      "max_tokens: Extra inputs are not permitted",
    );
  });
});
