/** What a mark at the beginning of a text turns out to be. */
export type Mark =
  /** Not to be told before more of the line is there. */
  | { readonly type: "open" }
  /** No mark: this many characters are text. */
  | { readonly type: "text"; readonly length: number; readonly shown?: string }
  | { readonly type: "code"; readonly length: number; readonly text: string }
  | { readonly type: "strong" | "emphasis" | "strike"; readonly length: number; readonly text: string }
  | { readonly type: "link"; readonly length: number; readonly text: string; readonly url: string };

/** A mark whose end is further away than this, in characters, is none. It bounds what is held back. */
const MAX_MARK = 600;

/** Where a mark may begin. */
export const MARK = /[\\`*_~[!<]/;

const OPEN: Mark = { type: "open" };
const PUNCTUATION = /[!-/:-@[-`{-~]/;

/**
 * Judges the mark at the beginning of a text, as CommonMark does where that can be told from one line. The judgement
 * does not change with what comes later: where it could, the mark is still open.
 * @param text begins with a character that `MARK` matches
 * @param before the character before it, empty at the beginning of a line
 * @param isWhole nothing more follows on this line
 */
export function judgeMark(text: string, before: string, isWhole: boolean): Mark {
  const seen = text.slice(0, MAX_MARK);
  const ends = isWhole || seen.length < text.length || text.length >= MAX_MARK;
  const mark = judge(seen, before, ends);
  return mark.type === "open" && ends ? { type: "text", length: runLength(seen) } : mark;
}

function judge(text: string, before: string, isWhole: boolean): Mark {
  switch (text[0]) {
    case "\\":
      return escaped(text);
    case "`":
      return codeSpan(text, isWhole);
    case "[":
      return link(text, 0);
    case "!":
      if (text.length === 1) return OPEN;
      return text[1] === "[" ? link(text, 1) : { type: "text", length: 1 };
    case "<":
      return autolink(text);
    default:
      return emphasis(text, before, isWhole);
  }
}

function escaped(text: string): Mark {
  const next = text[1];
  if (next === undefined) return OPEN;
  return PUNCTUATION.test(next) ? { type: "text", length: 2, shown: next } : { type: "text", length: 1 };
}

/** A code span ends at a run of as many backticks as it began with. */
function codeSpan(text: string, isWhole: boolean): Mark {
  const size = runLength(text);
  if (size === text.length) return OPEN;
  for (const { index, 0: run } of text.slice(size).matchAll(/`+/g)) {
    const end = size + index + run.length;
    if (end === text.length && !isWhole) return OPEN;
    if (run.length !== size) continue;
    const inside = text.slice(size, size + index);
    const padded = inside.startsWith(" ") && inside.endsWith(" ") && inside.trim() !== "";
    return { type: "code", length: end, text: padded ? inside.slice(1, -1) : inside };
  }
  return OPEN;
}

/** `[text](address "title")`; with an exclamation mark before it an image, of which the words are shown. */
function link(text: string, start: number): Mark {
  const close = matching(text, start, "[", "]");
  if (close === undefined || close + 1 === text.length) return OPEN;
  if (text[close + 1] !== "(") return { type: "text", length: start + 1 };
  const end = matching(text, close + 1, "(", ")");
  if (end === undefined) return OPEN;
  const [url = ""] = text
    .slice(close + 2, end)
    .trim()
    .split(/\s/);
  return {
    type: "link",
    length: end + 1,
    text: text.slice(start + 1, close),
    url: url.replace(/^<(.*)>$/, "$1"),
  };
}

/** Where the bracket at `start` is closed. */
function matching(text: string, start: number, open: string, close: string): number | undefined {
  let depth = 0;
  for (let i = start; i < text.length; i++) {
    if (text[i] === "\\") i++;
    else if (text[i] === open) depth++;
    else if (text[i] === close && --depth === 0) return i;
  }
  return undefined;
}

function autolink(text: string): Mark {
  const whole = /^<([a-z][a-z0-9+.-]+:[^\s<>]*)>/i.exec(text);
  if (whole?.[1] !== undefined)
    return { type: "link", length: whole[0].length, text: whole[1], url: whole[1] };
  return /^<(?:[a-z][a-z0-9+.-]*(?::[^\s<>]*)?)?$/i.test(text) ? OPEN : { type: "text", length: 1 };
}

function emphasis(text: string, before: string, isWhole: boolean): Mark {
  const sign = text[0] ?? "";
  const size = runLength(text);
  const next = text[size];
  if (next === undefined && !isWhole) return OPEN;
  const isWord = /[\p{L}\p{N}]/u;
  const cannotOpen =
    next === undefined ||
    /\s/.test(next) ||
    size > (sign === "~" ? 2 : 3) ||
    (sign === "~" && size < 2) ||
    (sign === "_" && isWord.test(before));
  if (cannotOpen) return { type: "text", length: size };
  const end = closingRun(text, sign, size, isWhole);
  if (end === undefined) return OPEN;
  const inside = text.slice(Math.min(size, 2), end - Math.min(size, 2));
  if (sign === "~") return { type: "strike", length: end, text: inside };
  if (size !== 3) return { type: size === 1 ? "emphasis" : "strong", length: end, text: inside };
  return { type: "strong", length: end, text: inside };
}

/** Where the run ends that closes an emphasis of this size, code spans and other runs passed over. */
function closingRun(text: string, sign: string, size: number, isWhole: boolean): number | undefined {
  for (let i = size; i < text.length; i++) {
    if (text[i] === "\\") {
      i++;
    } else if (text[i] === "`") {
      const span = codeSpan(text.slice(i), isWhole);
      if (span.type === "open" && !isWhole) return undefined;
      i += span.type === "code" ? span.length - 1 : runLength(text.slice(i)) - 1;
    } else if (text[i] === sign) {
      const run = runLength(text.slice(i));
      const end = i + run;
      const after = text[end];
      if (after === undefined && !isWhole) return undefined;
      const closes =
        !/\s/.test(text[i - 1] ?? " ") &&
        (run === size || run === 3) &&
        !(sign === "_" && after !== undefined && /[\p{L}\p{N}]/u.test(after));
      if (closes) return end;
      i = end - 1;
    }
  }
  return undefined;
}

/** How often the first character stands at the beginning. */
function runLength(text: string): number {
  let length = 1;
  while (length < text.length && text[length] === text[0]) length++;
  return length;
}
