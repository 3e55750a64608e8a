import { expect, test } from "bun:test";
import { parseInline, type Span } from "../../src/web/markdown/inline.ts";

/** Spans in a short form: marks around what they hold. */
function shown(spans: readonly Span[]): string {
  return spans
    .map((span) => {
      switch (span.type) {
        case "text":
          return span.text;
        case "code":
          return `<code ${span.text}>`;
        case "break":
          return "<br>";
        case "link":
          return `<a ${span.href}: ${shown(span.spans)}>`;
        default:
          return `<${span.type} ${shown(span.spans)}>`;
      }
    })
    .join("");
}

test.each([
  ["**bold *and* so**", "<strong bold <emphasis and> so>"],
  ["***both***", "<emphasis <strong both>>"],
  ["__bold__ _it_ ~~gone~~", "<strong bold> <emphasis it> <deleted gone>"],
  ["`a` ``b`c`` ` d `", "<code a> <code b`c> <code d>"],
  ["`**no**`", "<code **no**>"],
  ["one\ntwo", "one<br>two"],
  ["\\*no\\* \\_", "*no* _"],
  ["[a *b*](https://x.example/(y))", "<a https://x.example/(y): a <emphasis b>>"],
  ["see https://x.example/y?z=1).", "see <a https://x.example/y?z=1: https://x.example/y?z=1>)."],
  ["<https://x.example>", "<a https://x.example/: https://x.example>"],
  ["![alt](https://x.example/i.png)", "<a https://x.example/i.png: alt>"],
])("%j is %s", (text, expected) => {
  expect(shown(parseInline(text))).toBe(expected);
});

test.each([
  "2 * 3 * 4",
  "snake_case_name",
  "**open",
  "`open",
  "[open](",
  "a ~ b ~ c",
  "<b>no</b>",
  "h",
  "https://",
  "****",
])("%j stays as it was written", (text) => {
  expect(shown(parseInline(text))).toBe(text);
});

test.each([
  "javascript:alert(1)",
  "JaVaScRiPt:alert(1)",
  "java\nscript:alert(1)",
  "data:text/html,<script>alert(1)</script>",
  "vbscript:x",
  "file:///etc/passwd",
  "blob:https://x.example/1",
  "//x.example",
  "/v1/local",
  "",
])("no link leads to %j", (target) => {
  expect(shown(parseInline(`[words](${target})`))).not.toContain("<a");
});

test.each([
  "*",
  "*a ",
  "**a ",
  "_a ",
  "[",
  "[a](",
  "`",
  "`a ``b ",
  "<",
  "![",
  "https://",
  "*a**b***c ",
  "\\",
])("%j many times over is read to its end, and nothing of it is lost", (unit) => {
  const text = unit.repeat(19_000 / unit.length);
  const length = shown(parseInline(text)).length;
  expect(length).toBeGreaterThan(text.length / 3);
});
