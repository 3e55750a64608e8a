import { createInterface } from "node:readline";
import { Readable } from "node:stream";
import { sanitize } from "../markdown/sanitize.ts";
import { FoldedText } from "./folded-text.ts";
import type { Keyboard } from "./keyboard.ts";

/** What came of asking for a line. */
export type Line =
  | { readonly type: "line"; readonly text: string }
  /** Ctrl-C; `empty` where nothing had been typed. */
  | { readonly type: "interrupt"; readonly empty: boolean }
  /** Ctrl-D, or the terminal is gone. */
  | { readonly type: "end" };

export interface LineOptions {
  readonly keyboard: Keyboard;
  /** The terminal that is written to. */
  readonly output: NodeJS.WritableStream;
  readonly prompt: string;
  /** Earlier entries, the newest first; they may have several lines. */
  readonly history?: readonly string[];
  /** What stands in the line at first. */
  readonly initial?: string;
  /** Completions of what has been typed, for Tab. */
  readonly complete?: (typed: string) => readonly string[];
}

/** A text longer than this is folded when it is pasted. */
const MAX_INLINE = 500;

const ESC = "\u001b";
/** One key: an escape sequence or a character. `node:readline` draws rows wrong that come to it in one piece. */
const KEY = new RegExp(`${ESC}(?:\\[[\\d;]*[A-Za-z~]|O.|[^${ESC}])?|.`, "gsu");
/** Keys that go over the character to their left, and to their right. */
const LEFTWARD = new Set(["\u007f", "\b", `${ESC}[D`, "\u0002"]);
const RIGHTWARD = new Set([`${ESC}[C`, `${ESC}[3~`, "\u0006"]);
const GRAPHEMES = new Intl.Segmenter();

/**
 * Asks for one line, with the editing keys of `node:readline`. What is pasted is part of the line, whatever line breaks
 * it holds: it is shown folded, and unfolded in what comes back.
 */
export function askLine({
  keyboard,
  output,
  prompt,
  history = [],
  initial,
  complete,
}: LineOptions): Promise<Line> {
  const folded = new FoldedText();
  // The keys are handed on one by one and at once; a real stream would take several lines before the first is answered.
  const keys = new Readable({ read: () => undefined });
  // The editor leaves its listener behind when it is closed.
  const resizeListeners = output.listeners("resize");
  const editor = createInterface({
    input: keys,
    output,
    terminal: true,
    prompt,
    history: history.map((entry) => (entry.includes("\n") ? folded.fold(entry) : entry)),
    historySize: history.length + 1,
    ...(complete === undefined
      ? {}
      : { completer: (typed: string): [string[], string] => [[...complete(typed)], typed] }),
  });

  const press = (key: string) => {
    // The editor knows code points; what is seen as one character is gone over as one.
    for (let n = codePointsAt(editor, key); n > 0; n--) keys.emit("data", Buffer.from(key));
  };
  const insert = (text: string) => {
    const shown = text.includes("\n") || text.length > MAX_INLINE ? folded.fold(text) : text;
    for (const character of shown) editor.write(character);
  };

  return new Promise((resolve) => {
    const settle = (line: Line) => {
      keyboard.release();
      editor.removeAllListeners("close");
      editor.close();
      for (const listener of output.listeners("resize"))
        if (!resizeListeners.includes(listener)) output.off("resize", listener as () => void);
      resolve(line);
    };
    editor.on("line", (text) => settle({ type: "line", text: folded.unfold(text) }));
    editor.on("SIGINT", () => {
      output.write("^C\n");
      settle({ type: "interrupt", empty: editor.line === "" });
    });
    const end = () => {
      output.write("\n");
      settle({ type: "end" });
    };
    editor.on("close", end);
    editor.prompt();
    if (initial !== undefined) insert(initial);
    keyboard.read(
      ({ type, text }) => {
        if (type === "keys") for (const key of text.match(KEY) ?? []) press(key);
        else insert(sanitize(text));
      },
      { ended: end, resumed: () => editor.prompt(true) },
    );
  });
}

/** How often a key is to be pressed so that it goes over a whole character as people see it. */
function codePointsAt(
  { line, cursor }: { readonly line: string; readonly cursor: number },
  key: string,
): number {
  const isLeftward = LEFTWARD.has(key);
  if (!isLeftward && !RIGHTWARD.has(key)) return 1;
  const at = GRAPHEMES.segment(line).containing(isLeftward ? cursor - 1 : cursor);
  const part = isLeftward
    ? line.slice(at?.index ?? cursor, cursor)
    : line.slice(cursor, (at?.index ?? cursor) + (at?.segment.length ?? 0));
  return Math.max(Array.from(part).length, 1);
}
