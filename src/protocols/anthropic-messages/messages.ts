import { invalidField } from "../../core/failure.ts";
import type { CacheMark, Message, TextPart } from "../../core/message.ts";
import { orderTurns } from "../order-turns.ts";
import { withResultsBehindCalls } from "../tool-results.ts";
import type { Traits } from "../traits.ts";
import { type Block, contentBlocks, toolResult, toolUse } from "./blocks.ts";

export interface Turn {
  readonly role: "user" | "assistant";
  readonly content: readonly Block[];
}

/**
 * The conversation without its system messages, in the order that Anthropic takes.
 * @throws {ChatError} for content that it does not take, results without calls and calls without results
 */
export function sentTurns(messages: readonly Message[], traits: Traits): Turn[] {
  const places = new Map(messages.map((message, i) => [message, `messages[${i}]`]));
  const turns: Turn[] = [];
  for (const message of withResultsBehindCalls(messages)) {
    if (isSystem(message)) continue;
    const content = blocksOf(message, places.get(message) ?? "messages");
    if (content.length > 0)
      turns.push({ role: message.role === "assistant" ? "assistant" : "user", content });
  }
  return orderTurns(turns, traits.turns, say, mergeTurns);
}

function blocksOf(message: Message, at: string): Block[] {
  if (message.role === "tool") return [toolResult(message, at)];
  const calls = (message.tool_calls ?? []).map((call, i) => toolUse(call, `${at}.tool_calls[${i}]`));
  return [...contentBlocks(message.content, at), ...calls];
}

function say(role: Turn["role"], text: string): Turn {
  return { role, content: [{ type: "text", text }] };
}

/** Results of tools come first in their message, and all of them in one. */
function mergeTurns(first: Turn, second: Turn): Turn {
  return { role: first.role, content: [...first.content, ...second.content] };
}

/**
 * Anthropic has one place for system messages, before the conversation: a string, or blocks where caching is marked.
 * @param more further sentences of ours
 */
export function systemOf(
  messages: readonly Message[],
  more: readonly string[],
): string | Block[] | undefined {
  const texts: { text: string; mark?: CacheMark }[] = [];
  for (const [i, message] of messages.entries()) {
    if (isSystem(message)) texts.push(...systemTexts(message, `messages[${i}].content`));
  }
  texts.push(...more.map((text) => ({ text })));
  if (texts.length === 0) return undefined;
  if (texts.every(({ mark }) => mark === undefined)) return texts.map(({ text }) => text).join("\n\n");
  return texts.map(({ text, mark }) => ({
    type: "text",
    text,
    ...(mark === undefined ? {} : { cache_control: mark }),
  }));
}

function systemTexts({ content }: Message, at: string): { text: string; mark?: CacheMark }[] {
  const texts: { text: string; mark?: CacheMark }[] = [];
  for (const part of typeof content === "string" ? [textPart(content)] : (content ?? [])) {
    if (part.type !== "text") throw invalidField(at, "Anthropic takes system messages of text alone.");
    const mark = part.cache_control === undefined ? {} : { mark: part.cache_control };
    if (part.text.trim() !== "") texts.push({ text: part.text, ...mark });
    else if (texts.length > 0) Object.assign(texts.at(-1) ?? {}, mark);
  }
  return texts;
}

function textPart(text: string): TextPart {
  return { type: "text", text };
}

function isSystem({ role }: Message): boolean {
  return role === "system" || role === "developer";
}
