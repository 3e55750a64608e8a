import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import { markdownStream } from "../../../../src/cli/client/markdown/markdown-stream.ts";
import { sanitize, sanitizer } from "../../../../src/cli/client/markdown/sanitize.ts";

/** All that a terminal may take for more than text; line feed and tab alone are harmless. */
const HARMFUL = /(?![\n\t])[\p{Cc}\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/u;
const ESC = "\u001b";
const STYLE = new RegExp(`${ESC}\\[[\\d;]*m`, "g");

const hostile = fc
  .array(
    fc.oneof(
      fc.string({ unit: "grapheme", maxLength: 8 }),
      fc.string({
        unit: fc.integer({ min: 0, max: 0x9f }).map((code) => String.fromCharCode(code)),
        maxLength: 8,
      }),
      fc.constantFrom(
        "\u001b[2J",
        "\u001b]0;title\u0007",
        "\u001b]8;;http://x\u001b\\",
        "\u001bPq\u001b\\",
        "\u009b31m",
        "\u009d0;t\u009c",
        "\u202e",
        "\u001b",
        "[",
        "\n",
      ),
    ),
    { maxLength: 30 },
  )
  .map((parts) => parts.join(""));

describe("what a model may not do to a terminal", () => {
  test("nothing harmful is left", () => {
    fc.assert(
      fc.property(hostile, (text) => expect(sanitize(text)).not.toMatch(HARMFUL)),
      { numRuns: 1000 },
    );
  });

  test("nothing harmful but our own styles is left by Markdown", () => {
    fc.assert(
      fc.property(hostile, (text) => {
        const renderer = markdownStream({
          size: () => ({ columns: 40, rows: 24 }),
          color: true,
          moves: true,
        });
        const shown = renderer.write(text) + renderer.end();
        expect(shown.replace(STYLE, "")).not.toMatch(HARMFUL);
      }),
      { numRuns: 1000 },
    );
  });

  test("not even written as a number", () => {
    const renderer = markdownStream({ size: () => ({ columns: 80, rows: 24 }), color: true, moves: true });
    const shown =
      renderer.write("&#27;[2J &#x1b;]0;t&#7; &#x202e;evil &rlm; &#155;2J &amp; &#65;") + renderer.end();
    expect(shown.replace(STYLE, "")).not.toMatch(HARMFUL);
    expect(Bun.stripANSI(shown)).toBe("&#27;[2J &#x1b;]0;t&#7; &#x202e;evil &rlm; &#155;2J & A");
  });

  test("is the same in whatever pieces it comes", () => {
    fc.assert(
      fc.property(hostile, fc.integer({ min: 1, max: 5 }), (text, size) => {
        const pieces = sanitizer();
        let shown = "";
        for (let i = 0; i < text.length; i += size) shown += pieces.write(text.slice(i, i + size));
        expect(shown).toBe(sanitize(text));
      }),
      { numRuns: 500 },
    );
  });

  test("text without controls stays as it is", () => {
    fc.assert(
      fc.property(fc.string({ unit: "grapheme" }), (text) => {
        fc.pre(!HARMFUL.test(text) && text.isWellFormed());
        expect(sanitize(text)).toBe(text);
      }),
    );
  });

  test.each([
    ["a\u001b[31mred\u001b[0mb", "aredb"],
    ["a\u001b]0;title\u0007b", "ab"],
    ["a\u001b]8;;http://x\u001b\\link\u001b]8;;\u001b\\b", "alinkb"],
    ["a\u001bP1;2q###\u001b\\b", "ab"],
    ["a\u009b31mb\u009d0;t\u009cc", "abc"],
    ["a\u001b(Bb\u001b7c", "abc"],
    ["a\rb\u0008c\u0000d", "abcd"],
    ["x\u202eevil\u202c", "xevil"],
    ["a\u001b]never ended\nthe next line", "a\nthe next line"],
    ["a\u001b[31\u0018b", "ab"],
    ["a\u001b]0;x\u001b[31mb", "ab"],
    ["tab\there\nline", "tab\there\nline"],
  ])("%p", (source, shown) => {
    expect(sanitize(source)).toBe(shown);
  });

  test("a sequence without an end does not swallow the answer", () => {
    const text = `\u001b]0;${"x".repeat(5000)} and the rest`;
    expect(sanitize(text)).toEndWith("and the rest");
  });
});
