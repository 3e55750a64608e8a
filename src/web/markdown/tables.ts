import type { Alignment, Read } from "./block.ts";

const DELIMITERS = /^\s*\|?(?:\s*:?-+:?\s*\|)+(?:\s*:?-+:?\s*)?$/;

/** A table: a head, a line of dashes, and as many rows as follow. */
export function tableAt(lines: readonly string[], at: number): Read | undefined {
  const line = lines[at] ?? "";
  const below = lines[at + 1] ?? "";
  if (!line.includes("|") || !DELIMITERS.test(below)) return undefined;
  const head = cellsOf(line);
  const align = cellsOf(below).map(alignment);
  if (align.length !== head.length) return undefined;
  const rows: (readonly string[])[] = [];
  let next = at + 2;
  for (; (lines[next] ?? "").includes("|"); next++) {
    const cells = cellsOf(lines[next] ?? "");
    rows.push(head.map((_, column) => cells[column] ?? ""));
  }
  return { block: { type: "table", head, rows, align }, next };
}

/** Cells are parted by bars that are not escaped and not within code. */
function cellsOf(line: string): readonly string[] {
  const inner = line
    .trim()
    .replace(/^\|/, "")
    .replace(/(?<!\\)\|$/, "");
  const cells = inner.match(/(?:\\.|`[^`]*`|[^|])+|(?<=\|)(?=\|)/g) ?? [""];
  return cells.map((cell) => cell.trim().replaceAll("\\|", "|"));
}

function alignment(dashes: string): Alignment {
  if (dashes.startsWith(":") && dashes.endsWith(":")) return "center";
  if (dashes.endsWith(":")) return "right";
  return dashes.startsWith(":") ? "left" : undefined;
}
