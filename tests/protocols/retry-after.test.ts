import { expect, test } from "bun:test";
import { retryAfterIn, shouldRetryIn } from "../../src/protocols/retry-after.ts";

const NOW = Date.parse("2026-11-22T15:00:00Z");

test.each<[Record<string, string>, number | undefined]>([
  [{}, undefined],
  [{ "retry-after": "7" }, 7],
  [{ "retry-after": " 7 " }, 7],
  [{ "retry-after": "0.5" }, 0.5],
  [{ "retry-after": "0" }, 0],
  [{ "retry-after": "Sun, 22 Nov 2026 15:00:30 GMT" }, 30],
  [{ "retry-after": "Sunday, 22-Nov-26 15:00:30 GMT" }, 30],
  [{ "retry-after": "Sun, 22 Nov 2026 14:00:00 GMT" }, 0],
  [{ "retry-after-ms": "1250" }, 1.25],
  [{ "retry-after-ms": "1250", "retry-after": "2" }, 1.25],
  [{ "retry-after-ms": "0", "retry-after": "1" }, 1],
  [{ "retry-after-ms": "soon", "retry-after": "1" }, 1],
  [{ "retry-after-ms": "Infinity" }, undefined],
  [{ "retry-after": "" }, undefined],
  [{ "retry-after": "soon" }, undefined],
  [{ "retry-after": "-5" }, undefined],
  [{ "retry-after": "1s" }, undefined],
  [{ "retry-after": "6m0s" }, undefined],
  [{ "retry-after": "2026" }, 2026],
  [{ "retry-after": "2026-11-22" }, undefined],
])("%o means %p seconds", (headers, seconds) => {
  expect(retryAfterIn(new Headers(headers), NOW)).toBe(seconds);
});

test.each<[string | undefined, boolean | undefined]>([
  ["true", true],
  ["false", false],
  ["maybe", undefined],
  [undefined, undefined],
])("x-should-retry: %p", (word, should) => {
  expect(shouldRetryIn(new Headers(word === undefined ? {} : { "x-should-retry": word }))).toBe(should);
});
