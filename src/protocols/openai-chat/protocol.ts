import type { ChatEvent } from "../../core/event.ts";
import { isObject } from "../../core/json.ts";
import type { ChatRequest } from "../../core/message.ts";
import { notAnAnswer } from "../broken-answer.ts";
import { classifyResponse } from "../classify.ts";
import type { Protocol } from "../protocol.ts";
import { baseOf, join, without } from "../url.ts";
import { chatBody, passedThrough } from "./body.ts";
import { OpenAIChatDecoder } from "./decoder.ts";

/** OpenAI's chat completions, which most providers and all local servers speak. */
export const openaiChat: Protocol = {
  name: "openai",
  chatUrl: (base) => join(baseOf(base), ["chat", "completions"]),
  modelsUrl: (base) => join(without(baseOf(base), ["chat"]), ["models"]),
  authorization: (key) => ({ authorization: `Bearer ${key.reveal()}` }),
  body: chatBody,
  passThrough: passedThrough,
  decoder: (chat) => new OpenAIChatDecoder(chat),
  reply: readReply,
  failure: classifyResponse,
};

function readReply(json: unknown, out: ChatEvent[], chat?: ChatRequest): void {
  const decoder = new OpenAIChatDecoder(chat);
  const heard: ChatEvent[] = [];
  decoder.chunk(json, heard);
  if (heard.at(-1)?.type !== "error") {
    if (!isAnswer(json)) {
      out.push({ type: "error", failure: notAnAnswer() });
      return;
    }
    decoder.complete(heard);
  }
  out.push(...heard);
}

/** One with choices, or with a message in Ollama's own form; Gemini's compatible endpoint has wrapped them in a list. */
function isAnswer(json: unknown): boolean {
  const body: unknown = Array.isArray(json) ? json[0] : json;
  if (!isObject(body)) return false;
  const { choices, message } = body;
  if (isObject(message)) return message["role"] !== undefined;
  return Array.isArray(choices) ? choices.length > 0 : isObject(choices);
}
