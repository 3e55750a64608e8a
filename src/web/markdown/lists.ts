import { type Block, isBlank, type Read } from "./block.ts";

export const LIST_ITEM = /^(\s*)(?:([-*+])|(\d{1,9})[.)])(?:\s+|$)/;

/**
 * A list, with what is indented below its items.
 * @param inside reads the lines of one item
 */
export function listAt(
  lines: readonly string[],
  at: number,
  inside: (lines: readonly string[]) => readonly Block[],
): Read | undefined {
  const first = itemAt(lines[at]);
  if (first === undefined) return undefined;
  const items: (readonly Block[])[] = [];
  let next = at;
  for (let item = itemAt(lines[next]); item !== undefined; item = itemAt(lines[next])) {
    if (item.ordered !== first.ordered || item.indent < first.indent) break;
    const end = endOfItem(lines, next, item.indent);
    const inner = lines
      .slice(next, end)
      .map((line, index) => (index === 0 ? line.slice(item.width) : withoutIndent(line, item.width)));
    items.push(inside(inner));
    next = end;
    // Blank lines between items belong to the list.
    let after = next;
    while (after < lines.length && isBlank(lines[after])) after++;
    const following = itemAt(lines[after]);
    if (following?.ordered === first.ordered && following.indent >= first.indent) next = after;
  }
  return { block: { type: "list", start: first.number, items }, next };
}

interface Item {
  readonly indent: number;
  /** Where the item's own text begins. */
  readonly width: number;
  readonly ordered: boolean;
  readonly number: number | undefined;
}

function itemAt(line: string | undefined): Item | undefined {
  const [whole, indent, , digits] = LIST_ITEM.exec(line ?? "") ?? [];
  if (whole === undefined || indent === undefined) return undefined;
  const number = digits === undefined ? undefined : Number(digits);
  return { indent: indent.length, width: whole.length, ordered: number !== undefined, number };
}

/**
 * The line at which an item ends: the next that is not indented further than its mark. CommonMark would take such
 * text for the item's; models mean what they show.
 */
function endOfItem(lines: readonly string[], at: number, indent: number): number {
  let end = at + 1;
  for (; end < lines.length; end++) {
    const line = lines[end] ?? "";
    if (isBlank(line)) {
      const following = lines.slice(end + 1).find((later) => !isBlank(later));
      if (following === undefined || following.search(/\S/) <= indent) break;
    } else if (line.search(/\S/) <= indent) break;
  }
  return end;
}

function withoutIndent(line: string, width: number): string {
  const indent = line.search(/\S/);
  return indent === -1 ? "" : line.slice(Math.min(indent, width));
}
