import { describe, expect, test } from "bun:test";
import { openai } from "../../src/sandbox/openai/protocol.ts";
import type { IncomingRequest } from "../../src/sandbox/protocol.ts";
import { RequestRejected } from "../../src/sandbox/provider-error.ts";
import type { Json } from "./client.ts";

const HELLO = { role: "user", content: "Hello" };
const CALLING = {
  role: "assistant",
  content: null,
  tool_calls: [{ id: "call_1", type: "function", function: { name: "f", arguments: "{}" } }],
};
const RESULT = { role: "tool", tool_call_id: "call_1", content: "4" };
const TOOL = { type: "function", function: { name: "f", parameters: { type: "object" } } };

const OPEN_SCHEMA = { type: "object", properties: { a: { type: "string" } } };

function call(body: unknown, headers: Record<string, string> = {}): IncomingRequest {
  return {
    method: "POST",
    path: "/v1/chat/completions",
    headers: { "content-type": "application/json", authorization: "Bearer k", ...headers },
    body,
    isJson: typeof body !== "string",
    bytes: 0,
  };
}

/** What is complained of in a body that differs from a good one in the fields given. */
function rejection(more: Json, body: Json = { model: "demo", messages: [HELLO] }) {
  try {
    openai.read(call({ ...body, ...more }));
    return undefined;
  } catch (error) {
    if (error instanceof RequestRejected) return error.providerError;
    throw error;
  }
}

describe("OpenAI refuses", () => {
  test.each([
    [{ foo: 1 }, "Unrecognized request argument supplied: foo"],
    [{ foo: 1, bar: 2 }, "Unrecognized request arguments supplied: foo, bar"],
    [{ model: null }, "you must provide a model parameter"],
    [{ model: "" }, "you must provide a model parameter"],
    [{ messages: null }, "Missing required parameter: 'messages'."],
    [{ messages: [] }, "Invalid 'messages': empty array."],
    [{ messages: "hi" }, "Invalid type for 'messages': expected an array of objects, but got a string"],
    [{ messages: ["hi"] }, "Invalid type for 'messages[0]': expected an object, but got a string"],
    [{ messages: [{ content: "x" }] }, "Missing required parameter: 'messages[0].role'."],
    [
      { messages: [{ role: "robot", content: "x" }] },
      "Invalid value: 'robot'. Supported values are: 'system'",
    ],
    [{ messages: [{ ...HELLO, mood: "good" }] }, "Unknown parameter: 'messages[0].mood'."],
    [
      { messages: [{ ...HELLO, name: "two words" }] },
      "Invalid 'messages[0].name': string does not match pattern.",
    ],
    [
      { messages: [{ role: "user", content: null }] },
      "Invalid value for 'content': expected a string, got null.",
    ],
    [
      { messages: [{ role: "assistant", content: null }] },
      "Invalid value for 'content': expected a string, got null.",
    ],
    [{ messages: [{ role: "user", content: 3 }] }, "Invalid type for 'messages[0].content'"],
    [{ messages: [{ role: "user", content: [] }] }, "Invalid 'messages[0].content': empty array."],
    [{ messages: [{ role: "user", content: [{ type: "image" }] }] }, "Invalid value: 'image'."],
    [
      { messages: [{ role: "user", content: [{ type: "text" }] }] },
      "Missing required parameter: 'messages[0].content[0].text'.",
    ],
    [
      {
        messages: [
          {
            role: "user",
            content: [{ type: "image_url", image_url: { url: "data:image/tiff;base64,AAAA" } }],
          },
        ],
      },
      "You uploaded an unsupported image.",
    ],
    [
      {
        messages: [
          HELLO,
          { role: "system", content: [{ type: "image_url", image_url: { url: "https://a.test/b.png" } }] },
        ],
      },
      "Invalid 'messages[1]'. Image URLs are only allowed for messages with role 'user'",
    ],
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
    [
      { temperature: 2.1 },
      "Invalid 'temperature': decimal above maximum value. Expected a value <= 2, but got 2.1",
    ],
    [
      { temperature: -1 },
      "Invalid 'temperature': decimal below minimum value. Expected a value >= 0, but got -1",
    ],
    [{ temperature: "hot" }, "Invalid type for 'temperature': expected a decimal, but got a string instead."],
    [{ top_p: 1.5 }, "Invalid 'top_p': decimal above maximum value."],
    [{ max_tokens: 0 }, "Invalid 'max_tokens': integer below minimum value."],
    [
      { max_completion_tokens: 1.5 },
      "Invalid type for 'max_completion_tokens': expected an integer, but got a decimal",
    ],
    [{ reasoning_effort: "huge" }, "Invalid value: 'huge'. Supported values are: 'none'"],
    [
      { stop: ["a", "b", "c", "d", "e"] },
      "Invalid 'stop': array too long. Expected an array with maximum length 4",
    ],
    [{ stop: [1] }, "Invalid type for 'stop[0]'"],
    [{ stream: "yes" }, "Invalid type for 'stream': expected a boolean, but got a string instead."],
    [
      { stream_options: { include_usage: true } },
      "The 'stream_options' parameter is only allowed when 'stream' is enabled.",
    ],
    [{ stream: true, stream_options: { extra: true } }, "Unknown parameter: 'stream_options.extra'."],
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
    [
      { messages: [HELLO, { role: "assistant", content: "x", reasoning_content: "y" }] },
      "Unknown parameter: 'messages[1].reasoning_content'.",
    ],
    [{ safety_identifier: "x".repeat(129) }, "Invalid 'safety_identifier': string too long."],
    [{ model: "demo-responses-only", tools: [TOOL] }, "Please use /v1/responses instead."],
    [{ model: "demo-reasoning", max_tokens: 5 }, "Use 'max_completion_tokens' instead."],
    [
      { model: "demo-reasoning", temperature: 0.5 },
      "Unsupported parameter: 'temperature' is not supported with this model.",
    ],
  ])("%j", (more, message) => {
    expect(rejection(more)?.message).toContain(message);
    expect(rejection(more)?.status).toBe(400);
    expect(rejection(more)?.type).toBe("invalid_request_error");
  });

  test("a body that is no JSON object, and one that is not called JSON", () => {
    for (const body of ["{", 3, [], null]) {
      expect(() => openai.read(call(body))).toThrow("We could not parse the JSON body of your request.");
    }
    expect(() => openai.read(call({}, { "content-type": "text/plain" }))).toThrow(
      "Invalid Content-Type header (text/plain)",
    );
    expect(() => openai.read(call({}, { "content-type": "application/jsonp" }))).toThrow(
      "Invalid Content-Type header",
    );
  });

  test("a request without a bearer token", () => {
    for (const authorization of ["", "Bearer", "Bearer  ", "Basic abc"]) {
      expect(() => openai.authenticate(call({}, { authorization }))).toThrow(
        "You didn't provide an API key.",
      );
    }
    expect(openai.authenticate(call({}, { authorization: "Bearer sk-1" }))).toBe("sk-1");
  });

  test("naming the field and the code", () => {
    expect(rejection({ temperature: 3 })).toMatchObject({
      param: "temperature",
      code: "decimal_above_max_value",
    });
    expect(rejection({ stop: Array(5).fill("x") })).toMatchObject({
      param: "stop",
      code: "array_above_max_length",
    });
    expect(rejection({ messages: [] })).toMatchObject({ param: "messages", code: "empty_array" });
    // Reasoning models refuse sampling without a code.
    expect(rejection({ model: "demo-reasoning", temperature: 1 })?.code).toBeUndefined();
    expect(rejection({ model: "demo-reasoning", max_tokens: 1 })?.code).toBe("unsupported_parameter");
  });
});

