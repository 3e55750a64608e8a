import { describe, expect, test } from "bun:test";
import { demoAnswer } from "../../src/sandbox/demo-answer.ts";
import { findScenario } from "../../src/sandbox/models.ts";
import { context } from "./script-context.ts";

describe("asked to show what there is, the demo", () => {
  function shown(text: string): { text: string; reasoning: string; calls: number } {
    const steps = [...(findScenario("demo")?.scenario.script?.(context(text)) ?? [])];
    const said = (kind: "text" | "reasoning") =>
      steps.map((step) => (step.do === kind && "text" in step ? step.text : "")).join("");
    return {
      text: said("text"),
      reasoning: said("reasoning"),
      calls: steps.filter((step) => step.do === "call").length,
    };
  }

  test.each([
    ["markdown", ["## ", "**", "| model |", "```ts", "- [x] ", "&amp;", "$a*b*c$"]],
    ["Answer in Markdown, please.", ["## "]],
    ["Show me a table and some code.", ["| model |", "```ts"]],
    ["Could you write a list?", ["1. First", "   - "]],
    ["Give me a function in TypeScript", ["```ts"]],
  ])("answers %j with it", (text, expected) => {
    const answer = shown(text);
    expect(answer.text).toStartWith("[demo] ");
    expect(answer.text).toContain("language model");
    for (const piece of expected) expect(answer.text).toContain(piece);
    expect([answer.reasoning, answer.calls]).toEqual(["", 0]);
  });

  test("calls a tool, and reasons", () => {
    expect(shown("Make a tool call.")).toEqual({ text: "", reasoning: "", calls: 1 });
    expect(shown("Show your reasoning.").reasoning).not.toBe("");
    expect(shown("Show your reasoning.").text).toStartWith("[demo] ");
  });

  test.each(["Hello", "The table is set.", "Is the code ready?", "Who are you?"])(
    "and else talks as ever: %j",
    (text) => {
      expect(shown(text).text).toBe(demoAnswer(context(text)));
    },
  );
});
