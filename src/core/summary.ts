import type { Message } from "./message.ts";

/** How a summary begins when it takes the place of the messages that it stands for (docs/protocol.md 3). */
export const SUMMARY_PREFIX = "Previous conversation summary:\n";

/** The message that stands in the place of those that were summarized. */
export function summaryMessage(summary: string): Message & { readonly content: string } {
  return { role: "assistant", content: SUMMARY_PREFIX + summary };
}
