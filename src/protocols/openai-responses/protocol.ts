import { classifyResponse } from "../classify.ts";
import type { Protocol } from "../protocol.ts";
import { baseOf, join, without } from "../url.ts";
import { passedThrough, responsesBody } from "./body.ts";
import { OpenAIResponsesDecoder, readResponse } from "./decoder.ts";

/** OpenAI's Responses, as OpenAI, Azure, xAI, DeepSeek, OpenRouter and Bedrock serve it, without stored state. */
export const openaiResponses: Protocol = {
  name: "responses",
  chatUrl: (base) => join(baseOf(base), ["responses"]),
  modelsUrl: (base) => join(without(baseOf(base), ["responses"]), ["models"]),
  authorization: (key) => ({ authorization: `Bearer ${key.reveal()}` }),
  body: responsesBody,
  passThrough: passedThrough,
  decoder: (chat) => new OpenAIResponsesDecoder(chat),
  reply: readResponse,
  failure: classifyResponse,
};
