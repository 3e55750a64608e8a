import { createInterface } from "node:readline";
import type { Secret } from "../../core/secret.ts";
import { UsageError } from "../exit.ts";
import { keyIn } from "./api-key-file.ts";
import { PIPE_WAIT_MS, readPipe } from "./read-pipe.ts";
import type { Terminal } from "./terminal.ts";

/** What was asked on the command line and through a pipe. */
export type Asked =
  /** One question, one answer. */
  | { readonly type: "question"; readonly text: string; readonly key?: Secret }
  /** A conversation whose lines come through a pipe. */
  | {
      readonly type: "lines";
      readonly lines: Iterable<string> | AsyncIterable<string>;
      readonly key?: Secret;
    }
  /** A conversation at the terminal, which may begin with a question of the command line. */
  | { readonly type: "terminal"; readonly first?: string };

export interface AskedOptions {
  readonly prompt: string;
  /** `--interactive` */
  readonly interactive: boolean;
  /** The first line of standard input is the key. */
  readonly keyFirst: boolean;
  readonly terminal: Terminal;
}

const LEAVE = /^\/(?:exit|quit|bye)$/;

/**
 * Finds out what was asked. A text in a pipe is the question, or stands below the prompt; one that ends with the line
 * `/exit` is a conversation, line by line.
 * @throws {UsageError}
 */
export async function readQuestion({
  prompt,
  interactive,
  keyFirst,
  terminal,
}: AskedOptions): Promise<Asked> {
  if (process.stdin.isTTY) {
    if (prompt === "") return { type: "terminal" };
    return interactive ? { type: "terminal", first: prompt } : { type: "question", text: prompt };
  }
  if (interactive) {
    if (keyFirst) throw new UsageError("--interactive and --api-key-file - both want standard input.");
    const lines = createInterface({ input: process.stdin });
    return { type: "lines", lines: prompt === "" ? lines : after(prompt, lines) };
  }
  const piped = await readPipe(Bun.stdin.stream(), prompt === "" || keyFirst ? undefined : PIPE_WAIT_MS);
  if (piped.gaveUp) {
    terminal.warn(
      `nash-llm: nothing came through standard input in ${PIPE_WAIT_MS / 1000} s; asking without it. ` +
        "(For a slow program in front: no prompt, or its output in a file. For none: < /dev/null)",
    );
  }
  return { ...asked(prompt, keyFirst ? rest(piped.text) : piped.text), ...keyOf(piped.text, keyFirst) };
}

function asked(prompt: string, text: string): Asked {
  const lines = text.trimEnd().split(/\r?\n/);
  if (prompt === "" && LEAVE.test(lines.at(-1)?.trim() ?? "")) return { type: "lines", lines };
  const question = [prompt, text].filter((part) => part.trim() !== "").join("\n\n");
  if (question === "")
    throw new UsageError("Nothing was asked: give a prompt, pipe a text in, or start it at a terminal.");
  return { type: "question", text: prompt === "" ? question.replace(/\r?\n$/, "") : question };
}

function keyOf(text: string, keyFirst: boolean): { readonly key?: Secret } {
  return keyFirst ? { key: keyIn(text, "Standard input") } : {};
}

function rest(text: string): string {
  const at = text.indexOf("\n");
  return at < 0 ? "" : text.slice(at + 1);
}

async function* after(first: string, lines: AsyncIterable<string>): AsyncGenerator<string, void, void> {
  yield first;
  yield* lines;
}
