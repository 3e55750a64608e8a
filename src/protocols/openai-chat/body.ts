import { invalidField } from "../../core/failure.ts";
import { type ChatRequest, type Message, type Sampling, textOf } from "../../core/message.ts";
import { mergeOptions } from "../options.ts";
import { checkSampling } from "../sampling.ts";
import type { Traits, Turns } from "../traits.ts";
import { orderTurns } from "../turns.ts";
import { nineAlphanumerics } from "./tool-call-ids.ts";

/**
 * The body for `POST …/chat/completions`, streamed. Messages are already in OpenAI's form: they are handed on
 * as they are, and copied only where the provider's traits ask for a change.
 */
export function chatBody(chat: ChatRequest, traits: Traits): Record<string, unknown> {
  checkSampling(chat.sampling, traits);
  if (traits.inlineImagesOnly) refuseLinkedImages(chat.messages);
  const body = {
    model: chat.model,
    messages: chatMessages(chat.messages, traits),
    stream: true,
    ...(chat.includeUsage && traits.usageOption ? { stream_options: { include_usage: true } } : {}),
    ...samplingFields(chat.sampling, traits),
  };
  return mergeOptions(body, chat.providerOptions);
}

function samplingFields(sampling: Sampling, traits: Traits): Record<string, unknown> {
  const { max_tokens: maxTokens, seed, ...same } = sampling;
  return {
    ...same,
    ...(maxTokens === undefined ? {} : { [traits.maxTokensField]: maxTokens }),
    ...(seed === undefined || traits.seedField === null ? {} : { [traits.seedField]: seed }),
  };
}

function chatMessages(messages: readonly Message[], traits: Traits): readonly Message[] {
  let adapted = messages;
  if (!traits.developerRole) {
    adapted = adapted.map((message) =>
      message.role === "developer" ? { ...message, role: "system" } : message,
    );
  }
  if (!traits.blankMessages) adapted = adapted.flatMap(withoutBlanks);
  if (!traits.names) adapted = adapted.map(withoutName);
  if (traits.toolCallIds === "nine-alphanumerics") adapted = adapted.map(nineAlphanumerics);
  return orderTurns(
    adapted,
    traits.turns,
    (role, content) => ({ role, content }),
    (first, second) => (mayMerge(first, second, traits.turns) ? mergeMessages(first, second) : undefined),
  );
}

/** The message without blank texts; none if nothing is left. What a tool gave back may be blank. */
function withoutBlanks(message: Message): Message[] {
  const { role, content, tool_calls: calls } = message;
  if (role === "tool" || content === null) return [message];
  const parts = partsOf(message).filter((part) => part.type !== "text" || part.text.trim() !== "");
  if (parts.length === 0) return calls === undefined ? [] : [{ ...message, content: null }];
  return [
    typeof content === "string" || parts.length === content.length ? message : { ...message, content: parts },
  ];
}

function withoutName(message: Message): Message {
  const { name, ...nameless } = message;
  return name === undefined || message.role === "tool" ? message : nameless;
}

/** Results of tools, and what follows calls of them, stay apart. */
function mayMerge(first: Message, second: Message, { merges }: Turns): boolean {
  if (first.role === "tool" || first.tool_calls !== undefined) return false;
  return merges === "lossless" ? losesNothing(first, second) : first.role !== "system";
}

/** Names tell speakers apart, and templates drop the text beside a call. */
function losesNothing(first: Message, second: Message): boolean {
  return first.name === second.name && (second.tool_calls === undefined || isBlank(first));
}

/** Joins two messages of one role. */
function mergeMessages(first: Message, second: Message): Message {
  const { name, ...merged } = { ...first, ...second, content: mergeContents(first, second) };
  return name !== undefined && first.name === second.name ? { ...merged, name } : merged;
}

function mergeContents(first: Message, second: Message): Message["content"] {
  if (isBlank(first)) return second.content;
  if (isBlank(second)) return first.content;
  const parts = [...partsOf(first), ...partsOf(second)];
  const areStrings = typeof first.content === "string" && typeof second.content === "string";
  // Templates read but the first part of a system message.
  const areTexts = first.role === "system" && parts.every(({ type }) => type === "text");
  return areStrings || areTexts ? `${textOf(first.content)}\n\n${textOf(second.content)}` : parts;
}

function isBlank({ content }: Message): boolean {
  return content === null || (typeof content === "string" && content.trim() === "");
}

function partsOf({ content }: Message) {
  return typeof content === "string" ? [{ type: "text" as const, text: content }] : (content ?? []);
}

function refuseLinkedImages(messages: readonly Message[]): void {
  for (const [i, { content }] of messages.entries()) {
    if (!Array.isArray(content)) continue;
    for (const [j, part] of content.entries()) {
      if (part.type === "image_url" && !part.image_url.url.startsWith("data:")) {
        throw invalidField(
          `messages[${i}].content[${j}].image_url.url`,
          "This provider takes images only as base64 in a data: URL.",
        );
      }
    }
  }
}
