import { expect, test } from "bun:test";
import { parseBlocks } from "../../src/web/markdown/blocks.ts";

test("paragraphs, headings, rules and quotes", () => {
  expect(parseBlocks("# One #\n\ntwo\nthree\n\n---\n> four\n> > five")).toEqual([
    { type: "heading", level: 1, text: "One" },
    { type: "paragraph", text: "two\nthree" },
    { type: "rule" },
    {
      type: "quote",
      blocks: [
        { type: "paragraph", text: "four" },
        { type: "quote", blocks: [{ type: "paragraph", text: "five" }] },
      ],
    },
  ]);
});

test("lists nest, begin where they say, and end with text that is not indented", () => {
  expect(parseBlocks("3. a\n4. b\n   - c\n\n     d\nend")).toEqual([
    {
      type: "list",
      start: 3,
      items: [
        [{ type: "paragraph", text: "a" }],
        [
          { type: "paragraph", text: "b" },
          {
            type: "list",
            start: undefined,
            items: [
              [
                { type: "paragraph", text: "c" },
                { type: "paragraph", text: "d" },
              ],
            ],
          },
        ],
      ],
    },
    { type: "paragraph", text: "end" },
  ]);
});

test("blank lines between items do not part a list, another kind of mark does", () => {
  const [first, second] = parseBlocks("- a\n\n- b\n\n1. c");
  expect(first).toMatchObject({ type: "list", items: [[{ text: "a" }], [{ text: "b" }]] });
  expect(second).toMatchObject({ type: "list", start: 1, items: [[{ text: "c" }]] });
});

test("code keeps its lines; an open fence runs to the end, for more may come", () => {
  expect(parseBlocks("```ts\nconst a = `1`;\n\n  b\n```\nafter")).toEqual([
    { type: "code", language: "ts", text: "const a = `1`;\n\n  b" },
    { type: "paragraph", text: "after" },
  ]);
  expect(parseBlocks("~~~\n```\nopen")).toEqual([{ type: "code", language: "", text: "```\nopen" }]);
});

test("tables have as many cells in each row as their head", () => {
  expect(parseBlocks("| a | b |\n|:--|--:|\n| 1 | `x|y` |\n| 2 |\nno more")).toEqual([
    {
      type: "table",
      head: ["a", "b"],
      align: ["left", "right"],
      rows: [
        ["1", "`x|y`"],
        ["2", ""],
      ],
    },
    { type: "paragraph", text: "no more" },
  ]);
});

test("HTML is text", () => {
  const text = "<script>alert(1)</script>";
  expect(parseBlocks(text)).toEqual([{ type: "paragraph", text }]);
});

test("quotes and lists that nest without end become text at some depth", () => {
  expect(JSON.stringify(parseBlocks(`${"> ".repeat(5_000)}deep`)).split('"quote"').length).toBeLessThan(20);
  expect(JSON.stringify(parseBlocks(`${"- ".repeat(5_000)}deep`)).split('"list"').length).toBeLessThan(20);
});
