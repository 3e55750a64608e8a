import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import { LeadingReasoning, withoutLeadingReasoning } from "../../src/protocols/leading-reasoning.ts";

function inPieces(text: string, sizes: readonly number[]): string {
  const filter = new LeadingReasoning();
  let said = "";
  let place = 0;
  for (let i = 0; place < text.length; i++) {
    const size = sizes[i % sizes.length] ?? 1;
    said += filter.take(text.slice(place, place + size));
    place += size;
  }
  return said + filter.end();
}

/** Text, and what is left of it. */
const THOUGHT: readonly (readonly [string, string])[] = [
  ["<think>\nLet me count.\n</think>\n\nFacts: ships.", "Facts: ships."],
  ["<think></think>Facts.", "Facts."],
  ["  \n<THINK>a</Think>  Facts.", "Facts."],
  ["<thinking>a</thinking>Facts.", "Facts."],
  ["<thought>a</thought>\nFacts.", "Facts."],
  ["<reasoning>a</reasoning>Facts.", "Facts."],
  ['<think lang="en">a</think>Facts.', "Facts."],
  ["<think>a</think><think>b</think>Facts.", "Facts."],
  ["<seed:think>a</seed:think>Facts.", "Facts."],
  ["[THINK]a[/THINK]Facts.", "Facts."],
  ["◁think▷a◁/think▷Facts.", "Facts."],
  ["<|START_THINKING|>a<|END_THINKING|><|START_RESPONSE|>Facts.", "Facts."],
  ["<|channel|>analysis<|message|>a<|end|><|start|>assistant<|channel|>final<|message|>Facts.", "Facts."],
  ["<unused94>thought\na<unused95>Facts.", "Facts."],
  ["</think>\n\nFacts.", "Facts."],
  ["<think>all of it", ""],
  ["<think>all of it</think>", ""],
  ["<think>a < b </thin k></think>Facts.", "Facts."],
];

/** Text that stays. */
const NO_THOUGHT: readonly string[] = [
  "Facts.",
  "<b>Facts</b>",
  "<thinker>Rodin</thinker>",
  "Facts <think>about</think> ships.",
  "Facts: the user wrote </foo>.",
  "[thin",
  "<",
  "<think",
  "2 < 3",
];

describe("thought at the start of a text", () => {
  test.each(THOUGHT.map(([text, rest]) => [text, rest] as const))("%p leaves %p", (text, rest) => {
    expect(withoutLeadingReasoning(text)).toBe(rest);
    for (const size of [1, 2, 3, 7, 100]) expect(inPieces(text, [size])).toBe(rest);
  });

  test.each(NO_THOUGHT.map((text) => [text] as const))("%p stays", (text) => {
    expect(withoutLeadingReasoning(text)).toBe(text);
    for (const size of [1, 2, 5, 100]) expect(inPieces(text, [size])).toBe(text);
  });

  test("without a mark at its start is known in a whole text", () => {
    expect(withoutLeadingReasoning("Let me count.\n</think>\n\nFacts.")).toBe("Facts.");
    expect(withoutLeadingReasoning("Use <think>x</think> tags.")).toBe("Use <think>x</think> tags.");
  });

  test("comes out alike however the text is cut", () => {
    const piece = fc.constantFrom("<", "think", ">", "</think>", "a", " ", "[THINK]", "/", "<think>", "\n");
    fc.assert(
      fc.property(
        fc.array(piece),
        fc.array(
          fc.nat(4).map((n) => n + 1),
          { minLength: 1 },
        ),
        (parts, sizes) => {
          const text = parts.join("");
          expect(inPieces(text, sizes)).toBe(inPieces(text, [text.length + 1]));
        },
      ),
    );
  });

  test("is not kept while it lasts", () => {
    const filter = new LeadingReasoning();
    filter.take("<think>");
    for (let i = 0; i < 1000; i++) expect(filter.take("x".repeat(10_000))).toBe("");
    expect(filter.take("</think>Facts.")).toBe("Facts.");
  });
});
