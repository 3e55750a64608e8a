import { invalidField } from "../../core/failure.ts";
import { isObject, parseJson } from "../../core/json.ts";
import type { CacheMark, ContentPart, FilePart, Message, ToolCall } from "../../core/message.ts";
import { toolId } from "../../core/tool-id.ts";
import { ANTHROPIC_NAME_LENGTH, sentToolName } from "../tool-names.ts";

/** The content blocks that we send. @see https://docs.anthropic.com/en/api/messages */
export type Block = (
  | { type: "text"; text: string }
  | { type: "image"; source: ImageSource }
  | { type: "document"; source: DocumentSource; title?: string }
  | { type: "thinking"; thinking: string; signature: string }
  | { type: "redacted_thinking"; data: string }
  | { type: "tool_use"; id: string; name: string; input: object }
  | { type: "tool_result"; tool_use_id: string; content?: Block[]; is_error?: true }
) & { cache_control?: CacheMark };

type ImageSource = { type: "base64"; media_type: string; data: string } | { type: "url"; url: string };
type DocumentSource = ImageSource | { type: "text"; media_type: "text/plain"; data: string };

const IMAGE_TYPES = ["image/jpeg", "image/png", "image/gif", "image/webp"];
const PDF = "application/pdf";
const DATA_URL = /^data:([^;,]*)(?:;charset=[^;,]*)?;base64,/i;

/** What this server writes into histories itself begins so; Anthropic would refuse it as a signature. */
const OWN_CARRIER = "nash1:";

/**
 * The content of a message as blocks. Blank texts are left out: Anthropic refuses them. A mark for caching that stood on
 * one moves to the block before it.
 * @param at where the message stands, for errors: `messages[3]`
 * @throws {ChatError} for content that Anthropic does not take
 */
export function contentBlocks(content: Message["content"], at: string): Block[] {
  if (content === null) return [];
  if (typeof content === "string") return textBlock(content);
  const blocks: Block[] = [];
  for (const [i, part] of content.entries()) {
    const block = blockOf(part, `${at}.content[${i}]`);
    const mark = "cache_control" in part ? part.cache_control : undefined;
    const marked = block ?? (mark === undefined ? undefined : blocks.pop());
    if (marked === undefined) continue;
    const takesMark = mark !== undefined && marked.type !== "thinking" && marked.type !== "redacted_thinking";
    blocks.push(takesMark ? { ...marked, cache_control: mark } : marked);
  }
  return blocks;
}

function textBlock(text: string): Block[] {
  return text.trim() === "" ? [] : [{ type: "text", text }];
}

/** The block for a part; undefined for what Anthropic does not want. */
function blockOf(part: ContentPart, at: string): Block | undefined {
  switch (part.type) {
    case "text":
      return textBlock(part.text)[0];
    case "refusal":
      return textBlock(part.refusal)[0];
    case "image_url":
      return { type: "image", source: imageSource(part.image_url.url, `${at}.image_url.url`) };
    case "file":
      return documentBlock(part, at);
    case "input_audio":
      throw invalidField(at, "Anthropic takes no audio.");
    case "reasoning":
      if (part.redacted !== undefined) return { type: "redacted_thinking", data: part.redacted };
      // Another provider's reasoning has no signature that Anthropic knows. A signature without a text is good.
      if (!isSignature(part.signature)) return undefined;
      return { type: "thinking", thinking: part.text, signature: part.signature };
  }
}

export function isSignature(value: unknown): value is string {
  return typeof value === "string" && value !== "" && !value.startsWith(OWN_CARRIER);
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

function documentBlock({ file }: FilePart, at: string): Block {
  const { filename, file_data: data, file_url: url, text } = file;
  const title = filename === undefined ? {} : { title: filename };
  if (text !== undefined) return { type: "document", source: plainText(text), ...title };
  if (url !== undefined) return { type: "document", source: { type: "url", url }, ...title };
  const header = data === undefined ? null : DATA_URL.exec(data);
  if (data === undefined || header === null) {
    throw invalidField(at, "Anthropic takes files as base64 in a data: URL, by their address, or as text.");
  }
  const mediaType = header[1]?.toLowerCase();
  const base64 = data.slice(header[0].length);
  if (mediaType === PDF) {
    return { type: "document", source: { type: "base64", media_type: PDF, data: base64 }, ...title };
  }
  if (mediaType !== "text/plain") throw invalidField(at, "Anthropic takes files of PDF and of plain text.");
  return { type: "document", source: plainText(Buffer.from(base64, "base64").toString("utf8")), ...title };
}

function plainText(data: string): DocumentSource {
  return { type: "text", media_type: "text/plain", data };
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
  const name = sentToolName(call.function.name, ANTHROPIC_NAME_LENGTH);
  return { type: "tool_use", id: toolId(call.id), name, input };
}

/** What a tool gave back. */
export function toolResult(message: Message, at: string): Block {
  const content = contentBlocks(message.content, at);
  return {
    type: "tool_result",
    tool_use_id: toolId(message.tool_call_id ?? ""),
    ...(content.length === 0 ? {} : { content }),
    ...(message.is_error ? { is_error: true } : {}),
  };
}
