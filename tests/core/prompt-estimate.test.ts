import { expect, test } from "bun:test";
import { estimatePrompt, promptCut } from "../../src/core/prompt-estimate.ts";

/** Prompts that a provider cut in silence are told from those whose text makes few tokens. */

const chat = (content: string) => ({ messages: [{ role: "user", content } as const] });
const words = (count: number) => Array.from({ length: count }, (_, i) => `word${i % 97}`).join(" ");

test("a prompt of which the provider read fewer tokens than it has words", () => {
  expect(promptCut(chat(words(6_000)), 4_096)).toEqual({ sent: 6_000, read: 4_096 });
  expect(promptCut(chat("漢字".repeat(5_000)), 6_000)).toBeUndefined();
  expect(promptCut(chat("漢字".repeat(5_000)), 1_000)).toEqual({ sent: 5_000, read: 1_000 });
});

test.each([
  ["all of it was read", words(6_000), 7_000],
  ["somewhat more tokens than words", words(6_000), 6_001],
  ["long runs of one character make few tokens", "a".repeat(100_000), 800],
  ["so do long runs of spaces and lines", " \n".repeat(50_000), 400],
  ["base64 is one word, whatever its length", "QUJD".repeat(20_000), 600],
  ["a short prompt", words(400), 12],
  ["a provider that reports nothing", words(6_000), 0],
])("%s: no alarm", (_name, text, read) => {
  expect(promptCut(chat(text), read)).toBeUndefined();
});

test("an estimate counts tools too, and is never nothing", () => {
  expect(estimatePrompt(chat(""))).toBe(1);
  expect(estimatePrompt(chat("x".repeat(400)))).toBe(100);
  expect(estimatePrompt({ ...chat("x".repeat(400)), tools: [{ name: "find" }] })).toBeGreaterThan(100);
});
