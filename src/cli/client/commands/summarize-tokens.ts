import { NashError } from "../../../client/index.ts";
import type { ChatSession } from "../chat-session.ts";
import { explain } from "../error-advice.ts";
import { sanitize } from "../markdown/sanitize.ts";
import { startSpinner } from "../spinner.ts";
import { type ChatCommand, GO_ON } from "./slash-command.ts";

export const summarize: ChatCommand = {
  name: "summarize",
  aliases: ["compact"],
  about: "put a summary in place of the conversation, so that it takes fewer tokens",
  async run(chat) {
    const { terminal, conversation } = chat;
    if (!conversation.messages.some(({ role }) => role === "user" || role === "assistant")) {
      terminal.warn("There is nothing to summarize yet.");
      return GO_ON;
    }
    const spinner = startSpinner(terminal, "summarizing");
    try {
      const result = await chat.stoppable((signal) => conversation.summarize({ signal }));
      spinner.stop();
      const { before, after, estimated } = result.token_reduction;
      await terminal.out(`${terminal.isOut ? sanitize(result.summary) : result.summary}\n`);
      const sign = estimated ? " (est.)" : "";
      chat.save();
      terminal.note(
        terminal.style.dim(`${before} → ${after} tokens${sign}; the conversation goes on from here`),
      );
    } catch (error) {
      spinner.stop();
      report(chat, error, "The conversation is as it was.");
    }
    return GO_ON;
  },
};

export const tokens: ChatCommand = {
  name: "tokens",
  about: "how long the conversation is, and how much the model holds",
  async run(chat) {
    const { messages } = chat.conversation;
    if (messages.length === 0) {
      chat.terminal.warn("Nothing has been said yet.");
      return GO_ON;
    }
    try {
      const count = await chat.stoppable((signal) =>
        chat.connection.client.tokens({ model: chat.target.model, messages }, { signal }),
      );
      const sign = count.estimated ? " (est.)" : "";
      const window = count.context_window;
      const share = window
        ? ` of ${window} that ${sanitize(chat.target.model)} holds, ${percent(count.tokens, window)}`
        : "";
      chat.terminal.warn(`${count.tokens} tokens${sign}${share}`);
    } catch (error) {
      if (error instanceof NashError && error.type === "not_found")
        chat.terminal.warn("This server cannot count tokens.");
      else report(chat, error);
    }
    return GO_ON;
  },
};

/** A failure of a command, or that it was stopped. */
function report(chat: ChatSession, error: unknown, otherwise = ""): void {
  if (error instanceof DOMException && error.name === "AbortError") {
    chat.terminal.warn(`Stopped. ${otherwise}`.trim());
  } else {
    for (const line of explain(error, chat.target, true)) chat.terminal.warn(line);
  }
}

export function percent(part: number, whole: number): string {
  return `${Math.round((100 * part) / whole)} %`;
}
