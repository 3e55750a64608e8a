import { invalidField } from "../../core/failure.ts";
import { type ChatRequest, type Message, type Sampling, textOf } from "../../core/message.ts";
import { maxOutput } from "../../tokens/windows.ts";
import { mergeOptions } from "../options.ts";
import { checkSampling } from "../sampling.ts";
import type { Traits } from "../traits.ts";
import { orderTurns } from "../turns.ts";
import { type Block, contentBlocks, toolResult, toolUse } from "./blocks.ts";

interface Turn {
  readonly role: "user" | "assistant";
  readonly content: readonly Block[];
}

/** `max_tokens` is required; for models that our table does not know, the guesses that Vercel's SDK makes. */
const UNKNOWN_CLAUDE_OUTPUT = 128_000;
const UNKNOWN_OUTPUT = 4_096;

/** The body for `POST …/v1/messages`, streamed. */
export function messagesBody(chat: ChatRequest, traits: Traits): Record<string, unknown> {
  checkSampling(chat.sampling, traits);
  const system = systemText(chat.messages);
  const body = {
    model: chat.model,
    max_tokens: chat.sampling.max_tokens ?? outputLimit(chat.model),
    ...(system === "" ? {} : { system }),
    messages: orderTurns(turnsOf(chat.messages), traits.turns, say, mergeTurns),
    stream: true,
    ...samplingFields(chat.sampling),
  };
  return mergeOptions(body, chat.providerOptions);
}

function samplingFields({ temperature, top_p, stop, reasoning_effort }: Sampling): Record<string, unknown> {
  return {
    ...(temperature === undefined ? {} : { temperature }),
    ...(top_p === undefined ? {} : { top_p }),
    ...(stop === undefined ? {} : { stop_sequences: typeof stop === "string" ? [stop] : stop }),
    ...(reasoning_effort === undefined ? {} : { output_config: { effort: reasoning_effort } }),
  };
}

function outputLimit(model: string): number {
  return (
    maxOutput(model) ?? (model.toLowerCase().startsWith("claude") ? UNKNOWN_CLAUDE_OUTPUT : UNKNOWN_OUTPUT)
  );
}

/** Anthropic has one place for system messages, before the conversation. */
function systemText(messages: readonly Message[]): string {
  const texts: string[] = [];
  for (const [i, message] of messages.entries()) {
    if (!isSystem(message)) continue;
    if (Array.isArray(message.content) && message.content.some((part) => part.type !== "text")) {
      throw invalidField(`messages[${i}].content`, "Anthropic takes system messages of text alone.");
    }
    const text = textOf(message.content);
    if (text.trim() !== "") texts.push(text);
  }
  return texts.join("\n\n");
}

function turnsOf(messages: readonly Message[]): Turn[] {
  const turns: Turn[] = [];
  for (const [i, message] of messages.entries()) {
    if (isSystem(message)) continue;
    const content = blocksOf(message, `messages[${i}]`);
    if (content.length > 0)
      turns.push({ role: message.role === "assistant" ? "assistant" : "user", content });
  }
  return turns;
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

function isSystem({ role }: Message): boolean {
  return role === "system" || role === "developer";
}
