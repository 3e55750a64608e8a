import type { Turns } from "./traits.ts";

/** Stands in where a provider insists that the user speaks first, and a summary or an answer comes first. */
export const OPENING = "Let us go on with our conversation.";
/** Stands in where a provider insists that the user speaks last, or between two messages of the assistant. */
export const CONTINUE = "Please continue.";
/** Stands in where a provider insists that the assistant speaks between a tool's result and the user. */
export const NOTED = "I have the result.";

/** A message of any protocol, as far as its place is concerned. */
export interface Turn {
  readonly role: string;
}

/**
 * Brings messages into an order that the provider takes.
 * @param say makes a message from a text
 * @param merge joins two neighbours of one role, or gives undefined where they must stay apart
 */
export function orderTurns<T extends Turn>(
  messages: readonly T[],
  turns: Turns,
  say: (role: "user" | "assistant", text: string) => T,
  merge: (first: T, second: T) => T | undefined,
): T[] {
  const start = messages.findIndex((message) => !isSystem(message));
  const isAhead = (message: T, i: number) => (turns.systemFirst ? isSystem(message) : start < 0 || i < start);
  const ahead = messages.filter(isAhead);
  const spoken = messages.filter((message, i) => !isAhead(message, i));
  if (turns.startsWithUser && spoken[0]?.role !== "user") ahead.push(say("user", OPENING));

  const ordered: T[] = [];
  for (const message of [...ahead, ...spoken]) {
    const previous = ordered.at(-1);
    if (turns.assistantAfterTool && previous?.role === "tool" && message.role === "user") {
      ordered.push(say("assistant", NOTED));
    }
    if (turns.merges !== "never" && previous?.role === message.role) {
      const merged = merge(previous, message);
      if (merged !== undefined) {
        ordered[ordered.length - 1] = merged;
        continue;
      }
      if (message.role === "assistant") ordered.push(say("user", CONTINUE));
    }
    ordered.push(message);
  }
  const last = ordered.at(-1)?.role;
  if (turns.endsWithUser && last !== "user" && last !== "tool") {
    ordered.push(say("user", spoken.length === 0 ? OPENING : CONTINUE));
  }
  return ordered;
}

function isSystem({ role }: Turn): boolean {
  return role === "system" || role === "developer";
}
