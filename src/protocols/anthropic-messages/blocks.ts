import { invalidField } from "../../core/failure.ts";
import { isObject, parseJson } from "../../core/json.ts";
import type { ContentPart, Message, ToolCall } from "../../core/message.ts";
import { toolId } from "../../core/tool-id.ts";

/** The content blocks that we send. @see https://docs.anthropic.com/en/api/messages */
export type Block =
  | { type: "text"; text: string }
  | { type: "image"; source: ImageSource }
  | { type: "tool_use"; id: string; name: string; input: object }
  | { type: "tool_result"; tool_use_id: string; content?: Block[] };

type ImageSource = { type: "base64"; media_type: string; data: string } | { type: "url"; url: string };

const IMAGE_TYPES = ["image/jpeg", "image/png", "image/gif", "image/webp"];
const DATA_URL = /^data:([^;,]*);base64,/i;

/**
 * The text and images of a message as blocks. Blank texts are left out: Anthropic refuses them.
 * @param at where the message stands, for errors: `messages[3]`
 * @throws {ChatError} for an image that Anthropic does not take
 */
export function contentBlocks(content: Message["content"], at: string): Block[] {
  if (content === null) return [];
  if (typeof content === "string") return textBlock(content);
  return content.flatMap((part, i) => partBlocks(part, `${at}.content[${i}]`));
}

function partBlocks(part: ContentPart, at: string): Block[] {
  if (part.type === "text") return textBlock(part.text);
  if (part.type !== "image_url") throw invalidField(at, "Anthropic takes text and images here.");
  return [{ type: "image", source: imageSource(part.image_url.url, `${at}.image_url.url`) }];
}

function textBlock(text: string): Block[] {
  return text.trim() === "" ? [] : [{ type: "text", text }];
}

function imageSource(url: string, at: string): ImageSource {
  if (!/^data:/i.test(url)) return { type: "url", url };
  const header = DATA_URL.exec(url);
  // A name for JPEG that is common and not registered.
  const mediaType = header?.[1]?.toLowerCase().replace("image/jpg", "image/jpeg") ?? "";
  if (header === null || !IMAGE_TYPES.includes(mediaType)) {
    throw invalidField(at, `Anthropic takes images as base64 of ${IMAGE_TYPES.join(", ")}.`);
  }
  return { type: "base64", media_type: mediaType, data: url.slice(header[0].length) };
}

/**
 * A call that the assistant made.
 * @throws {ChatError} where the arguments are not a JSON object, which is all that Anthropic can hold
 */
export function toolUse(call: ToolCall, at: string): Block {
  const text = call.function.arguments.trim();
  const input = text === "" ? {} : parseJson(text);
  if (!isObject(input))
    throw invalidField(`${at}.function.arguments`, "Anthropic takes arguments that are a JSON object.");
  return { type: "tool_use", id: toolId(call.id), name: call.function.name, input };
}

/** What a tool gave back. */
export function toolResult(message: Message, at: string): Block {
  const content = contentBlocks(message.content, at);
  return {
    type: "tool_result",
    tool_use_id: toolId(message.tool_call_id ?? ""),
    ...(content.length === 0 ? {} : { content }),
  };
}
