import { invalidField } from "../../core/failure.ts";
import { asText, isObject } from "../../core/json.ts";
import type { ContentPart, Message, TextPart, ToolCall } from "../../core/message.ts";
import { originalToolId } from "../../core/tool-id.ts";
import { blocksOf, partsOf, reasoningOf, type WireBlock } from "./parse-blocks.ts";
import type { AnthropicMessage, MessagesBody } from "./schema.ts";

/** Claude Code's first system block. It changes with each conversation, and would keep every cache from being hit. */
const BILLING_LINE = "x-anthropic-billing-header:";

/**
 * The system texts, as the first message; none where there are none. Blocks stay apart for their caching marks, and a
 * blank line is between them however they are joined.
 */
export function parseSystem(system: MessagesBody["system"]): Message[] {
  if (!system) return [];
  const blocks = blocksOf(system).filter(
    (block, i) => i > 0 || asText(block["text"])?.startsWith(BILLING_LINE) !== true,
  );
  const parts = partsOf(blocks, "system", true).filter((part) => part.type === "text");
  return parts.length === 0 ? [] : [{ role: "system", content: joined(parts) }];
}

function joined(parts: readonly TextPart[]): Message["content"] {
  const spaced = parts.map((part, i) =>
    i < parts.length - 1 ? { ...part, text: `${part.text}\n\n` } : part,
  );
  const isMarked = parts.some((part) => part.cache_control !== undefined);
  return isMarked ? spaced : spaced.map(({ text }) => text).join("");
}

/** @param lenient the body goes out as it came: what cannot be read is passed over */
export function parseMessages(messages: readonly AnthropicMessage[], lenient: boolean): Message[] {
  return messages.flatMap((message, i) => {
    const at = `messages[${i}].content`;
    const blocks = blocksOf(message.content);
    switch (message.role) {
      case "system":
        return parseSystem(message.content);
      case "assistant":
        return assistantMessage(blocks, at, lenient);
      default:
        return userMessages(blocks, at, lenient);
    }
  });
}

/** Results become messages of their own, and come before whatever the user says beside them. */
function userMessages(blocks: readonly WireBlock[], at: string, lenient: boolean): Message[] {
  const results: Message[] = [];
  const rest: WireBlock[] = [];
  for (const block of blocks) {
    if (block["type"] === "tool_result") results.push(resultMessage(block, at, lenient));
    else rest.push(block);
  }
  const parts = partsOf(rest, at, lenient);
  return parts.length === 0 ? results : [...results, { role: "user", content: plain(parts) }];
}

function resultMessage(block: WireBlock, at: string, lenient: boolean): Message {
  const id = asText(block["tool_use_id"]) ?? "";
  return {
    role: "tool",
    content: plain(partsOf(blocksOf(block["content"]), at, lenient)),
    tool_call_id: originalToolId(id),
    ...(block["is_error"] === true ? { is_error: true } : {}),
  };
}

function assistantMessage(blocks: readonly WireBlock[], at: string, lenient: boolean): Message[] {
  const parts: ContentPart[] = [];
  const calls: ToolCall[] = [];
  for (const [i, block] of blocks.entries()) {
    if (block["type"] === "tool_use") calls.push(...callOf(block, `${at}[${i}]`, lenient));
    else if (block["type"] === "thinking" || block["type"] === "redacted_thinking")
      parts.push(...reasoningOf(block));
    else parts.push(...partsOf([block], `${at}`, lenient));
  }
  // Stored by clients after answers of nothing; every provider refuses it.
  if (parts.length === 0 && calls.length === 0) return [];
  if (calls.length === 0) return [{ role: "assistant", content: plain(parts) }];
  return [{ role: "assistant", content: parts.length === 0 ? null : plain(parts), tool_calls: calls }];
}

function callOf(block: WireBlock, at: string, lenient: boolean): ToolCall[] {
  const name = asText(block["name"]);
  const input = block["input"] ?? {};
  if (lenient && (name === undefined || !isObject(input))) return [];
  if (name === undefined) throw invalidField(`${at}.name`, "A call names its tool.");
  if (!isObject(input)) throw invalidField(`${at}.input`, "The input of a call is an object.");
  const id = originalToolId(asText(block["id"]) ?? "");
  return [{ id, type: "function", function: { name, arguments: JSON.stringify(input) } }];
}

/** One text without a mark as the string that it is. */
function plain(parts: readonly ContentPart[]): string | readonly ContentPart[] {
  const [first] = parts;
  if (first === undefined) return "";
  return parts.length === 1 && first.type === "text" && first.cache_control === undefined
    ? first.text
    : parts;
}
