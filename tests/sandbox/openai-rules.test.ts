import { describe, expect, test } from "bun:test";
import { openai } from "../../src/sandbox/openai/protocol.ts";
import { CALLING, call, HELLO, RESULT, rejection, TOOL } from "./openai-requests.ts";

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
    [
      { messages: [HELLO, { role: "assistant", content: "x", reasoning_content: "y" }] },
      "Unknown parameter: 'messages[1].reasoning_content'.",
    ],
    [{ safety_identifier: "x".repeat(129) }, "Invalid 'safety_identifier': string too long."],
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
    [{ stop: "END", max_completion_tokens: 10, user: "u", metadata: { a: "b" }, n: 1 }],
    [{ stream: true, stream_options: { include_usage: true, include_obfuscation: false } }],
    [{ messages: [{ role: "developer", content: "Be brief." }, HELLO, HELLO] }],
    [{ messages: [{ role: "assistant", content: "I begin." }] }],
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
    [
      {
        model: "demo-obedient",
        messages: [HELLO, { role: "assistant", content: "x", reasoning_content: "y" }, HELLO],
      },
    ],
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
