import type { Turns } from "./traits.ts";

/** Stands in where a provider insists that the user speaks first, and a summary or an answer comes first. */
export const OPENING = "Let us go on with our conversation.";
/** Stands in where a provider insists that the user speaks last. */
export const CONTINUE = "Please continue.";

/** A message of any protocol, as far as its place is concerned. */
export interface Turn {
  readonly role: string;
}

/**
 * Brings messages into an order that the provider takes. System messages at the start stay where they are.
 * @param said makes a message of the user from a text
 * @param merge joins two neighbours of one role, or gives undefined where they must stay apart
 */
export function orderTurns<T extends Turn>(
  messages: readonly T[],
  turns: Turns,
  said: (text: string) => T,
  merge: (first: T, second: T) => T | undefined,
): T[] {
  const ordered: T[] = [];
  const start = messages.findIndex((message) => message.role !== "system" && message.role !== "developer");
  const system = start === -1 ? messages.length : start;
  ordered.push(...messages.slice(0, system));
  if (turns.startsWithUser && messages[system]?.role !== "user") ordered.push(said(OPENING));
  for (const message of messages.slice(system)) {
    const previous = ordered.at(-1);
    const merged = turns.alternates && previous?.role === message.role ? merge(previous, message) : undefined;
    if (merged === undefined) ordered.push(message);
    else ordered[ordered.length - 1] = merged;
  }
  if (turns.endsWithUser && ordered.at(-1)?.role === "assistant") ordered.push(said(CONTINUE));
  return ordered;
}
