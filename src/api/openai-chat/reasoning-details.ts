import { asText, isObject, objectsIn } from "../../core/json.ts";
import type { ReasoningPart } from "../../core/message.ts";

/** Whose the encrypted details are, in OpenRouter's words. */
const ANTHROPIC = "anthropic-claude-v1";
const RESPONSES = "openai-responses-v1";

/**
 * What a provider wants back of its reasoning, as `reasoning_details`; none for plain reasoning, which
 * `reasoning_content` holds. `index` numbers the blocks.
 * @see https://openrouter.ai/docs/use-cases/reasoning-tokens
 */
export function reasoningDetails(parts: readonly ReasoningPart[]): Record<string, unknown>[] {
  return parts.flatMap(({ text, signature, redacted, encrypted }, index): Record<string, unknown>[] => {
    if (redacted !== undefined)
      return [{ type: "reasoning.encrypted", data: redacted, format: ANTHROPIC, index }];
    if (signature !== undefined)
      return [{ type: "reasoning.text", text, signature, format: ANTHROPIC, index }];
    if (encrypted === undefined) return [];
    const { id, content } = encrypted;
    const item = { ...(id === undefined ? {} : { id }), format: RESPONSES, index };
    return [
      ...(text === "" ? [] : [{ type: "reasoning.summary", summary: text, ...item }]),
      { type: "reasoning.encrypted", data: content, ...item },
    ];
  });
}

/** The reasoning in an assistant's message, in whichever of the four forms a client keeps it. */
export function readReasoning(message: Readonly<Record<string, unknown>>): ReasoningPart[] {
  const detailed = readDetails(message["reasoning_details"]);
  if (detailed.length > 0) return detailed;
  const blocks = objectsIn(message["thinking_blocks"]).flatMap(readThinkingBlock);
  if (blocks.length > 0) return blocks;
  const text = asText(message["reasoning_content"]) ?? asText(message["reasoning"]);
  return text === undefined ? [] : [{ type: "reasoning", text }];
}

function readDetails(details: unknown): ReasoningPart[] {
  const parts: ReasoningPart[] = [];
  let summary = "";
  for (const detail of objectsIn(details)) {
    const data = asText(detail["data"]);
    if (detail["type"] === "reasoning.summary") {
      summary += asText(detail["summary"]) ?? "";
    } else if (detail["type"] === "reasoning.encrypted" && data !== undefined) {
      parts.push(encryptedPart(data, asText(detail["id"]), detail["format"], summary));
      summary = "";
    } else if (detail["type"] === "reasoning.text") {
      const text = asText(detail["text"]) ?? "";
      const signature = asText(detail["signature"]);
      if (text !== "" || signature !== undefined)
        parts.push({ type: "reasoning", text, ...(signature === undefined ? {} : { signature }) });
    }
  }
  if (summary !== "") parts.push({ type: "reasoning", text: summary });
  return parts;
}

/** Where no format says whose it is, an id does: only Responses' items have one. */
function encryptedPart(data: string, id: string | undefined, format: unknown, text: string): ReasoningPart {
  if (format === RESPONSES || (format !== ANTHROPIC && id !== undefined))
    return { type: "reasoning", text, encrypted: { ...(id === undefined ? {} : { id }), content: data } };
  return { type: "reasoning", text: "", redacted: data };
}

/** LiteLLM's form, which is Anthropic's. */
function readThinkingBlock(block: unknown): ReasoningPart[] {
  if (!isObject(block)) return [];
  const redacted = asText(block["data"]);
  if (block["type"] === "redacted_thinking" && redacted !== undefined)
    return [{ type: "reasoning", text: "", redacted }];
  if (block["type"] !== "thinking") return [];
  const text = asText(block["thinking"]) ?? "";
  const signature = asText(block["signature"]);
  if (text === "" && signature === undefined) return [];
  return [{ type: "reasoning", text, ...(signature === undefined ? {} : { signature }) }];
}
