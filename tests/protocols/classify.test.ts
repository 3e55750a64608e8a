import { describe, expect, test } from "bun:test";
import type { ChatEvent } from "../../src/core/event.ts";
import { type FailureType, isRetryable, statusOf } from "../../src/core/failure.ts";
import { anthropicMessages } from "../../src/protocols/anthropic-messages/protocol.ts";
import { classify, classifyResponse } from "../../src/protocols/classify.ts";
import { reportFromJson } from "../../src/protocols/error-report.ts";
import { announcesFailure } from "../../src/protocols/error-signs.ts";
import { openaiChat } from "../../src/protocols/openai-chat/protocol.ts";

function answer(status: number, body: unknown, headers: Record<string, string> = {}) {
  const text = typeof body === "string" ? body : JSON.stringify(body);
  return classifyResponse(status, new Headers(headers), text);
}

describe("a status that says it all", () => {
  test.each<[number, FailureType, number, boolean]>([
    [301, "upstream", 502, false],
    [307, "upstream", 502, false],
    [400, "invalid_request", 400, false],
    [401, "authentication", 401, false],
    [402, "quota", 402, false],
    [403, "permission", 403, false],
    [404, "not_found", 404, false],
    [405, "invalid_request", 405, false],
    [408, "timeout", 504, true],
    [409, "invalid_request", 409, false],
    [413, "too_large", 413, false],
    [422, "invalid_request", 422, false],
    [429, "rate_limit", 429, true],
    [500, "upstream", 502, true],
    [501, "upstream", 502, true],
    [502, "upstream", 502, true],
    [503, "overloaded", 503, true],
    [504, "timeout", 504, true],
    [520, "upstream", 502, true],
    [529, "overloaded", 503, true],
  ])("%d is %s, answered with %d", (status, type, ours, retryable) => {
    for (const body of ["", "{}", "[]", "null", '{"error":null}', "<html>No.</html>", '"no"', "7"]) {
      const failure = answer(status, body);
      expect(failure).toMatchObject({ type, providerStatus: status });
      expect(statusOf(failure)).toBe(ours);
      expect(isRetryable(failure)).toBe(retryable);
      expect(failure.message).not.toBe("");
    }
  });

  test("a redirect is told as one, whatever its page says", () => {
    expect(answer(302, "<a href='https://evil.example/'>Found</a>").message).toBe(
      "The provider answered with a redirect (302), which is not followed.",
    );
  });
});

describe("a meaning that counts for more than the status", () => {
  test.each<[string, number, unknown, FailureType, number]>([
    [
      "a key refused with 400",
      400,
      { error: { message: "API key expired. Please renew." } },
      "authentication",
      401,
    ],
    [
      "a key refused with 403",
      403,
      { error: { code: "invalid_api_key", message: "No." } },
      "authentication",
      401,
    ],
    ["a key refused with 404", 404, { error: { code: "unauthenticated" } }, "authentication", 401],
    ["a key refused with 422", 422, { detail: "Missing API key" }, "authentication", 401],
    ["a key refused with 500", 500, { error: { type: "authentication_error" } }, "authentication", 401],
    [
      "a key without the permission",
      403,
      { error: { message: "Your API key may not use this." } },
      "permission",
      403,
    ],
    ["an overflow as 413", 413, { error: { message: "prompt is too long" } }, "context_overflow", 400],
    ["an overflow as 422", 422, { detail: "maximum context length is 8" }, "context_overflow", 400],
    [
      "an overflow as 500",
      500,
      { error: "the request exceeds the available context size" },
      "context_overflow",
      400,
    ],
    ["a full account as 429", 429, { error: { code: "billing_hard_limit_reached" } }, "quota", 429],
    ["a full account in words", 429, { error: { message: "Insufficient balance." } }, "quota", 429],
    [
      "a spent credit as 400",
      400,
      { error: { message: "Your credit balance is too low." } },
      "invalid_request",
      400,
    ],
    ["a filter as 400", 400, { error: { code: "content_policy_violation" } }, "content_filter", 400],
    ["a filter as 403", 403, { error: { message: "Your input was flagged" } }, "content_filter", 403],
    ["a model not found as 400", 400, { error: { code: "model_not_found" } }, "not_found", 400],
    ["no permission as 400", 400, { error: { status: "PERMISSION_DENIED" } }, "permission", 400],
    ["too long as 429, which is a limit by the minute", 429, { error: "too many tokens" }, "rate_limit", 429],
  ])("%s", (_name, status, body, type, ours) => {
    const failure = answer(status, body);
    expect([failure.type, statusOf(failure)]).toEqual([type, ours]);
  });
});

