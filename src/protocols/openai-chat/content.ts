import { invalidField } from "../../core/failure.ts";
import type { JsonObject } from "../../core/json.ts";
import type { ContentPart, FilePart, Message, ReasoningPart, ToolCall } from "../../core/message.ts";
import type { Traits } from "../traits.ts";

/** A part as it goes out: OpenAI's, and what compatible servers have added. */
export type SentPart = JsonObject & { readonly type: string };
export type SentContent = string | null | readonly SentPart[];

/** A message as it goes out. */
export interface SentMessage {
  readonly role: Message["role"];
  readonly content: SentContent;
  readonly name?: string;
  readonly tool_calls?: readonly (ToolCall & { readonly extra_content?: JsonObject })[];
  readonly tool_call_id?: string;
}

/** Between texts that stood apart. */
const BLANK_LINE = "\n\n";

/**
 * Content as the provider takes it, without reasoning, which has a field of its own.
 * @param at where the message stands, for errors: `messages[3]`
 * @throws {ChatError} for a kind of content that the provider does not take
 */
export function sentContent(content: Message["content"], at: string, traits: Traits): SentContent {
  if (content === null || typeof content === "string") return content;
  const parts: SentPart[] = [];
  for (const [i, part] of content.entries()) {
    const sent = sentPart(part, `${at}.content[${i}]`, traits);
    if (sent !== undefined) parts.push(sent);
  }
  if (parts.length === 0) return content.length === 0 || content.some(isReasoning) ? "" : parts;
  const keepsList =
    traits.takes.has("text_lists") || parts.some((part) => part["cache_control"] !== undefined);
  return keepsList ? parts : (textsAsString(parts) ?? parts);
}

/** The texts of a list that holds nothing else, as the string that many templates and hosts insist on. */
export function textsAsString(parts: readonly SentPart[]): string | undefined {
  if (!parts.every((part) => part.type === "text")) return undefined;
  const texts = parts.map((part) => String(part["text"]));
  return texts.length === 1 ? texts[0] : texts.filter((text) => text.trim() !== "").join(BLANK_LINE);
}

function sentPart(part: ContentPart, at: string, traits: Traits): SentPart | undefined {
  switch (part.type) {
    case "text":
      return marked({ type: "text", text: part.text }, part.cache_control, traits);
    case "image_url":
      if (traits.inlineImagesOnly && !/^data:/i.test(part.image_url.url)) {
        throw invalidField(
          `${at}.image_url.url`,
          "This provider takes images only as base64 in a data: URL.",
        );
      }
      return marked({ type: "image_url", image_url: part.image_url }, part.cache_control, traits);
    case "file":
      return marked(sentFile(part, at, traits), part.cache_control, traits);
    case "input_audio":
      if (!traits.takes.has("input_audio")) throw invalidField(at, "This provider takes no audio.");
      return { type: "input_audio", input_audio: part.input_audio };
    case "refusal":
      return traits.takes.has("refusal")
        ? { type: "refusal", refusal: part.refusal }
        : { type: "text", text: part.refusal };
    case "reasoning":
      return undefined;
  }
}

function marked(part: SentPart, mark: object | undefined, traits: Traits): SentPart {
  return mark !== undefined && traits.takes.has("cache_control") ? { ...part, cache_control: mark } : part;
}

/** A document of plain text is text, under its name. */
function sentFile({ file }: FilePart, at: string, traits: Traits): SentPart {
  const { filename, file_data, file_url, file_id, text } = file;
  if (text !== undefined) {
    return { type: "text", text: filename === undefined ? text : `${filename}:${BLANK_LINE}${text}` };
  }
  if (!traits.takes.has("file")) throw invalidField(at, "This provider takes no files.");
  if (file_url !== undefined) {
    if (!traits.takes.has("file_url")) {
      throw invalidField(`${at}.file.file_url`, "This provider takes files as data, not by their address.");
    }
    // OpenRouter reads an address where others have data.
    return { type: "file", file: { filename: filename ?? "document", file_data: file_url } };
  }
  if (file_data === undefined) return { type: "file", file: { file_id } };
  return { type: "file", file: { filename: filename ?? "document", file_data } };
}

/** The assistant's reasoning in the field in which the provider wants it back; foreign signatures stay here. */
export function sentReasoning({ content }: Message, { reasoningField }: Traits): Record<string, unknown> {
  if (reasoningField === null || !Array.isArray(content)) return {};
  const parts: readonly ReasoningPart[] = content.filter(isReasoning);
  if (parts.length === 0) return {};
  if (reasoningField === "reasoning_details") return { reasoning_details: parts.flatMap(detailsOf) };
  const text = parts.map((part) => part.text).join("");
  return text === "" ? {} : { [reasoningField]: text };
}

/** @see https://openrouter.ai/docs/use-cases/reasoning-tokens */
function detailsOf({ text, signature, redacted, encrypted }: ReasoningPart, index: number): JsonObject[] {
  if (redacted !== undefined) {
    return [{ type: "reasoning.encrypted", data: redacted, format: "anthropic-claude-v1", index }];
  }
  const summary = text === "" ? [] : [{ type: "reasoning.summary", summary: text, index }];
  if (encrypted !== undefined) {
    const { id, content: data } = encrypted;
    return [...summary, { type: "reasoning.encrypted", data, ...(id === undefined ? {} : { id }), index }];
  }
  return [{ type: "reasoning.text", text, ...(signature === undefined ? {} : { signature }), index }];
}

function isReasoning(part: ContentPart): part is ReasoningPart {
  return part.type === "reasoning";
}
