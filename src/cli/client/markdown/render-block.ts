import { isHarmful } from "./sanitize.ts";

const ESC = "\u001b";

/** Emoji of several code points, which `Bun.markdown.ansi` counts one by one and a terminal shows as one. */
const JOINED_EMOJI = /\p{RGI_Emoji}/gv;
/** Joiners, variants, skin tones, regional letters: without one of these no emoji is joined, which is quick to see. */
const JOINERS = /[\u200d\ufe0f\u20e3\u{1f1e6}-\u{1f1ff}\u{1f3fb}-\u{1f3ff}]/u;
/** Wide characters that take the place of joined emoji while a block is laid out (CJK extension H). */
const FIRST_STAND_IN = 0x31350;
/** A character that is written as its number or name; one that a terminal must not see stays written so. */
const REFERENCE = /&(?:#x([\da-f]{1,6})|#(\d{1,7})|[lr]lm);/gi;
/** Takes the place of `&` in such a reference. */
const AMPERSAND = "\u{323af}";
const STAND_IN = /[\u{31350}-\u{323af}]/gu;
const STYLES = new RegExp(`${ESC}\\[([\\d;]*)m`, "g");
/** What stands before each line of code. */
const CODE_PREFIX = new RegExp(`^((?:${ESC}\\[\\d*m| )*│ (?:${ESC}\\[0m)?)(.*)$`);
/** `text (address)` where both are the same, as for an address that stands alone. */
const LINK = new RegExp(
  `(${ESC}\\[4m)(.*?)(${ESC}\\[24m${ESC}\\[39m)${ESC}\\[2m \\((.*?)(?:${ESC}\\[2m)?\\)${ESC}\\[39m${ESC}\\[22m`,
  "g",
);

/** How a block of Markdown is to look. */
export interface BlockLayout {
  /** Columns of the terminal; no line is wider. */
  readonly columns: number;
  /** Without, only bold, dim, italic, underlined and struck out are left (`NO_COLOR`). */
  readonly color: boolean;
}

/**
 * Lays Markdown out for a terminal, with `Bun.markdown.ansi`; lines of code are broken where they are too long.
 * @param source sanitized: controls in it would reach the terminal
 * @returns the lines, without the empty ones at the end
 */
export function renderBlock(source: string, { columns, color }: BlockLayout): string[] {
  const emoji: string[] = [];
  const safe = source.replace(REFERENCE, (whole, hex, decimal) => {
    const code = hex ? Number.parseInt(hex, 16) : decimal ? Number(decimal) : 0x200e;
    return code < 0x20 || isHarmful(code) ? AMPERSAND + whole.slice(1) : whole;
  });
  const text = !JOINERS.test(safe)
    ? safe
    : safe.replace(JOINED_EMOJI, (found) => {
        if (found.length <= 2 || emoji.length > 0xfff) return found;
        emoji.push(found);
        return String.fromCodePoint(FIRST_STAND_IN + emoji.length - 1);
      });
  const laidOut = Bun.markdown
    .ansi(withBreaks(text), { columns })
    .replace(LINK, (whole, on, shown, off, url) => (shown === url ? on + shown + off : whole));
  const lines = laidOut
    .trimEnd()
    .split("\n")
    .flatMap((line) => fitted(line, columns));
  return lines.map((line) => {
    const shown = line
      .replaceAll(AMPERSAND, "&")
      .replace(STAND_IN, (mark) => emoji[(mark.codePointAt(0) ?? 0) - FIRST_STAND_IN] ?? mark);
    return color ? shown : shown.replace(STYLES, (style, codes: string) => (isColor(codes) ? "" : style));
  });
}

/** Line ends of a text as breaks: people and models mean them, though Markdown does not. In code they are anyway. */
function withBreaks(source: string): string {
  return /^ {0,3}(?:`{3}|~{3})/.test(source) ? source : source.replace(/(?<=\S)\n(?=\S)/g, "  \n");
}

/** A line that is too wide on several: code with its border before each, all else as a terminal would break it. */
function fitted(line: string, columns: number): string[] {
  if (Bun.stringWidth(line) <= columns) return [line];
  const [, prefix = "", rest = line] = CODE_PREFIX.exec(line) ?? [];
  const width = Math.max(columns - Bun.stringWidth(prefix), 4);
  return Bun.wrapAnsi(rest, width, { hard: true, wordWrap: prefix === "", trim: false })
    .split("\n")
    .map((part) => prefix + part);
}

function isColor(codes: string): boolean {
  return /^(?:3|4|9\d|10\d)/.test(codes) && !/^[349]$/.test(codes);
}
