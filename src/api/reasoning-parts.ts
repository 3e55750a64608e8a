import type { ChatEvent } from "../core/event.ts";
import type { ReasoningPart } from "../core/message.ts";

type ReasoningDelta = Extract<ChatEvent, { type: "reasoning" }>;

/** Whether the part holds what its provider wants back: it is complete then. */
export function isCarried({ signature, redacted, encrypted }: ReasoningPart | ReasoningDelta): boolean {
  return signature !== undefined || redacted !== undefined || encrypted !== undefined;
}

/**
 * Adds a delta of reasoning: to the last part, where that is reasoning and no carrier has completed it, else as a new one.
 * @param parts is changed
 */
export function addReasoning(parts: { type: string }[], { type, ...delta }: ReasoningDelta): void {
  const last = parts.at(-1) as ReasoningPart | undefined;
  if (last?.type === "reasoning" && !isCarried(last)) {
    const joined: ReasoningPart = { ...last, ...delta, text: last.text + delta.text };
    parts[parts.length - 1] = joined;
  } else {
    parts.push({ type, ...delta });
  }
}
