import { describe, expect, test } from "bun:test";
import { CALLING, HELLO, OPEN_SCHEMA, RESULT, rejection, TOOL } from "./openai-requests.ts";

describe("OpenAI refuses, about tools and what comes with them,", () => {
  test.each([
    [
      { messages: [HELLO, CALLING] },
      "An assistant message with 'tool_calls' must be followed by tool messages",
    ],
    [
      { messages: [HELLO, CALLING, HELLO] },
      "The following tool_call_ids did not have response messages: call_1",
    ],
    [{ messages: [HELLO, RESULT] }, "messages with role 'tool' must be a response to a preceeding message"],
    [
      { messages: [HELLO, CALLING, { ...RESULT, tool_call_id: "call_2" }] },
      "'tool_call_id' of 'call_2' not found",
    ],
    [{ messages: [HELLO, CALLING, { role: "tool", content: "4" }] }, "Missing parameter 'tool_call_id'"],
    [{ messages: [HELLO, { ...CALLING, tool_calls: [] }] }, "Invalid 'messages[1].tool_calls': empty array."],
    [{ messages: [{ ...HELLO, tool_calls: CALLING.tool_calls }] }, "only messages of role 'assistant'"],
    [{ tools: [{ name: "f" }] }, "Missing required parameter: 'tools[0].type'."],
    [{ tools: [{ type: "function", function: { name: "two words" } }] }, "Invalid 'tools[0].function.name'"],
    [{ tool_choice: "auto" }, "'tool_choice' is only allowed when 'tools' are specified."],
    [{ parallel_tool_calls: true }, "'parallel_tool_calls' is only allowed when 'tools' are specified."],
    [{ response_format: { type: "xml" } }, "Invalid value: 'xml'."],
    [{ response_format: { type: "json_object" } }, "'messages' must contain the word 'json' in some form"],
    [
      { response_format: { type: "json_schema", json_schema: { schema: {} } } },
      "Missing required parameter: 'response_format.json_schema.name'.",
    ],
    [
      {
        response_format: {
          type: "json_schema",
          json_schema: { name: "n", strict: true, schema: { ...OPEN_SCHEMA, additionalProperties: false } },
        },
      },
      "Missing 'a'.",
    ],
    [
      { tools: [{ type: "function", function: { name: "x".repeat(65) } }] },
      "Expected a string with maximum length 64, but got a string with length 65",
    ],
    [{ tools: [{ type: "function", function: { name: "a.b" } }] }, "Invalid 'tools[0].function.name'"],
    [
      { tools: [{ type: "function", function: { name: "f", parameters: { properties: {} } } }] },
      "Invalid schema for function 'f'",
    ],
    [
      { tools: [{ type: "function", function: { name: "f", strict: true, parameters: OPEN_SCHEMA } }] },
      "'additionalProperties' is required to be supplied and to be false",
    ],
    [{ tools: Array(129).fill(TOOL) }, "Invalid 'tools': array too long."],
    [{ tools: [TOOL], tool_choice: "any" }, "Invalid value: 'any'."],
    [
      { tools: [TOOL], tool_choice: { type: "function", function: { name: "g" } } },
      "tool choice 'g' was not found",
    ],
    [
      {
        messages: [
          HELLO,
          { ...CALLING, tool_calls: [{ ...CALLING.tool_calls[0], id: "x".repeat(41) }] },
          { ...RESULT, tool_call_id: "x".repeat(41) },
        ],
      },
      "Expected a string with maximum length 40, but got a string with length 41",
    ],
    [
      {
        messages: [
          HELLO,
          CALLING,
          { ...RESULT, content: [{ type: "image_url", image_url: { url: "https://a.test/b.png" } }] },
        ],
      },
      "Image URLs are only allowed for messages with role 'user'",
    ],
    [{ model: "demo-responses-only", tools: [TOOL] }, "Please use /v1/responses instead."],
  ])("%j", (more, message) => {
    expect(rejection(more)?.message).toContain(message);
    expect(rejection(more)).toMatchObject({ status: 400, type: "invalid_request_error" });
  });
});

describe("OpenAI takes, of tools and what comes with them,", () => {
  test.each([
    [{ temperature: null, stop: null, stream: null, stream_options: null, tools: null }],
    [{ tools: [TOOL], tool_choice: "auto", parallel_tool_calls: false }],
    [{ messages: [HELLO, CALLING, RESULT] }],
    [{ messages: [HELLO, CALLING, RESULT, CALLING, RESULT, HELLO] }],
    [{ model: "demo-responses-only", tools: [TOOL], reasoning_effort: "none" }],
    [{ tools: [TOOL], tool_choice: { type: "function", function: { name: "f" } } }],
    [
      {
        tools: [TOOL],
        tool_choice: {
          type: "allowed_tools",
          allowed_tools: { mode: "auto", tools: [{ type: "function", function: { name: "f" } }] },
        },
      },
    ],
    [{ tools: [{ type: "custom", custom: { name: "patch" } }], tool_choice: "required" }],
    [
      {
        messages: [{ role: "user", content: "Give JSON." }],
        response_format: { type: "json_object" },
      },
    ],
    [{ response_format: { type: "json_schema", json_schema: { name: "n", schema: OPEN_SCHEMA } } }],
  ])("%j", (more) => {
    expect(rejection(more)).toBeUndefined();
  });
});
