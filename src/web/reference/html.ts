import type { Block } from "../markdown/block.ts";
import { parseBlocks } from "../markdown/blocks.ts";
import { parseInline, type Span } from "../markdown/inline.ts";

/** Text that is HTML already. Whatever else is put into a template is escaped. */
export class Html {
  readonly text: string;

  constructor(text: string) {
    this.text = text;
  }
}

type Value = Html | string | readonly Html[];

/** Makes HTML: `` html`<p>${text}</p>` ``. */
export function html(parts: TemplateStringsArray, ...values: readonly Value[]): Html {
  return new Html(parts.map((part, index) => part + textOf(values[index] ?? "")).join(""));
}

function textOf(value: Value): string {
  if (typeof value === "string") return escapeHtml(value);
  return value instanceof Html ? value.text : value.map(({ text }) => text).join("");
}

function escapeHtml(text: string): string {
  return text
    .replaceAll("&", "&amp;")
    .replaceAll("<", "&lt;")
    .replaceAll(">", "&gt;")
    .replaceAll('"', "&quot;");
}

/** A Markdown text of our own as HTML. */
export function markdown(text: string): readonly Html[] {
  return parseBlocks(text).map(block);
}

/** The Markdown of one line as HTML. */
export function inlineMarkdown(text: string): readonly Html[] {
  return parseInline(text).map(span);
}

function block(one: Block): Html {
  switch (one.type) {
    case "paragraph":
      return html`<p>${inlineMarkdown(one.text)}</p>`;
    case "code":
      return html`<pre tabindex="0"><code>${one.text}</code></pre>`;
    case "list": {
      const items = one.items.map((blocks) => html`<li>${blocks.map((inner) => itemBlock(inner))}</li>`);
      return one.start === undefined ? html`<ul>${items}</ul>` : html`<ol>${items}</ol>`;
    }
    default:
      throw new Error(`The reference has no place for a ${one.type}.`);
  }
}

function itemBlock(one: Block): Html {
  return one.type === "paragraph" ? html`${inlineMarkdown(one.text)}` : block(one);
}

function span(one: Span): Html {
  switch (one.type) {
    case "text":
      return html`${one.text}`;
    case "code":
      return html`<code>${one.text}</code>`;
    case "break":
      return html`<br>`;
    case "strong":
      return html`<strong>${one.spans.map(span)}</strong>`;
    case "emphasis":
      return html`<em>${one.spans.map(span)}</em>`;
    case "deleted":
      return html`<del>${one.spans.map(span)}</del>`;
    case "link":
      return html`<a href="${one.href}">${one.spans.map(span)}</a>`;
  }
}
