/** What the terminal sends: keys that were pressed, or text that was pasted in one go. */
export interface Keys {
  readonly type: "keys" | "paste";
  readonly text: string;
}

/** Asks the terminal to bracket what is pasted, and to stop doing so. */
export const BRACKETS_ON = "\u001b[?2004h";
export const BRACKETS_OFF = "\u001b[?2004l";

const BEGIN = "\u001b[200~";
const END = "\u001b[201~";

export const INTERRUPT = "\u0003";
export const SUSPEND = "\u001a";
const SIGNS = INTERRUPT + SUSPEND;
const LINE = new RegExp(`[${SIGNS}]|[^\\r\\n${SIGNS}]*(?:\\r\\n|\\r|\\n)|[^\\r\\n${SIGNS}]+`, "g");

/**
 * Parts what was pasted from what was typed (bracketed paste); `node:readline` would submit each line of it. The keys
 * are cut after each Enter and around Ctrl-C and Ctrl-Z, so that whoever reads one line leaves the next to others. Works on
 * pieces cut anywhere.
 */
export function createPasteFilter(): (input: string) => Keys[] {
  let pending = "";
  let pasted: string | undefined;

  return (input) => {
    pending += input;
    const found: Keys[] = [];
    for (;;) {
      const mark = pasted === undefined ? BEGIN : END;
      const at = pending.indexOf(mark);
      const text = pending.slice(0, at < 0 ? pending.length - beginningOf(mark, pending) : at);
      pending = pending.slice(text.length + (at < 0 ? 0 : mark.length));
      if (pasted !== undefined) pasted += text;
      else found.push(...linesOf(text));
      if (at < 0) return found;
      if (pasted !== undefined) found.push({ type: "paste", text: pasted.replace(/\r\n?/g, "\n") });
      pasted = pasted === undefined ? "" : undefined;
    }
  };
}

function linesOf(text: string): Keys[] {
  return (text.match(LINE) ?? []).map((line) => ({ type: "keys", text: line }));
}

/**
 * How many characters at the end of the text could be the beginning of a mark. A lone Escape is not waited for: it is
 * a key of its own, and terminals send a mark in one piece at least up to its bracket.
 */
function beginningOf(mark: string, text: string): number {
  for (let length = Math.min(mark.length - 1, text.length); length > 1; length--) {
    if (text.endsWith(mark.slice(0, length))) return length;
  }
  return 0;
}
