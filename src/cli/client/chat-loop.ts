import { EXIT } from "../exit.ts";
import type { ChatSession } from "./chat-session.ts";
import type { Next } from "./commands/slash-command.ts";
import { commandIn, findCommand, unknownCommand } from "./commands/slash-commands.ts";
import { percent } from "./commands/summarize-tokens.ts";
import type { History } from "./editor/input-history.ts";
import { MessageLines } from "./editor/multiline-message.ts";
import { exitCodeOf } from "./exit-code.ts";
import type { Lines } from "./lines.ts";
import { sanitize } from "./markdown/sanitize.ts";

/** Two Ctrl-C within so many milliseconds leave. */
const LEAVE_MS = 1_500;

/**
 * Takes messages and commands until somebody leaves.
 * @returns the exit code; for lines out of a pipe, that of the last answer
 */
export async function converse(chat: ChatSession, lines: Lines, history: History): Promise<number> {
  const message = new MessageLines();
  let hinted = Number.NEGATIVE_INFINITY;
  let initial: string | undefined;
  for (;;) {
    const line = await lines.next(message.isOpen ? chat.terminal.style.dim("… ") : promptOf(chat), initial);
    initial = undefined;
    if (line.type === "end") return leave(chat, lines.isTerminal ? EXIT.done : codeOf(chat));
    if (line.type === "interrupt") {
      const wasOpen = message.isOpen;
      message.drop();
      if (!line.empty || wasOpen) continue;
      if (performance.now() - hinted < LEAVE_MS) return leave(chat, EXIT.interrupted);
      hinted = performance.now();
      chat.terminal.note(chat.terminal.style.dim("Ctrl-C again to leave"));
      continue;
    }
    const typed = message.add(line.text);
    if (typed.type === "more" || typed.text.trim() === "") continue;
    history.add(typed.text);
    const next = await answer(chat, typed.text);
    if (chat.terminal.closed.aborted) return EXIT.done;
    if (next.type === "leave") return leave(chat, lines.isTerminal ? EXIT.done : codeOf(chat));
    if (next.type === "edit") initial = next.text;
    if (!lines.isTerminal && chat.last?.stopped) return EXIT.interrupted;
  }
}

async function answer(chat: ChatSession, text: string): Promise<Next> {
  const given = commandIn(text.trim());
  if (given === undefined) {
    await chat.ask(text);
    await warnOfWindow(chat);
    return { type: "go-on" };
  }
  const command = findCommand(given.name);
  if (command !== undefined) return command.run(chat, given.argument);
  chat.terminal.warn(unknownCommand(given.name));
  return { type: "go-on" };
}

function promptOf({ target, terminal }: ChatSession): string {
  return terminal.style.bold(terminal.style.cyan(`${sanitize(target.model)}› `));
}

function leave(chat: ChatSession, code: number): number {
  if (chat.isSaved) chat.terminal.note(chat.terminal.style.dim("To go on: nash-llm client -c"));
  return code;
}

function codeOf({ last }: ChatSession): number {
  return last === undefined ? EXIT.done : exitCodeOf(last);
}

/** Below so many tokens no window is near, and nothing is asked. */
const WORTH_ASKING = 3_000;
/** From this share on the user hears of it: many programs cut the beginning off in silence. */
const NEARLY_FULL = 0.8;

/** Says so when the conversation comes near to what the model holds. */
async function warnOfWindow(chat: ChatSession): Promise<void> {
  const { terminal, target, last } = chat;
  if (!terminal.isErr || last?.error !== undefined || !last?.usage) return;
  const used = last.usage.inputTokens + last.usage.outputTokens;
  if (used < WORTH_ASKING) return;
  const messages = [{ role: "user", content: "" }] as const;
  try {
    const { context_window: window } = await chat.connection.client.tokens({ model: target.model, messages });
    if (!window || used < NEARLY_FULL * window) return;
    const words = `${used} of ${window} tokens that ${sanitize(target.model)} holds are used (${percent(used, window)}).`;
    terminal.note(terminal.style.yellow(`${words} /summarize makes the conversation shorter.`));
  } catch {
    // A server that cannot count is no reason to disturb a conversation.
  }
}
