import type { ChatEvent, EndReason, Usage } from "../../core/event.ts";
import type { AnswerContext } from "../dialect.ts";
import { endReason, isSpokenRefusal } from "../ending.ts";
import type { MessagesBody } from "./schema.ts";

export type MessagesContext = AnswerContext<MessagesBody>;

type End = Extract<ChatEvent, { type: "end" }>;

/** One event. Both of Anthropic's SDKs skip a frame without its name. */
export function eventFrame(type: string, fields: object): string {
  return `event: ${type}\ndata: ${JSON.stringify({ type, ...fields })}\n\n`;
}

const STOP_REASONS: Readonly<Record<EndReason, string>> = {
  stop: "end_turn",
  other: "end_turn",
  length: "max_tokens",
  tool_calls: "tool_use",
  content_filter: "refusal",
  refusal: "refusal",
};

/** Anthropic's own words that say more than ours. */
const OWN_WORDS: ReadonlySet<string | undefined> = new Set(["pause_turn", "model_context_window_exceeded"]);

/** Why the answer ended, in Anthropic's words. */
export function stopOf(end: End, hasCalls: boolean): { stop_reason: string; stop_sequence: string | null } {
  const reason = endReason(end, hasCalls);
  if (reason === "stop" && end.stopSequence !== undefined)
    return { stop_reason: "stop_sequence", stop_sequence: end.stopSequence };
  const word = isSpokenRefusal(end) ? (hasCalls ? "tool_use" : "end_turn") : STOP_REASONS[reason];
  const own = reason !== "tool_calls" && OWN_WORDS.has(end.rawReason) ? end.rawReason : undefined;
  return { stop_reason: own ?? word, stop_sequence: null };
}

/** Characters to a token, roughly, where nobody has counted. */
const TOKEN_LENGTH = 4;

/**
 * The four numbers of a usage, which are disjoint. A provider that counts nothing leaves nothing but estimates: the field
 * is required, and clients decide by it when to compact.
 * @param written characters of the answer
 */
export function usageNumbers(usage: Usage | undefined, context: MessagesContext, written: number) {
  const read = usage?.cacheReadTokens ?? 0;
  const wrote = usage?.cacheWriteTokens ?? 0;
  return {
    input_tokens:
      usage === undefined ? estimatedInput(context) : Math.max(0, usage.inputTokens - read - wrote),
    output_tokens: usage?.outputTokens ?? Math.ceil(written / TOKEN_LENGTH),
    cache_creation_input_tokens: wrote,
    cache_read_input_tokens: read,
  };
}

function estimatedInput({ inputEstimate }: MessagesContext): number {
  return Math.max(1, Math.ceil(inputEstimate));
}

/** A message with the usage that one has when it is whole. */
export function messageOf(
  context: MessagesContext,
  content: readonly unknown[],
  stop: { stop_reason: string | null; stop_sequence: string | null },
  numbers: ReturnType<typeof usageNumbers>,
): Record<string, unknown> {
  return {
    id: messageId(context),
    type: "message",
    role: "assistant",
    model: context.model(),
    content,
    ...stop,
    usage: {
      ...numbers,
      cache_creation: {
        ephemeral_5m_input_tokens: numbers.cache_creation_input_tokens,
        ephemeral_1h_input_tokens: 0,
      },
      service_tier: "standard",
    },
  };
}

/** It must begin like this: Claude Code sends it back, and Anthropic refuses others for the rest of the session. */
export function messageId(context: MessagesContext): string {
  return `msg_${context.id}`;
}

/** Sent before the provider has counted: the estimate keeps context meters from standing at 0. */
export function messageStart(context: MessagesContext): string {
  const numbers = { ...usageNumbers(undefined, context, 0), output_tokens: 1 };
  const stop = { stop_reason: null, stop_sequence: null };
  return eventFrame("message_start", { message: messageOf(context, [], stop, numbers) });
}
