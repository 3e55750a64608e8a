import { invalidField } from "../core/failure.ts";
import { type Message, textOf } from "../core/message.ts";
import { SUMMARY_PREFIX, summaryMessage } from "../core/summary.ts";

/** A conversation taken apart for a summary. */
export interface Passage {
  /** System and developer messages, which stay as they were. */
  readonly system: readonly Message[];
  /** The text of the summary with which the conversation begins already, to be extended. */
  readonly earlier: string | undefined;
  /** What is to be summarized; empty where nothing has been said since the earlier summary. */
  readonly body: readonly Message[];
  /** The last messages, which stay as they were. */
  readonly kept: readonly Message[];
}

/**
 * Takes a conversation apart. The kept messages begin no later than asked; earlier where a tool's result
 * would otherwise lose the call that it answers.
 * @param keepLast how many of the last messages stay
 * @throws {ChatError} when there is nothing to summarize
 */
export function takeApart(messages: readonly Message[], keepLast: number): Passage {
  const system = messages.filter(isSystem);
  const said = messages.filter((message) => !isSystem(message));
  if (said.length === 0)
    throw invalidField("messages", "There is nothing to summarize: all messages are system messages.");

  let start = Math.max(0, said.length - keepLast);
  while (start > 0 && said[start]?.role === "tool") start--;
  if (start === 0)
    throw invalidField("keep_last", "There is nothing to summarize: all messages are to be kept.");

  // A summary that comes later stays in its place: what was said before it must not correct it.
  const passed = said.slice(0, start);
  const first = passed.findIndex((message) => !isSummary(message));
  const body = first === -1 ? [] : passed.slice(first);
  const earlier = passed
    .slice(0, passed.length - body.length)
    .map(summaryIn)
    .filter((text) => text.trim() !== "");
  if (body.length === 0 && earlier.length === 0)
    throw invalidField("messages", "There is nothing to summarize: the earlier summary is empty.");
  return {
    system,
    earlier: earlier.length === 0 ? undefined : earlier.join("\n\n"),
    body,
    kept: said.slice(start),
  };
}

/** The conversation with a summary in the place of what it stands for. */
export function putTogether({ system, kept }: Passage, summary: string): Message[] {
  return [...system, summaryMessage(summary), ...kept];
}

/** Whether a message is a summary of ours. */
export function isSummary({ role, content }: Message): boolean {
  return role === "assistant" && textOf(content).startsWith(SUMMARY_PREFIX);
}

/** The text of a summary of ours. */
export function summaryIn({ content }: Message): string {
  return textOf(content).slice(SUMMARY_PREFIX.length);
}

function isSystem({ role }: Message): boolean {
  return role === "system" || role === "developer";
}
