import { describe, expect, test } from "bun:test";
import { anthropic } from "../../src/sandbox/anthropic/protocol.ts";
import { countTokens } from "../../src/sandbox/anthropic/rules.ts";
import { call, HELLO, image, rejection, text } from "./anthropic-requests.ts";

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
    [{ context_management: { edits: [] } }, "context_management: Extra inputs are not permitted"],
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
    [{ system: "Be brief." }],
    [{ system: [{ type: "text", text: "Be brief.", cache_control: { type: "ephemeral" } }] }],
    [image({ type: "base64", media_type: "image/webp", data: "UklGRg==" })],
    [image({ type: "url", url: "https://a.test/b.png" })],
    [{ messages: [HELLO, { role: "system", content: "Be brief." }] }],
    [{ model: "demo-obedient", messages: [HELLO, { role: "assistant", content: "It is Par" }] }],
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