describe("the provider's word on another try", () => {
  test("is believed", () => {
    expect(isRetryable(answer(500, "", { "x-should-retry": "false" }))).toBe(false);
    expect(isRetryable(answer(400, "", { "x-should-retry": "true" }))).toBe(true);
  });

  test("does not make us follow a redirect", () => {
    expect(isRetryable(answer(307, "", { "x-should-retry": "true" }))).toBe(false);
  });

  test("about the time is taken from the headers first", () => {
    const details = [{ retryDelay: "30s" }];
    expect(answer(429, { error: { details } }, { "retry-after": "5" }).retryAfter).toBe(5);
    expect(answer(429, { error: { details } }).retryAfter).toBe(30);
    expect(answer(429, { error: { details: [{ retryDelay: "soon" }] } }).retryAfter).toBeUndefined();
  });
});

/** Inside a stream there is no status, but codes tell of one (docs/providers.md 1.3). */
describe("an error without a status", () => {
  test.each<[unknown, FailureType, number]>([
    [{ code: 429 }, "rate_limit", 429],
    [{ code: "503" }, "overloaded", 503],
    [{ status_code: 404 }, "not_found", 404],
    [{ code: 200 }, "upstream", 502],
    [{ code: 1234 }, "upstream", 502],
    [{ code: "rate_limit_exceeded" }, "rate_limit", 429],
    [{ code: "RateLimitReached" }, "rate_limit", 429],
    [{ code: "slow_down" }, "rate_limit", 429],
    [{ code: "insufficient_quota" }, "quota", 429],
    [{ type: "billing_error" }, "quota", 402],
    [{ message: "Insufficient Balance", code: "invalid_request_error" }, "quota", 429],
    [{ type: "authentication_error" }, "authentication", 401],
    [{ message: "Invalid API key." }, "authentication", 401],
    [{ type: "permission_error" }, "permission", 403],
    [{ code: "DeploymentNotFound" }, "not_found", 404],
    [{ type: "request_too_large" }, "too_large", 413],
    [{ type: "overloaded_error" }, "overloaded", 503],
    [{ status: "UNAVAILABLE" }, "overloaded", 503],
    [{ type: "timeout_error" }, "timeout", 504],
    [{ status: "DEADLINE_EXCEEDED" }, "timeout", 504],
    [{ code: "context_length_exceeded" }, "context_overflow", 400],
    [{ message: "prompt is too long" }, "context_overflow", 400],
    [{ code: "content_filter" }, "content_filter", 400],
    [{ type: "invalid_request_error" }, "invalid_request", 400],
    [{ type: "api_error" }, "upstream", 502],
    [{ type: "server_error" }, "upstream", 502],
    [{ message: "It broke." }, "upstream", 502],
    [{}, "upstream", 502],
  ])("%o", (error, type, status) => {
    const failure = classify(reportFromJson({ error }));
    expect([failure.type, statusOf(failure)]).toEqual([type, status]);
  });
});

describe("numbers and lists that nobody means", () => {
  test.each(["9".repeat(400), "1e9", "31622401"])("a wait of %s seconds is none", (wait) => {
    expect(answer(429, "", { "retry-after": wait }).retryAfter).toBeUndefined();
  });

  test("nor is one for ever in the body", () => {
    const details = [{ retryDelay: `${"9".repeat(400)}s` }];
    expect(answer(429, { error: { message: "a", details } }).retryAfter).toBeUndefined();
  });

  test("a status between two is none", () => {
    expect(answer(200, { error: { message: "a", code: 450.5 } }).providerStatus).toBe(200);
  });

  test("a place that is no text is left out", () => {
    const detail = [{ msg: "a", loc: ["body", { toString: null }, [["x"]], 3] }];
    expect(answer(422, { detail }).message).toBe("body.3: a");
  });
});

describe("what tells of an error", () => {
  test.each<[object, boolean]>([
    [{ error: { message: "a" } }, true],
    [{ error: "a" }, true],
    [{ object: "error", message: "a" }, true],
    [{ type: "error" }, true],
    [{ message: "a" }, true],
    [{ detail: "a" }, true],
    [{ detail: [{ loc: ["body"], msg: "a" }] }, true],
    [{ fault: { faultstring: "a" } }, true],
    [{ message: "a", type: "invalid_request_error", code: null }, true],
    [{ error: null, choices: [] }, false],
    [{ choices: [], message: "a" }, false],
    [{ type: "message", content: [], message: "a" }, false],
    [{ type: "message_start", message: {} }, false],
    [{ type: "status", message: "Searching the web." }, false],
    [{ object: "chat.completion.chunk" }, false],
    [{ type: "ping" }, false],
    [{}, false],
  ])("%o: %p", (json, isError) => {
    expect(announcesFailure(json as Record<string, unknown>)).toBe(isError);
  });
});

const NO_ANSWERS: unknown[] = [null, 7, "text", [], {}, { choices: [] }, { content: "text" }, [[]]];

test.each(NO_ANSWERS.map((json) => [JSON.stringify(json), json]))(
  "%s in place of an answer is bad output",
  (_name, json) => {
    for (const protocol of [openaiChat, anthropicMessages]) {
      const events: ChatEvent[] = [];
      protocol.reply(json, events);
      expect(events).toMatchObject([{ type: "error", failure: { type: "bad_output" } }]);
    }
  },
);
