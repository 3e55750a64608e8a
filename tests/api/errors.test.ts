import { describe, expect, test } from "bun:test";
import { anthropicDialect } from "../../src/api/anthropic/dialect.ts";
import { openaiChatDialect } from "../../src/api/openai-chat/dialect.ts";
import type { Failure, FailureType } from "../../src/core/failure.ts";
import { serving } from "./dialect-support.ts";

const CONTEXT = { requestId: "req_1", session: { id: "3f0c2a7e-5b1d-4f6a-9c8e-2d7b1a6e4f50" } };

/** Status, type and code for OpenAI; status and type for Anthropic; whether SDKs are to ask again. */
const TABLE: Readonly<
  Record<FailureType, readonly [number, string, string | null, number, string, boolean]>
> = {
  invalid_request: [400, "invalid_request_error", null, 400, "invalid_request_error", false],
  unauthorized: [401, "invalid_request_error", "invalid_api_key", 401, "authentication_error", false],
  authentication: [401, "invalid_request_error", "invalid_api_key", 401, "authentication_error", false],
  forbidden: [403, "invalid_request_error", "permission_denied", 403, "permission_error", false],
  permission: [403, "invalid_request_error", "permission_denied", 403, "permission_error", false],
  not_found: [404, "invalid_request_error", "model_not_found", 404, "not_found_error", false],
  method_not_allowed: [
    405,
    "invalid_request_error",
    "method_not_allowed",
    405,
    "invalid_request_error",
    false,
  ],
  unsupported_media_type: [
    415,
    "invalid_request_error",
    "unsupported_media_type",
    415,
    "invalid_request_error",
    false,
  ],
  too_large: [413, "invalid_request_error", "request_too_large", 413, "request_too_large", false],
  rate_limit: [429, "rate_limit_error", "rate_limit_exceeded", 429, "rate_limit_error", true],
  quota: [429, "insufficient_quota", "insufficient_quota", 402, "billing_error", false],
  context_overflow: [
    400,
    "invalid_request_error",
    "context_length_exceeded",
    400,
    "invalid_request_error",
    false,
  ],
  content_filter: [400, "invalid_request_error", "content_filter", 400, "invalid_request_error", false],
  overloaded: [503, "service_unavailable_error", "server_is_overloaded", 529, "overloaded_error", true],
  timeout: [504, "timeout_error", "timeout", 504, "timeout_error", true],
  upstream: [502, "server_error", "upstream_error", 502, "api_error", true],
  network: [502, "server_error", "upstream_error", 502, "api_error", true],
  bad_output: [502, "server_error", "upstream_error", 502, "api_error", true],
  incomplete: [502, "server_error", "upstream_error", 502, "api_error", true],
  internal: [500, "server_error", null, 500, "api_error", true],
};

describe("every failure in the form of each vendor", () => {
  for (const [type, [status, kind, code, otherStatus, otherKind, retry]] of Object.entries(TABLE)) {
    const failure: Failure = { type: type as FailureType, message: "Words.", providerStatus: 599 };

    test(`${type}, OpenAI's`, () => {
      const reply = openaiChatDialect.error(failure, CONTEXT);
      expect(reply.status).toBe(status);
      expect(reply.body).toEqual({ error: { message: "Words.", type: kind, param: null, code } });
      expect(reply.headers).toMatchObject({
        "x-request-id": "req_1",
        "request-id": "req_1",
        "x-session-id": CONTEXT.session.id,
        "x-should-retry": String(retry),
      });
    });

    test(`${type}, Anthropic's`, () => {
      const reply = anthropicDialect.error(failure, CONTEXT);
      expect(reply.status).toBe(otherStatus);
      const message = type === "context_overflow" ? "prompt is too long" : "Words.";
      expect(reply.body).toEqual({ type: "error", error: { type: otherKind, message }, request_id: "req_1" });
      expect(reply.headers["x-should-retry"]).toBe(String(retry));
    });
  }
});

test("a wait is passed on, and nobody is told to ask again after a minute or more", () => {
  const limited = (retryAfter: number) =>
    openaiChatDialect.error({ type: "rate_limit", message: "Slow.", retryAfter }, CONTEXT).headers;
  expect(limited(7)).toMatchObject({ "retry-after": "7", "x-should-retry": "true" });
  expect(limited(7)["retry-after-ms"]).toBeUndefined();
  expect(limited(0.25)).toMatchObject({ "retry-after": "1", "retry-after-ms": "250" });
  expect(limited(61)["x-should-retry"]).toBe("false");
});

test("a field is named, in each vendor's way", () => {
  const failure: Failure = {
    type: "invalid_request",
    message: "The field max_tokens is required.",
    param: "max_tokens",
  };
  expect(anthropicDialect.error(failure, CONTEXT).body).toMatchObject({
    error: { message: "max_tokens: Field required" },
  });
  expect(openaiChatDialect.error(failure, CONTEXT).body).toMatchObject({
    error: { param: "max_tokens", code: "invalid_value" },
  });
});

test("a Host that is not ours keeps its status", () => {
  const failure: Failure = { type: "forbidden", message: "Not here.", status: 421 };
  expect(openaiChatDialect.error(failure, CONTEXT).status).toBe(421);
  expect(anthropicDialect.error(failure, CONTEXT).status).toBe(421);
});

test("the SDKs raise the class that belongs to the status", async () => {
  const failure: Failure = { type: "rate_limit", message: "Slow down.", retryAfter: 90 };
  const { status, body } = openaiChatDialect.error(failure, CONTEXT);
  using openai = serving(JSON.stringify(body), "application/json", status);
  const asking = openai.openai.chat.completions.create({
    model: "m",
    messages: [{ role: "user", content: "x" }],
  });
  await expect(asking.then()).rejects.toMatchObject({ status: 429, code: "rate_limit_exceeded" });
  const other = anthropicDialect.error({ type: "overloaded", message: "Full." }, CONTEXT);
  using anthropic = serving(JSON.stringify(other.body), "application/json", other.status);
  const message = anthropic.anthropic.messages.create({
    model: "m",
    max_tokens: 1,
    messages: [{ role: "user", content: "x" }],
  });
  await expect(message.then()).rejects.toMatchObject({ status: 529, type: "overloaded_error" });
});
