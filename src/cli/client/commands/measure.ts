import { NashError } from "../../../client/index.ts";
import { explain } from "../explain.ts";
import { sanitize } from "../render/sanitize.ts";
import { startSpinner } from "../spinner.ts";
import type { Talk } from "../talk.ts";
import { type ChatCommand, GO_ON } from "./command.ts";

export const summarize: ChatCommand = {
  name: "summarize",
  aliases: ["compact"],
  about: "put a summary in place of the conversation, so that it takes fewer tokens",
  async run(talk) {
    const { terminal, conversation } = talk;
    if (!conversation.messages.some(({ role }) => role === "user" || role === "assistant")) {
      terminal.warn("There is nothing to summarize yet.");
      return GO_ON;
    }
    const spinner = startSpinner(terminal, "summarizing");
    try {
      const result = await talk.stoppable((signal) => conversation.summarize({ signal }));
      spinner.stop();
      const { before, after, estimated } = result.token_reduction;
      await terminal.out(`${terminal.isOut ? sanitize(result.summary) : result.summary}\n`);
      const sign = estimated ? " (est.)" : "";
      talk.save();
      terminal.note(
        terminal.style.dim(`${before} → ${after} tokens${sign}; the conversation goes on from here`),
      );
    } catch (error) {
      spinner.stop();
      report(talk, error, "The conversation is as it was.");
    }
    return GO_ON;
  },
};

export const tokens: ChatCommand = {
  name: "tokens",
  about: "how long the conversation is, and how much the model holds",
  async run(talk) {
    const { messages } = talk.conversation;
    if (messages.length === 0) {
      talk.terminal.warn("Nothing has been said yet.");
      return GO_ON;
    }
    try {
      const count = await talk.stoppable((signal) =>
        talk.connection.client.tokens({ model: talk.target.model, messages }, { signal }),
      );
      const sign = count.estimated ? " (est.)" : "";
      const window = count.context_window;
      const share = window
        ? ` of ${window} that ${sanitize(talk.target.model)} holds, ${percent(count.tokens, window)}`
        : "";
      talk.terminal.warn(`${count.tokens} tokens${sign}${share}`);
    } catch (error) {
      if (error instanceof NashError && error.type === "not_found")
        talk.terminal.warn("This server cannot count tokens.");
      else report(talk, error);
    }
    return GO_ON;
  },
};

/** A failure of a command, or that it was stopped. */
function report(talk: Talk, error: unknown, otherwise = ""): void {
  if (error instanceof DOMException && error.name === "AbortError") {
    talk.terminal.warn(`Stopped. ${otherwise}`.trim());
  } else {
    for (const line of explain(error, talk.target, true)) talk.terminal.warn(line);
  }
}

export function percent(part: number, whole: number): string {
  return `${Math.round((100 * part) / whole)} %`;
}
