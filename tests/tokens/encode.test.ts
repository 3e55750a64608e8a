import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import { countTokens as libraryCl100k } from "gpt-tokenizer/encoding/cl100k_base";
import { countTokens as libraryO200k } from "gpt-tokenizer/encoding/o200k_base";
import { countTokens } from "../../src/tokens/encode.ts";
import type { Encoding } from "../../src/tokens/worker-messages.ts";
import { countNow, VOCABULARIES } from "./vocabularies.ts";

const LIBRARY = { o200k: libraryO200k, cl100k: libraryCl100k };
const libraryCount = (encoding: Encoding, text: string): number =>
  LIBRARY[encoding](text, { disallowedSpecial: new Set() });

/** Everything that the encodings' expressions treat in a way of its own. */
const NASTY = [
  ...[
    " ",
    "  ",
    "\n",
    "\r\n",
    "\r",
    "\t",
    "\u000b",
    "\u00a0",
    "\u3000",
    "\u2028",
    "\u180e",
    "\u200b",
    "\u0000",
  ],
  ...["'s", "'LL", "'Ve", "'", "’", "ſ", "can't", "I'M"],
  ...["a", "B", "é", "ß", "Ǆ", "ǅ", "ʰ", "word", "THE", "CamelCase", "iPhone", "Ж", "𐐀", "𐐨"],
  ...["1", "23", "4567", "٣", "½", "Ⅷ", "中", "文字", "ひら", "カナ", "한글", "ก", "ा", "ي"],
  ...["😀", "👨‍👩‍👧", "🏳️‍🌈", "👍🏽", "\u0301", "\u200d", "\ufe0f", "\ud800", "\udc00"],
  ...["/", "//", "!", "...", "{", "}", "_", "-", "=", "<|endoftext|>", "<|im_start|>", "https://", "\\n"],
];

const nasty = fc.array(fc.constantFrom(...NASTY), { maxLength: 60 }).map((parts) => parts.join(""));
/** Few kinds of pieces at a time make long runs of the same. */
const runs = fc
  .tuple(
    fc.uniqueArray(fc.constantFrom(...NASTY), { minLength: 1, maxLength: 3 }),
    fc.array(fc.nat(2), { maxLength: 200 }),
  )
  .map(([pieces, picks]) => picks.map((pick) => pieces[pick % pieces.length]).join(""));
/** Any UTF-16, lone surrogates among it, but for the two characters that the library splits wrongly. */
const units = fc
  .array(fc.nat(0xffff), { maxLength: 100 })
  .map((codes) => String.fromCharCode(...codes.filter((code) => code !== 0xfeff && code !== 0x85)));

describe.each(["o200k", "cl100k"] as const)("%s", (encoding) => {
  test.each([
    ["nasty pieces", nasty],
    ["long runs", runs],
    ["any UTF-16", units],
    ["any text", fc.lorem({ mode: "sentences", maxCount: 20 })],
  ])("counts %s as the library does", (_, texts) => {
    fc.assert(
      fc.property(texts, (text) => {
        expect(countNow(encoding, text)).toBe(libraryCount(encoding, text));
      }),
      { numRuns: 400 },
    );
  });

  test.each([
    ["Chinese without a space", "这是一个没有空格的很长的中文文本用来测试分词器".repeat(130)],
    ["one Chinese character", "中".repeat(3_000)],
    ["spaces", " ".repeat(4_000)],
    ["spaces before a word", `${" ".repeat(4_000)}x`],
    ["mixed white space", " \n\t\r\n".repeat(800)],
    ["one letter", "a".repeat(4_000)],
    ["one capital", "A".repeat(4_000)],
    ["emoji", "😀".repeat(1_000)],
    ["families", "👨‍👩‍👧".repeat(300)],
    ["combining marks", `e${"\u0301".repeat(2_000)}`],
    ["lone surrogates", "\ud800".repeat(1_500)],
    ["punctuation", "!?".repeat(2_000)],
  ])("counts a run of %s as the library does", (_, text) => {
    expect(countNow(encoding, text)).toBe(libraryCount(encoding, text));
  });

  test("takes special tokens for text", () => {
    const text = "<|endoftext|>a<|im_start|>";
    expect(countNow(encoding, text)).toBe(14);
    expect(countNow(encoding, "")).toBe(0);
  });
});

// By OpenAI's own tiktoken (Rust), which the library differs from: see `split` in encode.ts.
test.each([
  ["\ufeff", 1, 1],
  ["\ufeff# Title", 2, 2],
  ["a\ufeff b", 3, 3],
  ["\ufeff\ufeffx", 2, 3],
  ["\u0085x", 3, 3],
  ["a \u0085 b", 4, 4],
])("white space is Unicode's: %j", (text, o200k, cl100k) => {
  expect([countNow("o200k", text), countNow("cl100k", text)]).toEqual([o200k, cl100k]);
});

// Far beyond what the library can be waited for. The counts follow from the tokens: there are tokens for 128
// spaces and for 8 letters "a", and one for this emoji.
test.each([
  ["200,000 spaces", " ".repeat(200_000), 1_563],
  ["a million letters", "a".repeat(1_000_000), 125_000],
  ["100,000 emoji", "😀".repeat(100_000), 100_000],
  ["300,000 Chinese characters", "中".repeat(300_000), 300_000],
])("counts %s, with pauses", (_, text, tokens) => {
  const steps = countTokens(VOCABULARIES.o200k, "o200k", text);
  let pauses = 0;
  let step = steps.next();
  for (; !step.done; step = steps.next()) pauses++;
  expect(step.value).toBe(tokens);
  expect(pauses).toBeGreaterThan(10);
});

test("counts a text of many words in pauses as it does without", () => {
  const sentence = "The quick brown fox can't jump over 12345 lazy dogs; isn't that odd? ";
  expect(countNow("o200k", sentence.repeat(1_000))).toBe(libraryCount("o200k", sentence.repeat(1_000)));
});
