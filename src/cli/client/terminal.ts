import type { ClientEnvironment, ClientSettings } from "../../config.ts";
import { createStyle, type Style } from "../style.ts";

/** The two outputs, and what may be written to each: the answer to stdout, all else to stderr. */
export interface Terminal {
  /** Whether stdout is a terminal. */
  readonly isOut: boolean;
  /** Whether stderr is a terminal: notices, statistics and the spinner are for people. */
  readonly isErr: boolean;
  /** Colours on stdout. */
  readonly color: boolean;
  /** Markdown on stdout is laid out, with colours or without (`NO_COLOR`); not into a pipe, nor on a dumb terminal. */
  readonly laysOut: boolean;
  /** The cursor can be moved: the terminal is not a dumb one. */
  readonly moves: boolean;
  /** Marks and colours for stderr. */
  readonly style: Style;
  /** Aborts when nobody reads stdout any more (`| head -1`). */
  readonly closed: AbortSignal;
  /** Writes a piece of the answer; settles when it has been taken. */
  out(text: string): Promise<void>;
  /** A line for people, on a terminal alone. */
  note(text: string): void;
  /** A line that must not be lost: errors, and warnings that change what is done. */
  warn(text: string): void;
  /** Raw text for the terminal on stderr, such as the spinner's. */
  draw(text: string): void;
  /** The window's size, as it is now. */
  size(): { readonly columns: number; readonly rows: number };
}

export function createTerminal(env: ClientEnvironment, when: ClientSettings["color"]): Terminal {
  const { stdout, stderr } = process;
  const isOut = stdout.isTTY === true;
  const isErr = stderr.isTTY === true;
  const color = when === "auto" ? undefined : when === "always";
  const wanted = color ?? (!env.noColor && env.term !== "dumb");
  const closed = new AbortController();
  // Nobody reads on: not a fault of ours, and no reason for a stack.
  stdout.on("error", () => closed.abort());
  stderr.on("error", () => undefined);
  const size = () => {
    const { columns, rows } = isOut ? stdout : stderr;
    return { columns: columns || 80, rows: rows || 24 };
  };
  // Broken between words, and into a pipe not at all.
  const line = (text: string) => void stderr.write(`${isErr ? wrapped(text, size().columns) : text}\n`);
  return {
    isOut,
    isErr,
    color: wanted && (isOut || color === true),
    laysOut: (isOut && env.term !== "dumb") || color === true,
    moves: env.term !== "dumb",
    style: createStyle(wanted && (isErr || color === true)),
    closed: closed.signal,
    out: (text) =>
      new Promise((resolve) => {
        if (text === "" || closed.signal.aborted) resolve();
        else stdout.write(text, () => resolve());
      }),
    note: (text) => isErr && line(text),
    warn: line,
    draw: (text) => isErr && void stderr.write(text),
    size,
  };
}

/** Lines no wider than the window, each broken one going on where its text began. */
function wrapped(text: string, columns: number): string {
  return text
    .split("\n")
    .map((line) => {
      const indent = /^ */.exec(line)?.[0] ?? "";
      const width = Math.max(columns - 1 - indent.length, 10);
      const parts = Bun.wrapAnsi(line.slice(indent.length), width, { hard: false, trim: true });
      return parts.replace(/^/gm, indent);
    })
    .join("\n");
}
