import type { Fence } from "./blocks.ts";

/** The languages that Bun can colour. */
const COLOURED = /^(?:js|jsx|mjs|cjs|javascript|ts|tsx|mts|typescript)$/i;

/** One line of a block of code, coloured where its language is known, without the indentation of the block. */
export function codeLine(line: string, { language, indent }: Fence): string {
  const text = line.slice(Math.min(indent, line.length - line.trimStart().length));
  return COLOURED.test(language) ? coloured(text, language) : text;
}

/** Bun puts a block into a box; of that only the line itself is taken. */
function coloured(text: string, language: string): string {
  const fence = "~".repeat(Math.max(3, (/~+/.exec(text)?.[0].length ?? 0) + 1));
  const boxed =
    Bun.markdown.ansi(`${fence}${language}\n${text}\n${fence}`, { columns: 0 }).split("\n")[1] ?? "";
  const shown = boxed.replace(BAR, "");
  return Bun.stripANSI(shown) === text ? shown : text;
}

const BAR = "\u001b[2m│ \u001b[0m";
