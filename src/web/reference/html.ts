import { Marked } from "marked";

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

/** For the descriptions in `/openapi.json`, which are this program's own. HTML in them is text all the same. */
const marked = new Marked({
  gfm: true,
  renderer: {
    html: ({ text }) => escapeHtml(text),
    code: ({ text }) => `<pre tabindex="0"><code>${escapeHtml(text)}</code></pre>\n`,
  },
});

/** A Markdown text of our own as HTML. */
export function markdown(text: string): Html {
  return new Html(marked.parse(text, { async: false }));
}

/** The Markdown of one line as HTML. */
export function inlineMarkdown(text: string): Html {
  return new Html(marked.parseInline(text, { async: false }));
}
