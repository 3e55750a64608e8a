import { describe, expect, test } from "bun:test";
import type { ComponentChildren, VNode } from "preact";
import { lex, safeAddress } from "../../src/web/markdown/lex.ts";
import { Block } from "../../src/web/markdown/markdown.tsx";

/** What the nodes of a text are, as HTML without what a test does not look at. */
function shown(text: string): string {
  return lex(text)
    .map((block) => html(Block({ block })))
    .join("");
}

function html(node: ComponentChildren): string {
  if (Array.isArray(node)) return node.map(html).join("");
  if (typeof node === "string") return node.replaceAll("&", "&amp;").replaceAll("<", "&lt;");
  if (typeof node !== "object" || node === null) return "";
  const { type, props } = node as VNode<Record<string, ComponentChildren>>;
  if (typeof type === "function") {
    // The button that copies has a state, and is nothing that a model wrote.
    return type.name === "CopyButton" ? "" : html((type as (given: unknown) => ComponentChildren)(props));
  }
  const kept = ["class", "href", "checked", "start", "aria-level"].filter((name) => props[name]);
  const attributes = kept.map((name) => ` ${name}=${props[name]}`).join("");
  return `<${type}${attributes}>${html(props["children"])}</${type}>`;
}

test.each([
  ["**bold *and* so**", "<p><strong>bold <em>and</em> so</strong></p>"],
  ["__bold__ ~~gone~~ `**no**`", "<p><strong>bold</strong> <del>gone</del> <code>**no**</code></p>"],
  ["one\ntwo", "<p>one<br></br>two</p>"],
  ["\\*no\\* 2 * 3 * 4 snake_case_name", "<p>*no* 2 * 3 * 4 snake_case_name</p>"],
  ["[a](https://x.example/)", "<p><a href=https://x.example/>a</a></p>"],
  ["see https://x.example/y.", "<p>see <a href=https://x.example/y>https://x.example/y</a>.</p>"],
  ["![alt](https://x.example/i.png)", "<p><a href=https://x.example/i.png>alt</a></p>"],
  ["fish &amp; chips &#39;&eacute;&#39; `&amp;`", "<p>fish &amp; chips 'é' <code>&amp;amp;</code></p>"],
  ["&lt;b&gt; <b>no</b>", "<p>&lt;b> &lt;b>no&lt;/b></p>"],
  ["a<br>b", "<p>a<br></br>b</p>"],
  ["> a\n> b", "<blockquote><p>a<br></br>b</p></blockquote>"],
  ["3. a\n4. b", "<ol start=3><li>a</li><li>b</li></ol>"],
  ["- a\n  - b", "<ul><li>a<ul><li>b</li></ul></li></ul>"],
  [
    "- [x] a\n- [ ] b",
    "<ul><li class=task><input checked=true></input> a</li><li class=task><input></input> b</li></ul>",
  ],
  ["---", "<hr></hr>"],
])("%j is %s", (text, expected) => expect(shown(text)).toBe(expected));

describe("formulas stay as they were written", () => {
  test.each(["$a*b*c$", "$x_1 + x_2$", "\\(a*b*c\\)", "$$a*b*c$$", "\\[ a_b_c \\]", "$\\text{a $ b}$"])(
    "%j",
    (text) => {
      expect(shown(`x ${text} y`)).toContain(text);
      expect(shown(`x ${text} y`)).not.toMatch(/<em>|<strong>/);
    },
  );

  test("over several lines, with what would be a list or a heading", () => {
    expect(shown("$$\na\n= b\n- c\n$$\nrest")).toBe("<p class=formula>$$\na\n= b\n- c\n$$</p><p>rest</p>");
  });

  test.each(["It costs $5 and *not* $6.", "from $5-$10, *really*", "US$ 5 or $ *6*"])(
    "%j is none",
    (text) => {
      expect(shown(text)).not.toContain("formula");
      expect(shown(text)).toContain("<em>");
    },
  );
});

describe("code", () => {
  test("has colours where its language is known", () => {
    expect(shown("```ts\nconst a = 1;\n```")).toContain("<span class=hljs-keyword>const</span>");
    expect(shown("```nonsense\n<b>1</b>\n```")).toContain("<code>&lt;b>1&lt;/b></code>");
  });

  test("that has no end yet is code already", () =>
    expect(shown("```\nopen **x**")).toContain("<code>open **x**</code>"));
});

describe("links lead nowhere but to the web and to mail", () => {
  test.each([
    "javascript:alert(1)",
    "JaVaScRiPt:alert(1)",
    "&#106;avascript:alert(1)",
    "java\tscript:alert(1)",
    "data:text/html,<script>alert(1)</script>",
    "vbscript:x",
    "file:///etc/passwd",
    "blob:https://x.example/1",
    "//x.example",
    "/v1/local",
    "",
  ])("%j is none", (target) => {
    expect(safeAddress(target)).toBeUndefined();
    expect(shown(`[words](${target}) <${target}>`)).not.toContain("<a");
  });
});

test("HTML is text, and what stands in it is Markdown", () => {
  expect(shown("<details>\n**x**\n</details>")).toContain("<strong>x</strong>");
  expect(shown("<script>alert(1)</script>")).toBe("<p>&lt;script>alert(1)&lt;/script></p>");
});

describe("a text of nothing but marks is read in a moment", () => {
  test.each([
    "> ",
    "- ",
    "*",
    "*a ",
    "[",
    "[a](",
    "`",
    "$",
    "$a ",
    "<",
    "\\(",
    "_a",
    "~~a ",
    "|a",
    "https://",
  ])("%j", (mark) => {
    const started = performance.now();
    const tokens = lex(mark.repeat(10_000));
    expect(performance.now() - started).toBeLessThan(5_000);
    expect(JSON.stringify(tokens).split(/"type":"(?:blockquote|list)"/).length).toBeLessThan(20);
  });
});
