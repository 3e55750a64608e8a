import { expect, test } from "bun:test";
import { isSessionId, newSession } from "../../src/core/session.ts";

test("a new session is a UUID of version 4, which Helicone keeps", () => {
  const ids = Array.from({ length: 100 }, () => newSession().id);
  for (const id of ids)
    expect(id).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
  expect(new Set(ids).size).toBe(ids.length);
});

test.each([
  ["3f0c2a7e-5b1d-4f6a-9c8e-2d7b1a6e4f50", true],
  ["3F0C2A7E-5B1D-4F6A-9C8E-2D7B1A6E4F50", true],
  ["00000000-0000-0000-0000-000000000000", true],
  ["0193b5b0-7c1e-7000-8000-123456789abc", true],
  ["3f0c2a7e5b1d4f6a9c8e2d7b1a6e4f50", false],
  ["{3f0c2a7e-5b1d-4f6a-9c8e-2d7b1a6e4f50}", false],
  ["3f0c2a7e-5b1d-4f6a-9c8e-2d7b1a6e4f50\n", false],
  ["3f0c2a7e-5b1d-4f6a-9c8e-2d7b1a6e4f5g", false],
  ["", false],
  [null, false],
  [7, false],
])("%p is a session id: %p", (value, isId) => {
  expect(isSessionId(value)).toBe(isId);
});
