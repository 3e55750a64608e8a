import { expect, test } from "bun:test";
import { asCount, asNumber, asObject, asText, isObject, objectsIn, parseJson } from "../../src/core/json.ts";

const VALUES = [
  undefined,
  null,
  -1,
  0,
  1.5,
  1e300,
  Number.NaN,
  Number.POSITIVE_INFINITY,
  "",
  "a",
  true,
  [],
  [{}],
  {},
];

test.each([
  ["isObject", (value: unknown) => isObject(value), [{}]],
  ["asObject", (value: unknown) => asObject(value) !== undefined, [{}]],
  ["asText", (value: unknown) => asText(value) !== undefined, ["a"]],
  ["asNumber", (value: unknown) => asNumber(value) !== undefined, [-1, 0, 1.5, 1e300]],
  ["asCount", (value: unknown) => asCount(value) !== undefined, [0]],
])("%s takes nothing for what it is not", (_name, takes, taken) => {
  expect(VALUES.filter(takes)).toEqual(taken);
});

test("objectsIn gives the objects of a list", () => {
  const row = { a: 1 };
  expect(objectsIn([row, null, [row], "a", row])).toEqual([row, row]);
  for (const value of [undefined, null, row, "a"]) expect(objectsIn(value)).toEqual([]);
});

test("parseJson gives undefined for what is no JSON", () => {
  expect(parseJson('{"a":null}')).toEqual({ a: null });
  expect(parseJson("null")).toBeNull();
  for (const text of ["", "{", "undefined", "{'a':1}"]) expect(parseJson(text)).toBeUndefined();
});
