import { copyButton } from "../shared/copy.ts";
import { element } from "../shared/dom.ts";
import type { Block } from "./block.ts";
import { parseBlocks } from "./blocks.ts";
import { parseInline, type Span } from "./inline.ts";

/**
 * Shows a Markdown text that grows. Blocks that are as they were keep their nodes, so a selection or a scrolled
 * table survives the next words. Everything is made as nodes and text: no HTML of a model is ever parsed.
 */
export class MarkdownView {
  readonly node: HTMLElement = element("div", { class: "prose" });
  #shown: readonly string[] = [];

  show(text: string): void {
    const blocks = inOrder(parseBlocks(text));
    const keys = blocks.map((block) => JSON.stringify(block));
    for (const [index, block] of blocks.entries()) {
      if (keys[index] === this.#shown[index]) continue;
      const made = renderBlock(block);
      const old = this.node.childNodes[index];
      if (old === undefined) this.node.append(made);
      else this.node.replaceChild(made, old);
    }
    while (this.node.childNodes.length > blocks.length) this.node.lastChild?.remove();
    this.#shown = keys;
  }
}

function renderBlock(block: Block): HTMLElement {
  switch (block.type) {
    case "paragraph":
      return element("p", {}, ...inline(block.text));
    case "heading":
      return element(
        "p",
        { class: "heading", role: "heading", "aria-level": String(block.level) },
        ...inline(block.text),
      );
    case "code":
      return renderCode(block.language, block.text);
    case "quote":
      return element("blockquote", {}, ...block.blocks.map(renderBlock));
    case "list":
      return renderList(block);
    case "table":
      return renderTable(block);
    case "rule":
      return element("hr");
  }
}

/**
 * Headings as an outline under the page's own: the second level comes first, and none is left out, whatever the model
 * began with. Readers that hear the page find their way by it.
 */
function inOrder(blocks: readonly Block[]): readonly Block[] {
  const levels = [
    ...new Set(blocks.flatMap((block) => (block.type === "heading" ? [block.level] : []))),
  ].sort();
  let last = 1;
  return blocks.map((block) => {
    if (block.type !== "heading") return block;
    last = Math.min(levels.indexOf(block.level) + 2, last + 1);
    return { ...block, level: last };
  });
}

function renderCode(language: string, text: string): HTMLElement {
  const bar = element(
    "div",
    { class: "code-bar" },
    element("span", {}, language || "code"),
    copyButton("Copy", () => text),
  );
  const code = element(
    "pre",
    { tabindex: "0", "aria-label": `Code${language === "" ? "" : `, ${language}`}`, role: "region" },
    element("code", {}, text),
  );
  return element("div", { class: "code" }, bar, code);
}

function renderList({ start, items }: Block & { type: "list" }): HTMLElement {
  const entries = items.map((blocks) => element("li", {}, ...tight(blocks)));
  if (start === undefined) return element("ul", {}, ...entries);
  return element("ol", { start: start === 1 ? undefined : String(start) }, ...entries);
}

/** The first paragraph of an item stands beside its mark. */
function tight(blocks: readonly Block[]): readonly Node[] {
  return blocks.flatMap((block, index) =>
    index === 0 && block.type === "paragraph" ? inline(block.text) : [renderBlock(block)],
  );
}

function renderTable({ head, rows, align }: Block & { type: "table" }): HTMLElement {
  const cell = (tag: "th" | "td", text: string, column: number) =>
    element(tag, { class: align[column] && `align-${align[column]}` }, ...inline(text));
  const heading = element("tr", {}, ...head.map((text, column) => cell("th", text, column)));
  const body = rows.map((row) => element("tr", {}, ...row.map((text, column) => cell("td", text, column))));
  const table = element("table", {}, element("thead", {}, heading), element("tbody", {}, ...body));
  return element("div", { class: "table", tabindex: "0", role: "region", "aria-label": "Table" }, table);
}

function inline(text: string): Node[] {
  return parseInline(text).map(renderSpan);
}

const TAGS = { strong: "strong", emphasis: "em", deleted: "del" } as const;

function renderSpan(span: Span): Node {
  switch (span.type) {
    case "text":
      return document.createTextNode(span.text);
    case "code":
      return element("code", {}, span.text);
    case "break":
      return element("br");
    case "link":
      return element(
        "a",
        { href: span.href, target: "_blank", rel: "noopener noreferrer nofollow" },
        ...span.spans.map(renderSpan),
      );
    default:
      return element(TAGS[span.type], {}, ...span.spans.map(renderSpan));
  }
}
