import { expect, test } from "bun:test";
import { mergeOptions } from "../../src/protocols/merge-options.ts";

test.each<[string, object, object | undefined, object]>([
  ["nothing", { a: 1 }, undefined, { a: 1 }],
  ["new fields", { a: 1 }, { b: null, c: [1] }, { a: 1, b: null, c: [1] }],
  ["fields that are there count for more", { a: 1, b: { c: 1 } }, { a: 2, b: 3 }, { a: 2, b: 3 }],
  [
    "objects on both sides are merged",
    { a: { b: 1, c: 1 } },
    { a: { c: 2, d: 2 } },
    { a: { b: 1, c: 2, d: 2 } },
  ],
  ["lists are not", { a: [1, 2] }, { a: [3] }, { a: [3] }],
])("%s", (_name, body, options, merged) => {
  const before = structuredClone(body);
  expect(mergeOptions({ ...body }, options as Record<string, unknown> | undefined)).toEqual(
    merged as Record<string, unknown>,
  );
  expect(body).toEqual(before);
});

test("a field called __proto__ is a field like any other", () => {
  const options = JSON.parse('{"__proto__":{"polluted":1},"a":{"__proto__":{"polluted":1}}}') as Record<
    string,
    unknown
  >;
  const merged = mergeOptions({ a: {} }, options);
  expect(JSON.stringify(merged)).toBe('{"a":{"__proto__":{"polluted":1}},"__proto__":{"polluted":1}}');
  expect(({} as { polluted?: number }).polluted).toBeUndefined();
  expect((merged as { polluted?: number }).polluted).toBeUndefined();
});