describe("OpenAI takes", () => {
  test.each([
    [{ temperature: 2, top_p: 1, seed: -3, stop: ["a", "b", "c", "d"], max_tokens: 1 }],
    [{ temperature: null, stop: null, stream: null, stream_options: null, tools: null }],
    [{ stop: "END", max_completion_tokens: 10, user: "u", metadata: { a: "b" }, n: 1 }],
    [{ stream: true, stream_options: { include_usage: true, include_obfuscation: false } }],
    [{ tools: [TOOL], tool_choice: "auto", parallel_tool_calls: false }],
    [{ messages: [{ role: "developer", content: "Be brief." }, HELLO, HELLO] }],
    [{ messages: [{ role: "assistant", content: "I begin." }] }],
    [{ messages: [HELLO, CALLING, RESULT] }],
    [{ messages: [HELLO, CALLING, RESULT, CALLING, RESULT, HELLO] }],
    [
      {
        messages: [
          {
            role: "user",
            content: [{ type: "image_url", image_url: { url: "data:image/png;base64,iVBORw0=" } }],
          },
        ],
      },
    ],
    [{ messages: [{ role: "user", name: "ada", content: "" }] }],
    [{ model: "demo-reasoning", max_completion_tokens: 5, reasoning_effort: "low" }],
    [{ model: "demo-responses-only", tools: [TOOL], reasoning_effort: "none" }],
    [
      {
        model: "demo-obedient",
        messages: [HELLO, { role: "assistant", content: "x", reasoning_content: "y" }, HELLO],
      },
    ],
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

  test("and reads what a script may want to know", () => {
    const messages = [{ role: "system", content: "Be brief." }, HELLO, CALLING, RESULT];
    const reading = openai.read(
      call({
        model: "demo",
        messages,
        tools: [TOOL],
        max_tokens: 7,
        stream: true,
        stream_options: { include_usage: true },
      }),
    );
    expect(reading).toMatchObject({
      model: "demo",
      system: "Be brief.",
      text: "Hello",
      turns: [
        { role: "user", text: "Hello" },
        { role: "assistant", text: "" },
      ],
      afterTool: true,
      tools: [{ name: "f", kind: "function" }],
      limit: 7,
      stream: true,
      includeUsage: true,
    });
    const characters = "Be brief.Hello4".length + JSON.stringify([TOOL]).length;
    expect(reading.inputTokens).toBe(Math.ceil(characters / 4));
  });
});
