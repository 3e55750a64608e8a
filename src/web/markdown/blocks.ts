import { type Block, isBlank, type Read } from "./block.ts";
import { LIST_ITEM, listAt } from "./lists.ts";
import { tableAt } from "./tables.ts";

const DEEPEST = 8;
const FENCE = /^ {0,3}(`{3,}|~{3,})\s*([^\s`]*)[^`]*$/;
const HEADING = /^ {0,3}(#{1,6})\s+(.*?)\s*#*\s*$/;
const RULE = /^ {0,3}([-*_])(?:\s*\1){2,}\s*$/;
const QUOTE = /^ {0,3}> ?/;

/** The blocks of a Markdown text, as far as models write it. An open fence of code runs to the end: more may come. */
export function parseBlocks(text: string): readonly Block[] {
  return blocksIn(text.replaceAll("\r\n", "\n").split("\n"), 0);
}

/** @param depth how many quotes and lists these lines stand in; beyond the deepest all is text */
function blocksIn(lines: readonly string[], depth: number): readonly Block[] {
  const blocks: Block[] = [];
  let at = 0;
  while (at < lines.length) {
    if (isBlank(lines[at])) {
      at++;
      continue;
    }
    const { block, next } =
      (depth < DEEPEST ? specialAt(lines, at, depth) : undefined) ?? paragraphAt(lines, at, depth);
    blocks.push(block);
    at = next;
  }
  return blocks;
}

function specialAt(lines: readonly string[], at: number, depth: number): Read | undefined {
  const line = lines[at] ?? "";
  const [, marks, title] = HEADING.exec(line) ?? [];
  if (marks !== undefined)
    return { block: { type: "heading", level: marks.length, text: title ?? "" }, next: at + 1 };
  if (RULE.test(line)) return { block: { type: "rule" }, next: at + 1 };
  return (
    fenceAt(lines, at) ??
    quoteAt(lines, at, depth) ??
    listAt(lines, at, (inner) => blocksIn(inner, depth + 1)) ??
    tableAt(lines, at)
  );
}

function fenceAt(lines: readonly string[], at: number): Read | undefined {
  const line = lines[at] ?? "";
  const [, fence, language] = FENCE.exec(line) ?? [];
  if (fence === undefined) return undefined;
  const indent = new RegExp(`^ {0,${line.search(/\S/)}}`);
  const isEnd = (text: string) => text.trim().startsWith(fence) && /^(`+|~+)$/.test(text.trim());
  let end = at + 1;
  while (end < lines.length && !isEnd(lines[end] ?? "")) end++;
  const code = lines.slice(at + 1, end).map((text) => text.replace(indent, ""));
  return { block: { type: "code", language: language ?? "", text: code.join("\n") }, next: end + 1 };
}

function quoteAt(lines: readonly string[], at: number, depth: number): Read | undefined {
  let end = at;
  while (QUOTE.test(lines[end] ?? "")) end++;
  if (end === at) return undefined;
  const inner = lines.slice(at, end).map((line) => line.replace(QUOTE, ""));
  return { block: { type: "quote", blocks: blocksIn(inner, depth + 1) }, next: end };
}

function paragraphAt(lines: readonly string[], at: number, depth: number): Read {
  let end = at + 1;
  while (end < lines.length && !isBlank(lines[end]) && !(depth < DEEPEST && interrupts(lines[end] ?? "")))
    end++;
  const text = lines.slice(at, end).map((line) => line.trim());
  return { block: { type: "paragraph", text: text.join("\n") }, next: end };
}

/** Whether a line ends the paragraph before it. */
function interrupts(line: string): boolean {
  return (
    HEADING.test(line) || FENCE.test(line) || QUOTE.test(line) || RULE.test(line) || LIST_ITEM.test(line)
  );
}
