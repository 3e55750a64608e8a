import type { ChatEvent } from "../../core/event.ts";
import { isObject } from "../../core/json.ts";
import type { ChatRequest } from "../../core/message.ts";
import { notAnAnswer } from "../broken-answer.ts";
import { classify, classifyResponse } from "../classify.ts";
import { reportFromJson } from "../error-report.ts";
import { announcesFailure } from "../error-signs.ts";
import type { Protocol } from "../protocol.ts";
import { baseOf, join, without } from "../url.ts";
import { passedThrough, responsesBody } from "./body.ts";
import { OpenAIResponsesDecoder } from "./decoder.ts";

/** OpenAI's Responses, as OpenAI, Azure, xAI, DeepSeek, OpenRouter and Bedrock serve it, without stored state. */
export const openaiResponses: Protocol = {
  name: "responses",
  chatUrl: (base) => join(baseOf(base), ["responses"]),
  modelsUrl: (base) => join(without(baseOf(base), ["responses"]), ["models"]),
  authorization: (key) => ({ authorization: `Bearer ${key.reveal()}` }),
  body: responsesBody,
  passThrough: passedThrough,
  decoder: (chat) => new OpenAIResponsesDecoder(chat),
  reply: readReply,
  failure: classifyResponse,
};

function readReply(json: unknown, out: ChatEvent[], chat?: ChatRequest): void {
  const body: unknown = Array.isArray(json) ? json[0] : json;
  if (isObject(body) && (body["object"] === "response" || Array.isArray(body["output"]))) {
    new OpenAIResponsesDecoder(chat).whole(body, out);
  } else if (isObject(body) && announcesFailure(body)) {
    out.push({ type: "error", failure: classify(reportFromJson(body)) });
  } else {
    out.push({ type: "error", failure: notAnAnswer() });
  }
}
