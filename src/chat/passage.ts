import { invalidField } from "../core/failure.ts";
import { type Message, textOf } from "../core/message.ts";
import { SUMMARY_PREFIX } from "./prompts.ts";

/** A conversation taken apart for a summary. */
export interface Passage {
  /** System and developer messages, which stay as they were. */
  readonly system: readonly Message[];
  /** The text of a summary that stands in the conversation already, to be extended. */
  readonly earlier: string | undefined;
  /** What is to be summarized. */
  readonly body: readonly Message[];
  /** The last messages, which stay as they were. */
  readonly kept: readonly Message[];
}

/**
 * Takes a conversation apart. The kept messages begin no later than asked; earlier where a tool's result
 * would otherwise lose the call that it answers.
 * @param keepLast how many of the last messages stay
 * @throws {ChatError} when nothing is left to summarize
 */
export function takeApart(messages: readonly Message[], keepLast: number): Passage {
  const system = messages.filter(isSystem);
  const said = messages.filter((message) => !isSystem(message));
  if (said.length === 0)
    throw invalidField("messages", "There is nothing to summarize: all messages are system messages.");

  let start = Math.max(0, said.length - keepLast);
  while (start > 0 && said[start]?.role === "tool") start--;
  const passed = said.slice(0, start);
  const body = passed.filter((message) => !isSummary(message));
  if (body.length === 0)
    throw invalidField("keep_last", "There is nothing to summarize: all messages are to be kept.");

  const earlier = passed.filter(isSummary).map(({ content }) => textOf(content).slice(SUMMARY_PREFIX.length));
  return {
    system,
    earlier: earlier.length === 0 ? undefined : earlier.join("\n\n"),
    body,
    kept: said.slice(start),
  };
}

/** The conversation with a summary in the place of what it stands for. */
export function putTogether({ system, kept }: Passage, summary: string): Message[] {
  return [...system, { role: "assistant", content: SUMMARY_PREFIX + summary }, ...kept];
}

function isSystem({ role }: Message): boolean {
  return role === "system" || role === "developer";
}

function isSummary(message: Message): boolean {
  return message.role === "assistant" && textOf(message.content).startsWith(SUMMARY_PREFIX);
}
