import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import { markdown } from "../../../../src/cli/client/render/markdown.ts";

const COLUMNS = 40;
const ESC = "\u001b";
const STYLE = new RegExp(`${ESC}\\[([\\d;]*)m`, "g");

function render(text: string, cuts: readonly number[] = [], columns = COLUMNS): string {
  const renderer = markdown(() => columns);
  let shown = "";
  let from = 0;
  for (const cut of [...cuts].sort((a, b) => a - b)) {
    shown += renderer.write(text.slice(from, cut));
    from = Math.max(from, cut);
  }
  return shown + renderer.write(text.slice(from)) + renderer.end();
}

const plain = (text: string, columns?: number) => Bun.stripANSI(render(text, [], columns));

/** What models write, thick with marks. */
const markdownText = fc
  .array(
    fc.oneof(
      {
        weight: 3,
        arbitrary: fc.constantFrom(
          "*",
          "**",
          "_",
          "`",
          "```",
          "~~",
          "[",
          "](",
          ")",
          "<",
          ">",
          "!",
          "\\",
          "|",
          "#",
          "- ",
          "1. ",
          "---",
        ),
      },
      { weight: 2, arbitrary: fc.constantFrom(" ", "\n", "\n\n", "  ") },
      { weight: 3, arbitrary: fc.constantFrom("word", "a", "日本", "é", "👩‍👩‍👧", "x.y", "http://a.b/c_d") },
      {
        weight: 1,
        arbitrary: fc.constantFrom(
          "| a | b |\n|---|---|\n| 1 | 2 |\n",
          "```js\nconst a = 1;\n```\n",
          "\u001b[31m",
          "\u001b]0;t\u0007",
          "\u009b1m",
          "\u202e",
        ),
      },
    ),
    { maxLength: 40 },
  )
  .map((parts) => parts.join(""));

describe("Markdown on a terminal", () => {
  test("is the same in whatever pieces it comes", () => {
    fc.assert(
      fc.property(markdownText, fc.array(fc.nat(200), { maxLength: 30 }), (text, cuts) => {
        expect(render(text, cuts)).toBe(render(text));
      }),
      { numRuns: 500 },
    );
  });

  test("is the same character by character", () => {
    fc.assert(
      fc.property(markdownText, (text) => {
        expect(
          render(
            text,
            Array.from({ length: text.length }, (_, i) => i),
          ),
        ).toBe(render(text));
      }),
      { numRuns: 300 },
    );
  });

  test("takes nothing back: what a longer text shows begins with what was shown of its beginning", () => {
    fc.assert(
      fc.property(markdownText, markdownText, (first, second) => {
        const renderer = markdown(() => COLUMNS);
        const early = renderer.write(first);
        expect(early + renderer.write(second) + renderer.end()).toBe(render(first + second));
      }),
      { numRuns: 300 },
    );
  });

  test("loses no word", () => {
    fc.assert(
      fc.property(fc.array(fc.stringMatching(/^[a-z]{1,12}$/), { maxLength: 60 }), (words) => {
        expect(plain(words.join(" ")).split(/\s+/).filter(Boolean)).toEqual(words);
      }),
    );
  });

  test("ends every style that it begins", () => {
    fc.assert(
      fc.property(markdownText, (text) => {
        const styles = [...render(text).matchAll(STYLE)].map(([, codes = ""]) => codes);
        let on = new Set<string>();
        for (const code of styles.flatMap((codes) => codes.split(";"))) {
          if (code === "0" || code === "") on = new Set();
          else if (code === "22") for (const ended of ["1", "2"]) on.delete(ended);
          else if (["23", "24", "29"].includes(code)) on.delete(code.slice(1));
          else if (code === "39")
            for (const color of [...on].filter((c) => /^3\d$/.test(c))) on.delete(color);
          else if (["1", "2", "3", "4", "9", "35", "36"].includes(code)) on.add(code);
        }
        expect([...on]).toEqual([]);
      }),
    );
  });

  test("shows words before their line is over", () => {
    const renderer = markdown(() => COLUMNS);
    expect(renderer.write("Words as they co")).toBe("Words as they");
    expect(renderer.write("me, **held")).toBe(" come,");
    expect(renderer.write(" back** not ")).toContain("held back");
  });

  test.each([
    ["**bold** and *it* and __b__ and _i_", "bold and it and b and i"],
    ["***both***", "both"],
    ["**a *b* c**", "a b c"],
    ["`**not**` and ``a ` b``", "**not** and a ` b"],
    ["~~gone~~", "gone"],
    ["2 * 3 * 4 and snake_case_name", "2 * 3 * 4 and snake_case_name"],
    ["**never closed", "**never closed"],
    ["\\*escaped\\*", "*escaped*"],
    ["[text](http://a.b) [1] [x]", "text (http://a.b) [1] [x]"],
    ["<https://a.b> <br>", "https://a.b <br>"],
    ["![alt](u.png) wow!", "alt (u.png) wow!"],
  ])("%p", (source, shown) => {
    expect(plain(source, 80)).toBe(shown);
  });

  test.each([
    ["# Title", "Title"],
    ["#hash", "#hash"],
    ["- a\n  - b\n* c", "• a\n  • b\n• c"],
    ["1. a\n12) b", "1. a\n12) b"],
    ["- [ ] a\n- [x] b", "☐ a\n☑ b"],
    ["> a\n> > b", "│ a\n│ │ b"],
    ["---", "─".repeat(COLUMNS)],
    ["-5 degrees", "-5 degrees"],
    ["2024 was", "2024 was"],
  ])("block %p", (source, shown) => {
    expect(plain(source)).toBe(shown);
  });

  test("breaks lines between words, under their bullet", () => {
    expect(plain("- one two three four", 12)).toBe("• one two\n  three four");
    expect(plain("> one two three", 10)).toBe("│ one two\n│ three");
    expect(plain("日本語日本語", 8)).toBe("日本語日\n本語");
  });

  test("leaves a word alone that is longer than a line", () => {
    expect(plain("see https://example.com/a/long/path now", 12)).toBe(
      "see\nhttps://example.com/a/long/path\nnow",
    );
  });

  test("leaves code as it is", () => {
    const code = "```python\ndef f(**kw):  # *no*\n    return `x` * 2  \n```\n";
    expect(plain(code, 10)).toBe(code);
    expect(plain("  ```\n  a\n    b\n  ```\nend")).toBe("```\na\n  b\n```\nend");
    expect(plain("```js\nconst a = `b`;\n// * c *\n```\n")).toBe("```js\nconst a = `b`;\n// * c *\n```\n");
  });

  test("draws a table once it is whole", () => {
    const renderer = markdown(() => COLUMNS);
    expect(renderer.write("| a | b |\n|---|---|\n| 1 | 2 |\n")).toBe("");
    const table = Bun.stripANSI(renderer.write("after"));
    expect(table).toContain("│ a   │ b   │");
    expect(plain("| not | a table\nnext")).toBe("| not | a table\nnext");
  });

  test("gives up on a mark whose end does not come", () => {
    const renderer = markdown(() => COLUMNS);
    const shown = renderer.write(`**${"word ".repeat(200)}`);
    expect(Bun.stripANSI(shown).startsWith("**word word")).toBe(true);
  });
});
