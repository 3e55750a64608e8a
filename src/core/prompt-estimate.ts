import { type ChatRequest, textOf } from "./message.ts";
import type { PromptCut } from "./trace.ts";

/** Characters that make a token, roughly. */
const CHARACTERS_PER_TOKEN = 4;

/** How many tokens so many characters are, roughly. */
export function estimatedTokens(characters: number): number {
  return Math.ceil(characters / CHARACTERS_PER_TOKEN);
}

/** The tokens of a prompt, roughly, for a number that is replaced by the provider's own. */
export function estimatePrompt({ messages, tools }: Pick<ChatRequest, "messages" | "tools">): number {
  let characters = tools === undefined ? 0 : JSON.stringify(tools).length;
  for (const { content } of messages) characters += textOf(content).length;
  return Math.max(1, estimatedTokens(characters));
}

/** Prompts that are shorter are never looked at: no window is so small. */
const SHORTEST_CUT = 512;

/** With so many characters to a token, or more, it is worth to count the words. Ordinary text has about four. */
const SUSPICIOUS = 5;

/** What no tokenizer makes into less than one token: a word, or two characters of a script without spaces. */
const WORD = /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}]{2}|[\p{L}\p{N}]+/gu;

/**
 * Ollama and its kin cut a prompt that is too long for their window, in silence, and report how many tokens they have
 * read. Fewer than the prompt has words cannot be all of it.
 * @param read tokens of the prompt, as the provider reported them
 * @returns what was sent at least and what was read, where much of it is missing
 */
export function promptCut({ messages }: Pick<ChatRequest, "messages">, read: number): PromptCut | undefined {
  if (read <= 0) return undefined;
  let characters = 0;
  for (const { content } of messages) characters += textOf(content).length;
  if (characters < SHORTEST_CUT * SUSPICIOUS || characters < read * SUSPICIOUS) return undefined;
  let sent = 0;
  for (const { content } of messages) for (const _ of textOf(content).matchAll(WORD)) sent++;
  return sent > SHORTEST_CUT && sent > read ? { sent, read } : undefined;
}
