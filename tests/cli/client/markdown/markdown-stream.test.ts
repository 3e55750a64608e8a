import { describe, expect, setDefaultTimeout, test } from "bun:test";
import { markdownStream } from "../../../../src/cli/client/markdown/markdown-stream.ts";
import { Screen } from "../../../support/screen.ts";

// Emulated terminals take their time on a busy machine.
setDefaultTimeout(60_000);

const ROWS = 12;

const LONG_CODE = `\`\`\`js\n${Array.from({ length: 20 }, (_, i) => `const value${i} = ${i}; // ${"comment ".repeat(6)}`).join("\n")}\n\`\`\``;
const ANSWER = `# A title

A paragraph with **bold**, *em*, \`code\` and a long line of words that has to be broken somewhere, and 漢字漢字漢字漢字漢字漢字.

- one
- two, with **stress** and a text that is rather too long for a narrow window
  - nested

- after an empty line

1. first
2. second

| name | 👨‍👩‍👧‍👦 |
|---|--:|
| 漢字 | 12 |
| short | 👍🏽 |

> quoted words

${LONG_CODE}

- [x] done
- [ ] open

The end.`;

/** Without the long code. */
const SHORT = ANSWER.replace(LONG_CODE, "```sh\nls -l | sort\n```");

const PIECES = [2, 7, 64, 100_000];

function* pieces(text: string, size: number) {
  for (let at = 0; at < text.length; at += size) yield text.slice(at, at + size);
}

async function shown(text: string, columns: number, size: number, color = true) {
  const screen = new Screen(columns, ROWS);
  const stream = markdownStream({ size: () => ({ columns, rows: ROWS }), color, moves: true });
  for (const piece of pieces(text, size)) await screen.write(stream.write(piece));
  await screen.write(stream.end());
  return screen;
}

/** Letters and signs alone: how it is laid out does not matter. */
const words = (text: string) => text.match(/[\p{L}\p{N}]+/gu) ?? ([] as string[]);

describe.each([40, 80, 200])("Markdown that comes in pieces, at %d columns", (columns) => {
  test.each(PIECES)("pieces of %d characters: nothing twice, nothing lost", async (size) => {
    const screen = await shown(ANSWER, columns, size);
    const expected = words(Bun.stripANSI(Bun.markdown.ansi(ANSWER, { columns: columns - 1 })));
    // Words that are broken because they or the code line are too long are put together again.
    expect(words(screen.text()).join("")).toBe(expected.join(""));
  });

  test("what is short looks as if it had come whole", async () => {
    const short = ANSWER.slice(0, ANSWER.indexOf("> quoted"));
    const whole = (await shown(short, columns, 100_000)).text();
    for (const size of PIECES) expect((await shown(short, columns, size)).text()).toBe(whole);
  });

  test("no line is wider than the window", async () => {
    const screen = await shown(ANSWER, columns, 5);
    for (const line of screen.lines()) expect(Bun.stringWidth(line)).toBeLessThan(columns);
  });

  test("a paragraph that is longer than the screen is all there", async () => {
    const long = Array.from({ length: 900 }, (_, i) => `word${i}`).join(" ");
    expect(words((await shown(`${long}\n\nend`, columns, 9)).text())).toEqual([...long.split(" "), "end"]);
  });

  test("a table that is longer than the screen has every row once", async () => {
    const rows = Array.from({ length: 40 }, (_, i) => `| row${i} | ${i} |`);
    const text = (await shown(["| a | b |", "|---|---|", ...rows].join("\n"), columns, 3)).text();
    for (let i = 0; i < 40; i++) expect(text.match(new RegExp(`row${i}\\b`, "g"))).toHaveLength(1);
  });
});

describe("a window that changes its size while an answer comes", () => {
  test.each([
    [100, 90],
    [80, 40],
    [40, 80],
    [80, 200],
  ])("%d to %d columns: nothing is overwritten, nothing is lost", async (from, to) => {
    for (const at of [30, 80, 150, 200, 420, 560]) {
      let columns = from;
      const screen = new Screen(columns, ROWS);
      const stream = markdownStream({ size: () => ({ columns, rows: ROWS }), color: true, moves: true });
      let sent = 0;
      for (const piece of pieces(SHORT, 3)) {
        if (sent < at && sent + 3 >= at) {
          columns = to;
          screen.resize(columns, ROWS);
        }
        sent += 3;
        await screen.write(stream.write(piece));
      }
      await screen.write(stream.end());
      const text = screen.text().replace(/\s/g, "");
      for (const word of new Set(words(SHORT)))
        expect({ at, word, is: text.includes(word) }).toEqual({ at, word, is: true });
      // The line that was being written, at most, is there twice.
      expect(text.length).toBeLessThan(SHORT.length * 1.6);
      expect(text.split("quotedwords").length).toBeLessThanOrEqual(3);
    }
  });
});

describe("what Markdown may not do", () => {
  test("move the cursor, set a title, or turn the direction of writing", async () => {
    const stream = markdownStream({ size: () => ({ columns: 80, rows: 24 }), color: true, moves: true });
    const text = stream.write("a\u001b[2Jb \u001b]0;title\u0007 \u202eevil\u2066\n") + stream.end();
    expect(text).not.toContain("[2J");
    expect(text).not.toContain("title");
    expect(text).not.toMatch(/[\u202a-\u202e\u2066-\u2069]/);
  });
});

describe("layout", () => {
  test("joined emoji in a table leave its borders straight", async () => {
    const stream = markdownStream({ size: () => ({ columns: 80, rows: 24 }), color: false, moves: false });
    const table = stream.write("| a | b |\n|---|---|\n| 👨‍👩‍👧‍👦 | x |\n| 漢 | 🇩🇪 |\n\n");
    const widths = Bun.stripANSI(table)
      .trim()
      .split("\n")
      .map((line) => Bun.stringWidth(line));
    expect(new Set(widths).size).toBe(1);
    expect(table).toContain("👨‍👩‍👧‍👦");
  });

  test("without colour Markdown is laid out all the same, and stress stays", () => {
    const stream = markdownStream({ size: () => ({ columns: 80, rows: 24 }), color: false, moves: true });
    const text = stream.write("# T\n\n**bold** `code`\n\n- x\n") + stream.end();
    expect(text).not.toContain("**");
    expect(text).toContain("\u001b[1mbold\u001b[22m");
    expect(text).not.toMatch(/\[(?:3\d|4\d|38|48)[;m\d]/);
  });

  test("an address that stands alone is shown once", () => {
    const stream = markdownStream({ size: () => ({ columns: 80, rows: 24 }), color: true, moves: true });
    const text = Bun.stripANSI(
      stream.write("See https://a.example/x and [b](https://b.example).") + stream.end(),
    );
    expect(text).toBe("See https://a.example/x and b (https://b.example).");
  });

  test("words are shown before their line is over", () => {
    const stream = markdownStream({ size: () => ({ columns: 80, rows: 24 }), color: true, moves: true });
    expect(Bun.stripANSI(stream.write("Hello wor"))).toBe("Hello wor");
    expect(Bun.stripANSI(stream.write("ld"))).toBe("ld");
  });
});
