import { expect, test } from "bun:test";
import fc from "fast-check";
import { toolId } from "../../src/core/tool-id.ts";

/** Ids with what makes an escape, and what only looks like one, in them. */
const id = fc.oneof(
  fc.string({
    unit: fc.constantFrom("_", "0", "x", "2", "e", ".", ":", "-", "c", "🦔", "\ud800"),
    maxLength: 12,
  }),
  fc.string(),
);

test("an id that Anthropic takes stays as it is", () => {
  for (const one of ["call_1", "toolu_01A09q90qw90lq917835lq9", "a-b_c", "_", "0x2e_"])
    expect(toolId(one)).toBe(one);
});

test("any other becomes one that it takes", () => {
  expect(toolId("c.1")).toBe("c_0x2e_1");
  fc.assert(fc.property(id, (one) => expect(toolId(one)).toMatch(/^[a-zA-Z0-9_-]+$/)));
});

test("no two become the same", () => {
  expect(new Set(["c.1", "c_1", "c:1", "c_0x2e_1", "", "_0x_"].map(toolId)).size).toBe(6);
  fc.assert(
    fc.property(id, id, (one, other) => {
      fc.pre(one !== other);
      expect(toolId(one)).not.toBe(toolId(other));
    }),
    { numRuns: 2_000 },
  );
});
