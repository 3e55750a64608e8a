import { describe, expect, test } from "bun:test";
import { TypeCompiler } from "@sinclair/typebox/compiler";
import { ValidationError } from "elysia";
import { ChatBody, SummarizeBody } from "../../src/api/nash/schema.ts";
import { validationFailure } from "../../src/server/validation.ts";

const VALID = {
  messages: [{ role: "user", content: "hi" }],
  model: "m",
  api_key: "sk-canary-0123456789",
  api_base_url: "http://demo.invalid/v1",
};

const { model: _, ...WITHOUT_MODEL } = VALID;

const compiled = TypeCompiler.Compile(ChatBody);

function refusal(body: unknown) {
  expect(compiled.Check(body)).toBe(false);
  const failure = validationFailure(new ValidationError("body", compiled, body));
  expect(failure.type).toBe("invalid_request");
  expect(JSON.stringify(failure)).not.toContain("canary");
  return failure;
}

test("the plain request, and all fields as null, are valid", () => {
  expect(compiled.Check(VALID)).toBe(true);
  const nulls = Object.fromEntries(
    Object.keys(ChatBody.properties)
      .filter((field) => !(field in VALID))
      .map((field) => [field, null]),
  );
  expect(compiled.Check({ ...VALID, ...nulls })).toBe(true);
  expect(
    TypeCompiler.Compile(SummarizeBody).Check({ ...VALID, keep_last: null, session_id: null, stream: null }),
  ).toBe(true);
});

describe("a refusal names the field", () => {
  test.each([
    ["mesages", { ...VALID, mesages: [] }, "mesages", "Did you mean messages?"],
    ["a far name", { ...VALID, zzzzzzzz: 1 }, "zzzzzzzz", "Known here:"],
    ["no model", WITHOUT_MODEL, "model", "required"],
    ["a key with a space", { ...VALID, api_key: "canary key" }, "api_key", "printable ASCII"],
    ["a key with a line break", { ...VALID, api_key: "canary\r\nx: y" }, "api_key", "printable ASCII"],
    ["an empty key", { ...VALID, api_key: "" }, "api_key", "printable ASCII"],
    ["no messages", { ...VALID, messages: [] }, "messages", "not empty"],
    ["a role", { ...VALID, messages: [{ role: "robot", content: "" }] }, "messages[0].role", "system"],
    [
      "a field of a message",
      { ...VALID, messages: [{ role: "user", content: "", refusal: null }] },
      "messages[0].refusal",
      "not known",
    ],
    [
      "a part",
      { ...VALID, messages: [{ role: "user", content: [{ type: "text", txt: "x" }] }] },
      "messages[0].content[0]",
      "",
    ],
    ["a session", { ...VALID, session_id: "not-a-uuid" }, "session_id", "UUID"],
    ["a number", { ...VALID, temperature: "hot" }, "temperature", "number"],
    ["a range", { ...VALID, top_p: 2 }, "top_p", "1"],
    ["a whole number", { ...VALID, max_tokens: 1.5 }, "max_tokens", "whole number"],
    ["an effort", { ...VALID, reasoning_effort: "huge" }, "reasoning_effort", "medium"],
    ["a provider", { ...VALID, provider: "cohere" }, "provider", "anthropic"],
    [
      "an option",
      { ...VALID, stream_options: { include_usge: true } },
      "stream_options.include_usge",
      "include_usage",
    ],
    ["__proto__", JSON.parse('{"__proto__":{"polluted":true}}'), "__proto__", "not known"],
  ])("%s", (_, body, param, words) => {
    const failure = refusal(body);
    expect(failure.param).toStartWith(param);
    expect(failure.message).toContain(words);
  });

  test.each([[null], ["text"], [42], [[]]])("a body that is %p", (body) => {
    expect(refusal(body).message).toContain("JSON object");
  });
});
