import type { Turns } from "../traits.ts";
import { type SentMessage, type SentPart, textsAsString } from "./content.ts";

/** Joins two messages of one role; undefined where they must stay apart: results of tools, and what follows calls. */
export function merged(first: SentMessage, second: SentMessage, turns: Turns): SentMessage | undefined {
  if (first.role === "tool" || first.tool_calls !== undefined) return undefined;
  // Templates drop the text beside a call.
  if (turns.merges === "lossless" && second.tool_calls !== undefined && !isBlank(first)) return undefined;
  if (first.name === second.name) return { ...first, ...second, content: mergedContents(first, second) };
  const { name: _, ...one } = withNameInText(first);
  const { name: __, ...other } = withNameInText(second);
  return { ...one, ...other, content: mergedContents(one, other) };
}

/** Two speakers in one message are told apart by their words. */
function withNameInText(message: SentMessage): SentMessage {
  const { name, content } = message;
  if (name === undefined || isBlank(message)) return message;
  if (typeof content === "string") return { ...message, content: `${name}: ${content}` };
  return { ...message, content: [{ type: "text", text: `${name}:` }, ...(content ?? [])] };
}

function mergedContents(first: SentMessage, second: SentMessage): SentMessage["content"] {
  if (isBlank(first)) return second.content;
  if (isBlank(second)) return first.content;
  const parts = [...partsOf(first), ...partsOf(second)];
  const areStrings = typeof first.content === "string" && typeof second.content === "string";
  // Templates read but the first part of a system message.
  return (areStrings || first.role === "system" ? textsAsString(parts) : undefined) ?? parts;
}

/** Whether there is nothing to read in a message, nor to see. */
function isBlank({ content }: SentMessage): boolean {
  return content === null || (typeof content === "string" && content.trim() === "");
}

export function partsOf({ content }: SentMessage): readonly SentPart[] {
  return typeof content === "string" ? [{ type: "text", text: content }] : (content ?? []);
}
