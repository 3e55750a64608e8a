import { expect, test } from "bun:test";
import { AnswerCollector, collectAnswer } from "../../src/api/collect.ts";
import type { Batch } from "../../src/core/event.ts";
import { ChatError } from "../../src/core/failure.ts";

const END = { type: "end", reason: "stop" } as const;

function source(...batches: Batch[]) {
  return { next: () => Promise.resolve(batches.shift()) };
}

test("neighbours of one kind are joined, and a carrier completes a block", async () => {
  const answer = await collectAnswer(
    source(
      [
        { type: "reasoning", text: "a" },
        { type: "reasoning", text: "b", signature: "s" },
      ],
      [
        { type: "reasoning", text: "c" },
        { type: "text", text: "x" },
        { type: "text", text: "y" },
      ],
      [{ type: "text", text: "No.", refusal: true }, { type: "text", text: "" }, END],
    ),
    "id",
  );
  expect(answer.parts).toEqual([
    { type: "reasoning", text: "ab", signature: "s" },
    { type: "reasoning", text: "c" },
    { type: "text", text: "xy" },
    { type: "refusal", refusal: "No." },
  ]);
  expect(answer.end).toBe(END);
});

test("a failure is thrown, whatever came before it", async () => {
  const failure = { type: "incomplete", message: "Cut." } as const;
  const collecting = collectAnswer(source([{ type: "text", text: "x" }], [{ type: "error", failure }]), "id");
  await expect(collecting).rejects.toMatchObject({ failure });
  await expect(collectAnswer(source([{ type: "text", text: "x" }]), "id")).rejects.toThrow(ChatError);
});

test("arguments are letter for letter, also where they are no JSON (row 12); half a call is left out at a cut", () => {
  const call = { type: "tool-call", index: 0, id: "a", name: "f", arguments: '{"a": 1,}' } as const;
  const ended = (reason: "tool_calls" | "length") => {
    const collector = new AnswerCollector("id");
    collector.batch([call, { type: "end", reason }]);
    return collector.answer().toolCalls;
  };
  expect(ended("tool_calls")).toEqual([
    { id: "a", type: "function", function: { name: "f", arguments: '{"a": 1,}' } },
  ]);
  expect(ended("length")).toEqual([]);
});

test("a call that was never named is no answer", () => {
  const collector = new AnswerCollector("id");
  collector.batch([{ type: "tool-call", index: 0, id: "a", arguments: "{}" }, END]);
  expect(() => collector.answer()).toThrow("without the name");
});

test("raw is the provider's JSON where there was one frame, not where it was streamed", () => {
  const one = new AnswerCollector("id");
  one.batch([{ type: "frame", data: "{}" }, END]);
  expect(one.answer().raw).toBe("{}");
  const two = new AnswerCollector("id");
  two.batch([{ type: "frame", data: "{}" }, { type: "frame", data: "{}" }, END]);
  expect(two.answer().raw).toBeUndefined();
});
