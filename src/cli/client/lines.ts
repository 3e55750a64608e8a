import type { Line } from "./editor/line-editor.ts";

/** Where the lines of a conversation come from. */
export interface Lines {
  /** @param initial what stands in the line at first */
  next(prompt: string, initial?: string): Promise<Line>;
  /** A person types them. */
  readonly isTerminal: boolean;
}

/** Lines that come through a pipe, or out of a text that did. */
export function pipedLines(lines: Iterable<string> | AsyncIterable<string>): Lines {
  const iterator = each(lines);
  return {
    isTerminal: false,
    async next() {
      const { done, value } = await iterator.next();
      return done ? { type: "end" } : { type: "line", text: value };
    },
  };
}

async function* each(lines: Iterable<string> | AsyncIterable<string>): AsyncGenerator<string, void, void> {
  yield* lines;
}
