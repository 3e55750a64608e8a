/** Ends of an answer that are not the usual one. */

import { FRAMES, type ProtocolName } from "./streams.ts";

const frame = (value: unknown, event?: string) =>
  `${event === undefined ? "" : `event: ${event}\n`}data: ${JSON.stringify(value)}\n\n`;

/** The closing with another reason, by the protocol's own name. */
export function closingWith(protocol: ProtocolName, reason: string): string {
  const { closing } = FRAMES[protocol];
  return closing.replace(protocol === "openai" ? '"stop"' : '"end_turn"', `"${reason}"`);
}

/** What a provider's protocol calls these reasons. */
export const REASON = {
  openai: { length: "length", filter: "content_filter", tool: "tool_calls", stop: "stop" },
  anthropic: { length: "max_tokens", filter: "refusal", tool: "tool_use", stop: "end_turn" },
} as const;

/** A call of a tool behind the text that came. */
export function toolCall(protocol: ProtocolName): string {
  if (protocol === "openai") {
    const call = { index: 0, id: "c", type: "function", function: { name: "f", arguments: "{}" } };
    return frame({ choices: [{ index: 0, delta: { tool_calls: [call] } }] });
  }
  const content_block = { type: "tool_use", id: "c", name: "f", input: {} };
  return (
    frame({ type: "content_block_stop", index: 0 }, "content_block_stop") +
    frame({ type: "content_block_start", index: 1, content_block }, "content_block_start")
  );
}

/** OpenAI's refusal, in deltas. */
export function refusalDelta(): string {
  return frame({ choices: [{ index: 0, delta: { refusal: "I cannot." } }] });
}
