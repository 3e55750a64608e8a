import { EXIT } from "../exit.ts";
import type { Next } from "./commands/command.ts";
import { commandIn, findCommand, unknownCommand } from "./commands/table.ts";
import { exitCodeFor } from "./exit-code.ts";
import type { History } from "./input/history.ts";
import { MessageLines } from "./input/message.ts";
import type { Lines } from "./lines.ts";
import { sanitize } from "./render/sanitize.ts";
import type { Talk } from "./talk.ts";
import { warnOfWindow } from "./window.ts";

/** Two Ctrl-C within so many milliseconds leave. */
const LEAVE_MS = 1_500;

/**
 * Takes messages and commands until somebody leaves.
 * @returns the exit code; for lines out of a pipe, that of the last answer
 */
export async function converse(talk: Talk, lines: Lines, history: History): Promise<number> {
  const message = new MessageLines();
  let hinted = Number.NEGATIVE_INFINITY;
  let initial: string | undefined;
  for (;;) {
    const line = await lines.next(message.isOpen ? talk.terminal.style.dim("… ") : promptOf(talk), initial);
    initial = undefined;
    if (line.type === "end") return leave(talk, lines.isTerminal ? EXIT.done : codeOf(talk));
    if (line.type === "interrupt") {
      const wasOpen = message.isOpen;
      message.drop();
      if (!line.empty || wasOpen) continue;
      if (performance.now() - hinted < LEAVE_MS) return leave(talk, EXIT.interrupted);
      hinted = performance.now();
      talk.terminal.note(talk.terminal.style.dim("Ctrl-C again to leave"));
      continue;
    }
    const typed = message.add(line.text);
    if (typed.type === "more" || typed.text.trim() === "") continue;
    history.add(typed.text);
    const next = await answer(talk, typed.text);
    if (talk.terminal.closed.aborted) return EXIT.done;
    if (next.type === "leave") return leave(talk, lines.isTerminal ? EXIT.done : codeOf(talk));
    if (next.type === "edit") initial = next.text;
    if (!lines.isTerminal && talk.last?.stopped) return EXIT.interrupted;
  }
}

async function answer(talk: Talk, text: string): Promise<Next> {
  const given = commandIn(text.trim());
  if (given === undefined) {
    await talk.ask(text);
    await warnOfWindow(talk);
    return { type: "go-on" };
  }
  const command = findCommand(given.name);
  if (command !== undefined) return command.run(talk, given.argument);
  talk.terminal.warn(unknownCommand(given.name));
  return { type: "go-on" };
}

function promptOf({ target, terminal }: Talk): string {
  return terminal.style.bold(terminal.style.cyan(`${sanitize(target.demo ? "demo" : target.model)}› `));
}

function leave(talk: Talk, code: number): number {
  if (talk.isSaved) talk.terminal.note(talk.terminal.style.dim("To go on: nash-llm client -c"));
  return code;
}

function codeOf({ last }: Talk): number {
  return last?.error === undefined ? EXIT.done : exitCodeFor(last.error);
}
