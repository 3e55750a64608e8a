import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import { cutText } from "../../src/chat/cut.ts";

/** Texts of what is hard to cut: white space, points, pairs, families, marks. */
const oddText = fc
  .array(
    fc.oneof(
      fc.string({ unit: "grapheme", maxLength: 20 }),
      fc.string({ unit: "binary", maxLength: 20 }),
      fc.constantFrom(
        "\n",
        "\n\n",
        " \n \n",
        ". ",
        "! ",
        "3.14",
        "。",
        "   ",
        "😀",
        "👩‍👩‍👧‍👦",
        "é",
        "中",
        "a",
        "\ud83d",
      ),
    ),
    { maxLength: 60 },
  )
  .map((pieces) => pieces.join(""));

const splitsPair = (text: string, at: number) =>
  /^[\ud800-\udbff][\udc00-\udfff]$/.test(text.slice(at - 1, at + 1));

describe("of any text", () => {
  test("the pieces are the text, none empty, none too long, and no pair is split", () => {
    fc.assert(
      fc.property(oddText, fc.integer({ min: 2, max: 40 }), (text, length) => {
        const pieces = cutText(text, length);
        expect(pieces.join("")).toBe(text);
        let at = 0;
        for (const piece of pieces) {
          expect(piece.length).toBeLessThanOrEqual(length);
          if (text !== "") expect(piece).not.toBe("");
          if (at > 0) expect(splitsPair(text, at)).toBeFalse();
          at += piece.length;
        }
      }),
      { numRuns: 2_000 },
    );
  });

  test("a text that fits is not cut", () => {
    fc.assert(
      fc.property(oddText, (text) => expect(cutText(text, Math.max(2, text.length))).toEqual([text])),
    );
  });
});

describe("is cut at the best place in the second half", () => {
  test.each([
    ["a paragraph before a line", "one two.\n\nthree. four\nfive six", "one two.\n\n"],
    ["a paragraph with blanks in it", "one two three.\n \t\n  four. five\nsix", "one two three.\n \t\n  "],
    ["a line before a sentence", "one two three\nfour. Five six seven", "one two three\n"],
    ["a sentence before a word", "One two three. Four five six seven", "One two three. "],
    ["a sentence with its quote", 'He said "one two." Then four five six', 'He said "one two." '],
    ["a question in Arabic", "من أين أنت اليوم؟ نعم من هنا نحن", "من أين أنت اليوم؟ "],
    [
      "a sentence in Japanese",
      "これは最初の長い文です。これは二番目の文なのです",
      "これは最初の長い文です。",
    ],
    ["a word before characters", "aaaaaaaaaaaaa bbbbbbbbbbbbbbbbbbb", "aaaaaaaaaaaaa "],
    ["a character where there is nothing else", "a".repeat(30), "a".repeat(20)],
  ])("%s", (_, text, first) => {
    expect(cutText(text, 20)[0]).toBe(first);
  });

  test("no number is cut at its point", () => {
    expect(cutText("The price will be 12.50 in May", 22)[0]).toBe("The price will be ");
  });

  test("a place in the first half is not worth it", () => {
    expect(cutText("one.\n\ntwo three four five six", 20)[0]).toBe("one.\n\ntwo three ");
  });

  test("what belongs to one character is not parted", () => {
    const family = "👩‍👩‍👧‍👦";
    for (const piece of cutText(family.repeat(20), 100))
      expect(piece).toBe(family.repeat(piece.length / family.length));
    for (const piece of cutText("e\u0301".repeat(200), 31)) expect(piece).toStartWith("e");
  });

  test("a character that is longer than a piece is cut after all", () => {
    const pieces = cutText(`a${"\u0301".repeat(500)}`, 40);
    expect(pieces.join("")).toBe(`a${"\u0301".repeat(500)}`);
    expect(pieces.length).toBe(13);
  });
});

test("the work grows with the length alone", () => {
  // A quadratic cut of any of these would outlast the test.
  for (const unit of ["a", " ", "\n", ". ", ".", '."', "\n ", "中", "😀", "a\u0301", "word word. "]) {
    const text = unit.repeat(2_000_000 / unit.length);
    const pieces = cutText(text, 400_000);
    expect(pieces.length).toBeLessThanOrEqual(11);
    expect(pieces.reduce((sum, piece) => sum + piece.length, 0)).toBe(text.length);
  }
});
