import { encodeCarrier } from "../../core/carrier.ts";
import { ChatError } from "../../core/failure.ts";
import { asText, isObject, type JsonObject, objectsIn, parseJson } from "../../core/json.ts";
import type { ReasoningPart, ToolCall } from "../../core/message.ts";
import { toolId } from "../../core/tool-id.ts";
import type { WholeAnswer } from "../dialect.ts";
import { hasLoneSurrogates } from "../lone-surrogates.ts";
import { isValidUsage } from "../valid-usage.ts";
import { type MessagesContext, messageId, messageOf, stopOf, usageNumbers } from "./events.ts";

/**
 * An answer as one message. @see https://docs.anthropic.com/en/api/messages
 * @throws {ChatError} `bad_output` for a call whose arguments are no JSON object, which is all that a message can hold
 */
export function wholeMessage(answer: WholeAnswer, context: MessagesContext): JsonObject {
  const passed = answer.raw === undefined ? undefined : conforming(answer.raw, context);
  if (passed !== undefined) return passed;
  const content = [...textBlocks(answer.parts, context.reasoningCarriers), ...answer.toolCalls.map(toolUse)];
  const stop = stopOf(answer.end, answer.toolCalls.length > 0);
  return messageOf(context, content, stop, usageNumbers(answer.end.usage, context, lengthOf(answer)));
}

/** Thinking and text in their order; no block of white space alone, and texts side by side as one. */
function textBlocks(parts: WholeAnswer["parts"], carriers: boolean | undefined): JsonObject[] {
  const blocks: { type: string; text?: string }[] = [];
  for (const part of parts) {
    if (part.type === "reasoning") {
      blocks.push(thinkingBlock(part, carriers));
      continue;
    }
    const text = part.type === "refusal" ? part.refusal : part.text;
    const last = blocks.at(-1);
    if (last?.type === "text") last.text += text;
    else blocks.push({ type: "text", text });
  }
  return blocks.filter(isNotBlank);
}

function isNotBlank(block: JsonObject): boolean {
  return block["type"] !== "text" || (asText(block["text"])?.trim() ?? "") !== "";
}

function thinkingBlock(part: ReasoningPart, carriers = true): { type: string } & JsonObject {
  if (part.redacted !== undefined) return { type: "redacted_thinking", data: part.redacted };
  return {
    type: "thinking",
    thinking: part.text,
    signature: part.signature ?? (carriers ? encodeCarrier([part]) : ""),
  };
}

function toolUse({ id, function: { name, arguments: text } }: ToolCall): JsonObject {
  const input = parseJson(text);
  if (!isObject(input)) {
    const message = "The model called a tool with arguments that are no JSON object.";
    throw new ChatError({ type: "bad_output", message });
  }
  return { type: "tool_use", id: toolId(id), name, input };
}

function lengthOf({ parts, toolCalls }: WholeAnswer): number {
  let length = 0;
  for (const part of parts) length += part.type === "refusal" ? part.refusal.length : part.text.length;
  for (const call of toolCalls) length += call.function.arguments.length;
  return length;
}

/** The provider's own message, where it is one that clients can keep; what they could not send back is mended. */
function conforming(raw: string, context: MessagesContext): JsonObject | undefined {
  const json = parseJson(raw);
  if (!isObject(json) || json["type"] !== "message" || !Array.isArray(json["content"])) return undefined;
  if (typeof json["stop_reason"] !== "string" || hasLoneSurrogates(raw)) return undefined;
  if (!isValidUsage(json["usage"]) || !isStopReason(json["stop_reason"])) return undefined;
  const content = objectsIn(json["content"]).filter(isNotBlank).map(mendCall);
  return {
    ...json,
    id: ownId(json["id"]) ?? messageId(context),
    content,
    stop_reason: mendedStop(
      json["stop_reason"],
      content.some(({ type }) => type === "tool_use"),
    ),
    ...(context.renamed ? { model: context.model() } : {}),
  };
}

/** A provider's id, where clients may send it back to Anthropic. */
export function ownId(id: unknown): string | undefined {
  return typeof id === "string" && id.startsWith("msg_") ? id : undefined;
}

/** A call with an id that Anthropic's clients can send back. */
export function mendCall(block: JsonObject): JsonObject {
  const { type, id } = block;
  return type === "tool_use" && typeof id === "string" ? { ...block, id: toolId(id) } : block;
}

const REASONS: ReadonlySet<unknown> = new Set([
  ...["end_turn", "max_tokens", "stop_sequence", "tool_use", "pause_turn", "refusal"],
  ...["model_context_window_exceeded", "compaction"],
]);

/** Whether a word is one of Anthropic's. Others are written anew, by their meaning. */
export function isStopReason(word: unknown): boolean {
  return REASONS.has(word);
}

/** A sloppy provider ends its turn where it has called a tool: an agent would stop there. */
export function mendedStop(reason: string, hasCalls: boolean): string {
  return reason === "end_turn" && hasCalls ? "tool_use" : reason;
}
