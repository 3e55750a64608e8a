import { expect, test } from "bun:test";
import fc from "fast-check";
import { MinimumHeap } from "../../src/tokens/heap.ts";
import { Merge } from "../../src/tokens/merge.ts";
import { Vocabulary } from "../../src/tokens/vocabulary.ts";
import { VOCABULARIES } from "./vocabularies.ts";

const RANKS = {
  o200k: () => import("gpt-tokenizer/bpeRanks/o200k_base"),
  cl100k: () => import("gpt-tokenizer/bpeRanks/cl100k_base"),
};

const file = (tokens: readonly string[]): Uint8Array =>
  new TextEncoder().encode(tokens.map((token, rank) => `${btoa(token)} ${rank}\n`).join(""));

test("a heap gives its numbers back in order", () => {
  fc.assert(
    fc.property(fc.array(fc.nat()), (numbers) => {
      const heap = new MinimumHeap();
      for (const number of numbers) heap.push(number);
      expect(numbers.map(() => heap.pop())).toEqual(numbers.toSorted((a, b) => a - b));
      expect(heap.size).toBe(0);
    }),
  );
});

test("a vocabulary knows the rank of its tokens and of nothing else", () => {
  const vocabulary = new Vocabulary(file(["a", "b", "ab", "\xff\x00", "abab"]));
  const rank = (text: string): number => {
    const bytes = Uint8Array.from(`..${text}..`, (character) => character.charCodeAt(0));
    return vocabulary.rank(bytes, 2, bytes.length - 2);
  };
  expect(["a", "b", "ab", "\xff\x00", "abab"].map(rank)).toEqual([0, 1, 2, 3, 4]);
  expect(["", "c", "ba", "aba", "\xff", "a".repeat(200)].map(rank)).toEqual([-1, -1, -1, -1, -1, -1]);
});

test.each([
  ["o200k", 199_998],
  ["cl100k", 100_256],
] as const)("every token of %s is found under its rank", async (encoding, size) => {
  const { default: tokens } = await RANKS[encoding]();
  const wrong = tokens.filter((token, rank) => {
    const bytes = typeof token === "string" ? Buffer.from(token) : Uint8Array.from(token);
    return VOCABULARIES[encoding].rank(bytes, 0, bytes.length) !== rank;
  });
  expect(wrong).toEqual([]);
  expect(tokens).toHaveLength(size);
});

test("a vocabulary whose ranks do not count up is refused", () => {
  expect(() => new Vocabulary(new TextEncoder().encode("YQ== 0\nYg== 2\n"))).toThrow("broken at rank 1");
});

test("a merge gives the same however small its steps, and can be used again", () => {
  const merge = new Merge(VOCABULARIES.cl100k);
  const count = (text: string, pairs: number): number => {
    const bytes = new TextEncoder().encode(text);
    merge.begin(bytes, 0, bytes.length);
    while (!merge.advance(pairs));
    return merge.tokens;
  };
  fc.assert(
    fc.property(fc.stringMatching(/^[a-e中 ]{1,80}$/), fc.integer({ min: 1, max: 9 }), (text, pairs) => {
      expect(count(text, pairs)).toBe(count(text, Number.POSITIVE_INFINITY));
    }),
  );
});

test("of equal pairs the leftmost is merged first", () => {
  const merge = new Merge(new Vocabulary(file(["a", "b", "aa", "aab"])));
  merge.begin(new TextEncoder().encode("aaab"), 0, 4);
  while (!merge.advance(1));
  expect(merge.tokens).toBe(3); // aa, a, b: from the right it would be a, aab
});
