import { describe, expect, test } from "bun:test";
import { decodeCarrier, encodeCarrier, isCarrier } from "../../src/core/carrier.ts";
import type { ReasoningPart } from "../../src/core/message.ts";

const KINDS: Readonly<Record<string, readonly ReasoningPart[]>> = {
  plain: [{ type: "reasoning", text: "Let me think … 思" }],
  "a Responses item": [{ type: "reasoning", text: "Summary", encrypted: { id: "rs_1", content: "gAAA+/=" } }],
  "a Responses item without an id": [{ type: "reasoning", text: "", encrypted: { content: "x" } }],
  "a signed block": [{ type: "reasoning", text: "Let me think … 思", signature: "sig==" }],
  "a signature alone": [{ type: "reasoning", text: "", signature: "sig==" }],
  "several blocks of Anthropic's": [
    { type: "reasoning", text: "one", signature: "s1" },
    { type: "reasoning", text: "", redacted: "opaque" },
    { type: "reasoning", text: "two", signature: "s2" },
  ],
};

describe("a carrier gives back what was put in", () => {
  for (const [kind, blocks] of Object.entries(KINDS)) {
    test(kind, () => {
      const carrier = encodeCarrier(blocks);
      expect(isCarrier(carrier)).toBeTrue();
      expect(carrier).toMatch(/^nash1:[A-Za-z0-9+/=]+$/);
      const shown = blocks.map((block) => block.text).join("");
      expect(decodeCarrier(carrier, shown)).toEqual([...blocks]);
    });
  }
});

test("the forms inside are those that are documented", () => {
  const payload = (blocks: readonly ReasoningPart[]) =>
    JSON.parse(atob(encodeCarrier(blocks).slice("nash1:".length)));
  expect(payload([{ type: "reasoning", text: "t" }])).toEqual({ t: "plain" });
  expect(payload([{ type: "reasoning", text: "t", encrypted: { id: "rs_1", content: "e" } }])).toEqual({
    id: "rs_1",
    ec: "e",
  });
  expect(payload([{ type: "reasoning", text: "t", signature: "s" }])).toEqual([
    { thinking: "t", signature: "s" },
  ]);
});

describe("what is none of ours is not read", () => {
  for (const text of [
    "",
    "EqQBCgIYAhIM",
    "nash1:",
    "nash1:!!!",
    "nash1:W10=",
    `nash1:${btoa('[{"x":1}]')}`,
  ]) {
    test(JSON.stringify(text), () => expect(decodeCarrier(text, "t")).toBeUndefined());
  }
  test("absent", () => expect(decodeCarrier(undefined, "t")).toBeUndefined());
});
