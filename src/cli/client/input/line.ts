import { createInterface } from "node:readline";
import { Readable } from "node:stream";
import { sanitize } from "../render/sanitize.ts";
import { Folded } from "./folded.ts";
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
  const folded = new Folded();
  // The keys are handed on one by one and at once; a real stream would take several lines before the first is answered.
  const keys = new Readable({ read: () => undefined });
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

  return new Promise((resolve) => {
    const settle = (line: Line) => {
      keyboard.release();
      editor.removeAllListeners("close");
      editor.close();
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
    if (initial !== undefined) {
      editor.write(/\n/.test(initial) || initial.length > MAX_INLINE ? folded.fold(initial) : initial);
    }
    keyboard.read(
      ({ type, text }) => {
        if (type === "keys") {
          keys.emit("data", Buffer.from(text));
        } else {
          const clean = sanitize(text);
          editor.write(clean.includes("\n") || clean.length > MAX_INLINE ? folded.fold(clean) : clean);
        }
      },
      { ended: end, resumed: () => editor.prompt(true) },
    );
  });
}
