import { describe, expect, test } from "bun:test";
import {
  ChatError,
  FAILURE_STATUS,
  type FailureType,
  invalidField,
  isRetryable,
  statusOf,
} from "../../src/core/failure.ts";

/** The table of docs/protocol.md 2. */
const TABLE: [FailureType, number, boolean][] = [
  ["invalid_request", 422, false],
  ["unauthorized", 401, false],
  ["forbidden", 403, false],
  ["not_found", 404, false],
  ["method_not_allowed", 405, false],
  ["unsupported_media_type", 415, false],
  ["too_large", 413, false],
  ["authentication", 401, false],
  ["permission", 403, false],
  ["content_filter", 400, false],
  ["quota", 429, false],
  ["rate_limit", 429, true],
  ["context_overflow", 400, false],
  ["upstream", 502, true],
  ["network", 502, true],
  ["bad_output", 502, false],
  ["incomplete", 502, true],
  ["overloaded", 503, true],
  ["timeout", 504, true],
  ["internal", 500, false],
];

test.each(TABLE)("%s is answered with %d, worth another try: %p", (type, status, retryable) => {
  expect(statusOf({ type, message: "" })).toBe(status);
  expect(isRetryable({ type, message: "" })).toBe(retryable);
});

test("the table is whole", () => {
  expect(TABLE.map(([type]) => type).sort()).toEqual(Object.keys(FAILURE_STATUS).sort() as FailureType[]);
});

describe("a failure", () => {
  test("may have a status of its own", () => {
    expect(statusOf({ type: "quota", message: "", status: 402 })).toBe(402);
  });

  test("may say itself whether trying again helps", () => {
    expect(isRetryable({ type: "upstream", message: "", retryable: false })).toBe(false);
    expect(isRetryable({ type: "quota", message: "", retryable: true })).toBe(true);
  });

  test("travels in an error", () => {
    const error = invalidField("messages[0]", "No.");
    expect(error).toBeInstanceOf(ChatError);
    expect(error.failure).toEqual({ type: "invalid_request", message: "No.", param: "messages[0]" });
    expect(error.message).toBe("No.");
  });
});
