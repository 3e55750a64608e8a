import type { ChatEvent } from "../../core/event.ts";
import { isObject } from "../../core/json.ts";
import { classifyResponse } from "../classify.ts";
import type { Protocol } from "../protocol.ts";
import { baseOf, join, without } from "../url.ts";
import { notAnAnswer } from "../verdict.ts";
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
  decoder: () => new OpenAIChatDecoder(),
  reply: readReply,
  failure: classifyResponse,
};

function readReply(json: unknown, out: ChatEvent[]): void {
  const decoder = new OpenAIChatDecoder();
  const before = out.length;
  decoder.chunk(Array.isArray(json) ? json[0] : json, out);
  if (out.slice(before).some((event) => event.type === "error")) return;
  if (isObject(json) && Array.isArray(json["choices"]) && json["choices"].length > 0) decoder.complete(out);
  else out.push({ type: "error", failure: notAnAnswer() });
}
