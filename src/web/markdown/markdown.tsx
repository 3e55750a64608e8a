import type { Tokens } from "marked";
import type { ComponentChildren, VNode } from "preact";
import { useRef } from "preact/hooks";
import { Code } from "./code.tsx";
import { decoded, lex, type MarkdownToken, safeAddress } from "./lex.ts";

/**
 * Shows a Markdown text that may grow. Blocks that are as they were keep their nodes, so a selection or a scrolled table
 * survives what comes next. Everything is made as nodes and text: no HTML of a model is ever parsed.
 */
export function Markdown({ text }: { readonly text: string }) {
  const shown = useRef<{ readonly key: string; readonly node: VNode }[]>([]);
  const blocks = lex(text).filter(({ type }) => type !== "space" && type !== "def");
  const levels = levelsOf(blocks);
  shown.current = blocks.map((block, index) => {
    // A definition that comes late makes a link out of earlier text: the tokens tell, the raw text does not.
    const key = block.type === "code" ? block.raw : JSON.stringify([block, levels[index]]);
    const old = shown.current[index];
    return old?.key === key ? old : { key, node: <Block key={index} block={block} level={levels[index]} /> };
  });
  return <div class="prose">{shown.current.map(({ node }) => node)}</div>;
}

/**
 * The headings' levels in the outline of the page: the second comes first, and none is left out, whatever the model began
 * with. Readers that hear the page find their way by it.
 */
function levelsOf(blocks: readonly MarkdownToken[]): readonly (number | undefined)[] {
  const depths = [...new Set(blocks.flatMap((one) => (one.type === "heading" ? [one.depth] : [])))].sort();
  let last = 1;
  return blocks.map((block) => {
    if (block.type !== "heading") return undefined;
    last = Math.min(depths.indexOf(block.depth) + 2, last + 1);
    return last;
  });
}

interface BlockProps {
  readonly block: MarkdownToken;
  readonly level?: number | undefined;
}

export function Block({ block, level = 4 }: BlockProps) {
  switch (block.type) {
    case "heading":
      return (
        <p class="heading" role="heading" aria-level={level}>
          {inline(block.tokens)}
        </p>
      );
    case "code":
      return <Code language={languageOf(block.lang)} text={block.text} />;
    case "blockquote":
      return <blockquote>{all(block.tokens)}</blockquote>;
    case "list":
      return <List list={block} />;
    case "table":
      return <Table table={block} />;
    case "hr":
      return <hr />;
    case "formula":
      return <p class="formula">{block.raw.trim()}</p>;
    case "paragraph":
      return <p>{inline(block.tokens)}</p>;
    default:
      return <p>{inlineToken(block)}</p>;
  }
}

function all(tokens: readonly unknown[] = []): ComponentChildren {
  return (tokens as MarkdownToken[]).map((token) =>
    token.type === "space" ? null : <Block block={token} />,
  );
}

function languageOf(info = ""): string {
  return /^[\w+#.-]+/.exec(info)?.[0].toLowerCase() ?? "";
}

function List({ list: { ordered, start, items } }: { readonly list: Tokens.List }) {
  const entries = items.map((item) => <Item item={item} />);
  if (!ordered) return <ul>{entries}</ul>;
  return <ol {...(Number(start) === 1 ? {} : { start: Number(start) })}>{entries}</ol>;
}

/** The first text of an item stands beside its mark. */
function Item({ item: { tokens, task, checked } }: { readonly item: Tokens.ListItem }) {
  const blocks = (tokens as MarkdownToken[]).filter(({ type }) => type !== "checkbox" && type !== "space");
  const inner = blocks.map((block, index) => {
    if (block.type === "text") return inlineToken(block);
    if (index > 0 || block.type !== "paragraph") return <Block block={block} />;
    return inline((block.tokens as MarkdownToken[]).filter(({ type }) => type !== "checkbox"));
  });
  if (!task) return <li>{inner}</li>;
  return (
    <li class="task">
      <input type="checkbox" checked={checked === true} disabled aria-label={checked ? "Done" : "To do"} />{" "}
      {inner}
    </li>
  );
}

function Table({ table: { header, rows } }: { readonly table: Tokens.Table }) {
  const cell = (Tag: "th" | "td") => (one: Tokens.TableCell) => (
    <Tag class={one.align ? `align-${one.align}` : undefined}>{inline(one.tokens)}</Tag>
  );
  return (
    <div class="table" tabIndex={0} role="region" aria-label="Table">
      <table>
        <thead>
          <tr>{header.map(cell("th"))}</tr>
        </thead>
        <tbody>
          {rows.map((row) => (
            <tr>{row.map(cell("td"))}</tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

function inline(tokens: readonly unknown[] = []): ComponentChildren {
  return (tokens as MarkdownToken[]).map(inlineToken);
}

function inlineToken(token: MarkdownToken): ComponentChildren {
  switch (token.type) {
    case "strong":
      return <strong>{inline(token.tokens)}</strong>;
    case "em":
      return <em>{inline(token.tokens)}</em>;
    case "del":
      return <del>{inline(token.tokens)}</del>;
    case "codespan":
      return <code>{token.text}</code>;
    case "br":
      return <br />;
    case "link":
      return <Link href={token.href}>{inline(token.tokens)}</Link>;
    case "image":
      // Nothing is loaded from elsewhere: what would be a picture is a link to one.
      return <Link href={token.href}>{decoded(token.text) || "image"}</Link>;
    case "formula":
      return <span class="formula">{token.raw}</span>;
    case "escape":
      return token.text;
    case "text":
      return token.tokens === undefined ? decoded(token.text) : inline(token.tokens);
    default:
      return decoded(token.raw);
  }
}

function Link({ href, children }: { readonly href: string; readonly children?: ComponentChildren }) {
  const address = safeAddress(href);
  if (address === undefined) return <span>{children}</span>;
  return (
    <a href={address} target="_blank" rel="noopener noreferrer nofollow">
      {children}
    </a>
  );
}
