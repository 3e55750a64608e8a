import { decodeHTMLStrict } from "entities/decode";
import { Marked, type MarkedToken, Tokenizer, type Tokens } from "marked";

/** A formula in TeX, with its marks: it is shown as it was written, and nothing in it is emphasis. */
export interface FormulaToken {
  readonly type: "formula";
  readonly raw: string;
}

export type MarkdownToken = MarkedToken | FormulaToken;

/** Quotes and lists that nest deeper than this are text. */
const DEEPEST = 16;

const LONGEST_EMPHASIS = 4_000;

/** Pandoc's rule: no space within the marks, no digit after them, so that prices are no formulas. */
const INLINE_FORMULA =
  /^(?:\$\$(?:[^$\\]|\\[\s\S]){1,2000}?\$\$|\$(?![\s$])(?:[^$\\\n]|\\.){1,1000}?(?<![\s\\])\$(?!\d)|\\\((?:(?!\n\n)[\s\S]){1,1000}?\\\)|\\\[(?:(?!\n\n)[\s\S]){1,2000}?\\\])/;
const BLOCK_FORMULA = /^(?:\$\$(?:[^$\\]|\\[\s\S]){1,4000}?\$\$|\\\[[\s\S]{1,4000}?\\\])[ \t]*(?:\n+|$)/;

/** HTML is text, but for line breaks; nesting has an end. */
class PlainTokenizer extends Tokenizer {
  #depth = 0;

  override html(): undefined {}

  override tag(source: string): Tokens.Tag | undefined {
    const [raw] = /^<br\s*\/?>/i.exec(source) ?? [];
    return raw === undefined ? undefined : ({ type: "br", raw } as unknown as Tokens.Tag);
  }

  override blockquote(source: string): Tokens.Blockquote | undefined {
    return this.#nested(() => super.blockquote(source));
  }

  /** Where it ends is looked for within so many characters: else a text of nothing but marks takes minutes. */
  override emStrong(source: string, masked: string, before?: string): Tokens.Em | Tokens.Strong | undefined {
    const near = masked.slice(-source.length).slice(0, LONGEST_EMPHASIS);
    return super.emStrong(source.slice(0, LONGEST_EMPHASIS), near, before);
  }

  override list(source: string): Tokens.List | undefined {
    return this.#nested(() => super.list(source));
  }

  #nested<T>(tokenize: () => T | undefined): T | undefined {
    if (this.#depth >= DEEPEST) return undefined;
    this.#depth++;
    try {
      return tokenize();
    } finally {
      this.#depth--;
    }
  }
}

function formula(level: "block" | "inline", pattern: RegExp) {
  return {
    name: "formula",
    level,
    start: (source: string) => {
      const at = source.search(level === "block" ? /\n(?:\$\$|\\\[)/ : /\$|\\[([]/);
      return at < 0 ? undefined : at + (level === "block" ? 1 : 0);
    },
    tokenizer: (source: string) => {
      const [raw] = pattern.exec(source) ?? [];
      return raw === undefined ? undefined : { type: "formula", raw };
    },
  };
}

const marked = new Marked({
  gfm: true,
  breaks: true,
  extensions: [formula("block", BLOCK_FORMULA), formula("inline", INLINE_FORMULA)],
});

/** The blocks of a Markdown text. A text on which the lexer gives up is one paragraph. */
export function lex(text: string): readonly MarkdownToken[] {
  try {
    return marked.lexer(text, { ...marked.defaults, tokenizer: new PlainTokenizer() }) as MarkdownToken[];
  } catch {
    return [{ type: "text", raw: text, text, escaped: false }];
  }
}

/** Text with its character references (`&amp;`, `&#39;`) decoded. */
export function decoded(text: string): string {
  return text.includes("&") ? decodeHTMLStrict(text) : text;
}

/** The address that a link may lead to: absolute, of the web or of mail; undefined for any other. */
export function safeAddress(href: string): string | undefined {
  const url = URL.parse(decoded(href));
  return url !== null && ["https:", "http:", "mailto:"].includes(url.protocol) ? url.href : undefined;
}
