/** What the beginning of a line says that the line is. */
export type Block =
  /** Not to be told before more of the line is there. */
  | { readonly type: "open" }
  /** Text, after so many characters of indentation. */
  | { readonly type: "text"; readonly length: number }
  | { readonly type: "heading"; readonly length: number }
  | { readonly type: "quote"; readonly length: number }
  | { readonly type: "item"; readonly length: number; readonly indent: string; readonly bullet: string }
  /** These take the whole line. */
  | { readonly type: "rule" }
  | { readonly type: "fence"; readonly fence: Fence }
  | { readonly type: "row" };

/** The line that opens a block of code. */
export interface Fence {
  readonly indent: number;
  readonly sign: string;
  readonly language: string;
}

/** A line of signs longer than this is no rule: nobody waits for its end. */
const MAX_RULE = 300;

const OPEN: Block = { type: "open" };

/**
 * Judges a line by its beginning. The judgement does not change with what comes later on the line; where it could, the
 * line is still open.
 * @param isWhole nothing more follows on this line
 */
export function judgeBlock(line: string, isWhole: boolean): Block {
  const indent = /^[ \t]*/.exec(line)?.[0] ?? "";
  const rest = line.slice(indent.length);
  if (rest === "" && !isWhole) return OPEN;
  return (
    fence(rest, indent, isWhole) ??
    rule(rest, isWhole) ??
    heading(rest, indent, isWhole) ??
    item(rest, indent, isWhole) ??
    quote(rest, indent, isWhole) ??
    (rest.startsWith("|") ? (isWhole ? { type: "row" } : OPEN) : undefined) ?? {
      type: "text",
      length: indent.length,
    }
  );
}

/** Whether a line closes the block of code. */
export function closesFence(line: string, { sign }: Fence): boolean {
  const text = line.trim();
  return text.length >= sign.length && text === (sign[0] ?? "").repeat(text.length);
}

/** Whether a line is the one below the head of a table. */
export function isDelimiterRow(line: string): boolean {
  return /^\s*\|?\s*:?-+:?\s*(?:\|\s*:?-+:?\s*)*\|?\s*$/.test(line) && line.includes("|");
}

function fence(rest: string, indent: string, isWhole: boolean): Block | undefined {
  const run = /^(?:`+|~+)/.exec(rest)?.[0];
  if (run === undefined) return undefined;
  if (run.length < 3) return run === rest && !isWhole ? OPEN : undefined;
  const info = rest.slice(run.length);
  // Backticks further on make it a code span of one line.
  if (run.startsWith("`") && info.includes("`")) return undefined;
  if (!isWhole) return OPEN;
  return {
    type: "fence",
    fence: { indent: indent.length, sign: run, language: info.trim().split(/\s/)[0] ?? "" },
  };
}

function rule(rest: string, isWhole: boolean): Block | undefined {
  if (rest.length > MAX_RULE || !/^([-*_])(?:[ \t]*\1)*[ \t]*$/.test(rest)) return undefined;
  if (!isWhole) return OPEN;
  return rest.replace(/\s/g, "").length >= 3 ? { type: "rule" } : undefined;
}

function heading(rest: string, indent: string, isWhole: boolean): Block | undefined {
  const marks = /^#{1,6}(?!#)/.exec(rest)?.[0];
  if (marks === undefined) return undefined;
  if (rest.length === marks.length) return isWhole ? undefined : OPEN;
  const space = /^[ \t]+/.exec(rest.slice(marks.length))?.[0];
  if (space === undefined) return undefined;
  if (marks.length + space.length === rest.length && !isWhole) return OPEN;
  return { type: "heading", length: indent.length + marks.length + space.length };
}

function item(rest: string, indent: string, isWhole: boolean): Block | undefined {
  const marker = /^(?:[-*+]|\d{1,9}[.)])/.exec(rest)?.[0];
  if (marker === undefined) return /^\d{1,9}$/.test(rest) && !isWhole ? OPEN : undefined;
  if (rest.length === marker.length) return isWhole ? undefined : OPEN;
  if (!/^[ \t]/.test(rest.slice(marker.length))) return undefined;
  const after = rest.slice(marker.length + 1);
  const box = /^\[[ xX]\] /.exec(after)?.[0];
  if (box === undefined && !isWhole && /^(?:\[(?:[ xX]\]?)?)?$/.test(after)) return OPEN;
  const sign = /^\d/.test(marker) ? marker : box === undefined ? "•" : box[1] === " " ? "☐" : "☑";
  return {
    type: "item",
    length: indent.length + marker.length + 1 + (box?.length ?? 0),
    indent,
    bullet: `${sign} `,
  };
}

function quote(rest: string, indent: string, isWhole: boolean): Block | undefined {
  if (!rest.startsWith(">")) return undefined;
  if (rest.length === 1 && !isWhole) return OPEN;
  return { type: "quote", length: indent.length + (rest[1] === " " ? 2 : 1) };
}
