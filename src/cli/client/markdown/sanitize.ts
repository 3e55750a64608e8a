import type { AnswerRenderer } from "./answer-renderer.ts";

const ESCAPE = 0x1b;
const BELL = 0x07;
const CANCEL = 0x18;
const SUBSTITUTE = 0x1a;
/** An escape sequence longer than this is none; what follows is text again. */
const MAX_SEQUENCE = 4_096;

/** Where in an escape sequence the text is (ECMA-48, and xterm's strings). */
type State = "text" | "escape" | "intermediate" | "csi" | "string" | "string-escape";

/**
 * Takes out whatever could make a terminal do something other than show text: escape sequences whole, all control
 * characters but line feed and tab, and the invisible characters that turn the direction of writing, by which text
 * can be made to look like other text. Works on pieces cut anywhere.
 */
export function sanitizer(): AnswerRenderer {
  let state: State = "text";
  let length = 0;
  let half = "";

  /** The state after this character of a sequence; `undefined` where it was no part of it. */
  function next(code: number): State | undefined {
    if (code === CANCEL || code === SUBSTITUTE) return "text";
    if (code === ESCAPE) return state === "string" ? "string-escape" : "escape";
    switch (state) {
      case "string-escape":
        return code === 0x5c ? "text" : afterEscape(code);
      case "escape":
        return afterEscape(code);
      case "intermediate":
        return afterEscape(code, true);
      case "csi":
        if (code >= 0x20 && code <= 0x3f) return "csi";
        return code >= 0x40 && code <= 0x7e ? "text" : undefined;
      default:
        // A string ends at BEL or ST; a line feed shows that it was never one.
        if (code === BELL || code === 0x9c) return "text";
        return code === 0x0a ? undefined : "string";
    }
  }

  function write(text: string): string {
    let shown = "";
    for (const character of text) {
      const code = character.codePointAt(0) ?? 0;
      if (state !== "text") {
        const after = ++length > MAX_SEQUENCE ? undefined : next(code);
        state = after ?? "text";
        if (after !== undefined) continue;
      }
      if (code === ESCAPE) start("escape");
      else if (code === 0x9b) start("csi");
      else if (code === 0x90 || code === 0x98 || (code >= 0x9d && code <= 0x9f)) start("string");
      else if (!isHarmful(code)) shown += character;
    }
    return shown;
  }

  function start(sequence: State): void {
    state = sequence;
    length = 0;
  }

  return {
    write(text) {
      // Half of a surrogate pair waits for the other half.
      const whole = half + text;
      const last = whole.charCodeAt(whole.length - 1);
      half = "";
      const cut = last >= 0xd800 && last <= 0xdbff ? whole.length - 1 : whole.length;
      const shown = write(whole.slice(0, cut));
      half = whole.slice(cut);
      return shown;
    },
    end: () => "",
  };
}

/** What the character after an Escape begins or ends; `undefined` where it belongs to no sequence. */
function afterEscape(code: number, intermediate = false): State | undefined {
  if (code >= 0x20 && code <= 0x2f) return "intermediate";
  if (!intermediate && code === 0x5b) return "csi";
  if (!intermediate && (code === 0x50 || code === 0x58 || (code >= 0x5d && code <= 0x5f))) return "string";
  return code >= 0x30 && code <= 0x7e ? "text" : undefined;
}

/** A text that is at hand whole, such as a model's name or a provider's message, on one line or several. */
export function sanitize(text: string): string {
  return sanitizer().write(text);
}

/** Whether a code point alone can make a terminal do something other than show it. */
export function isHarmful(code: number): boolean {
  if (code < 0x20) return code !== 0x0a && code !== 0x09;
  if (code >= 0x7f && code <= 0x9f) return true;
  // Marks, embeddings, overrides and isolates of direction; lone surrogates.
  return (
    code === 0x61c ||
    code === 0x200e ||
    code === 0x200f ||
    (code >= 0x202a && code <= 0x202e) ||
    (code >= 0x2066 && code <= 0x2069) ||
    (code >= 0xd800 && code <= 0xdfff)
  );
}
