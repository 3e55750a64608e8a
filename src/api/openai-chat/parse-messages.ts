import { invalidField, unsupportedField } from "../../core/failure.ts";
import { asObject, asText } from "../../core/json.ts";
import type { ContentPart, FilePart, Message, ReasoningPart, Role, ToolCall } from "../../core/message.ts";
import { readReasoning } from "./reasoning-details.ts";
import type { ChatCompletionMessage } from "./schema.ts";

type WireContent = ChatCompletionMessage["content"];
type WirePart = Exclude<WireContent, string | null | undefined>[number];

/**
 * The conversation in the inner form.
 * @param lenient the body goes out as it came: what cannot be read is passed over
 * @throws {ChatError} for what no other protocol can hold
 */
export function parseMessages(messages: readonly ChatCompletionMessage[], lenient: boolean): Message[] {
  return messages.map((message, i) => parseMessage(message, `messages[${i}]`, lenient));
}

function parseMessage(message: ChatCompletionMessage, at: string, lenient: boolean): Message {
  const { role, name, tool_call_id: answers } = message;
  if (role === "function" && !lenient)
    throw unsupportedField(`${at}.role`, "Messages of the role function are outdated; use the role tool.");
  const calls = (message.tool_calls ?? []).flatMap((call, i) =>
    parseCall(call, `${at}.tool_calls[${i}]`, lenient),
  );
  return {
    role: (role === "function" ? "tool" : role) as Role,
    content: contentOf(message, at, lenient, calls.length > 0),
    ...(name ? { name } : {}),
    ...(calls.length === 0 ? {} : { tool_calls: calls }),
    ...(answers ? { tool_call_id: answers } : {}),
  };
}

function contentOf(
  message: ChatCompletionMessage,
  at: string,
  lenient: boolean,
  hasCalls: boolean,
): Message["content"] {
  const { content = null, refusal } = message;
  const reasoning: ReasoningPart[] = message.role === "assistant" ? readReasoning(message) : [];
  if (reasoning.length === 0 && !refusal) {
    if (typeof content === "string") return content;
    if (content === null) return hasCalls ? null : "";
  }
  const parts = typeof content === "string" ? textPart(content) : partsOf(content ?? [], at, lenient);
  return [...reasoning, ...parts, ...(refusal ? [{ type: "refusal", refusal } as const] : [])];
}

function textPart(text: string): ContentPart[] {
  return text === "" ? [] : [{ type: "text", text }];
}

function partsOf(parts: readonly WirePart[], at: string, lenient: boolean): ContentPart[] {
  return parts.flatMap((part, i) => {
    const parsed = parsePart(part);
    if (parsed !== undefined) return [parsed];
    if (lenient) return [];
    throw unsupportedField(`${at}.content[${i}]`, `A part of this kind cannot be carried over here.`);
  });
}

/** Undefined for a part that there is no inner form for. */
function parsePart(part: WirePart): ContentPart | undefined {
  switch (part.type) {
    case "text":
      return { type: "text", text: part.text ?? "", ...cacheMark(part) };
    case "refusal":
      return { type: "refusal", refusal: part.refusal ?? "" };
    case "image_url": {
      const image = part.image_url;
      if (!image) return undefined;
      const { url, detail } = image;
      return { type: "image_url", image_url: { url, ...(detail ? { detail } : {}) }, ...cacheMark(part) };
    }
    case "file":
      return parseFile(part.file ?? {}, part);
    default:
      return undefined;
  }
}

function parseFile(file: Readonly<Record<string, unknown>>, part: WirePart): FilePart | undefined {
  const fields = ["filename", "file_data", "file_url", "file_id"].flatMap((name) => {
    const value = asText(file[name]);
    return value === undefined ? [] : [[name, value] as const];
  });
  return { type: "file", file: Object.fromEntries(fields), ...cacheMark(part) };
}

/** Not OpenAI's own: OpenRouter and LiteLLM take Anthropic's mark on parts. */
function cacheMark(part: Readonly<Record<string, unknown>>): { cache_control?: { type: "ephemeral" } } {
  const mark = asObject(part["cache_control"]);
  return mark?.["type"] === "ephemeral" ? { cache_control: { ...mark, type: "ephemeral" } } : {};
}

/** An empty argument text stands for a call without arguments. */
function parseCall(
  call: NonNullable<ChatCompletionMessage["tool_calls"]>[number],
  at: string,
  lenient: boolean,
): ToolCall[] {
  if (call.function) {
    const { name, arguments: text } = call.function;
    return [{ id: call.id, type: "function", function: { name, arguments: text } }];
  }
  if (lenient) return [];
  if (call.custom) throw unsupportedField(at, "A call of a custom tool cannot be carried over here.");
  throw invalidField(`${at}.function`, "A tool call names its function.");
}
