import type { Dialect } from "../dialect.ts";
import { openaiErrorReply } from "../openai-chat/errors.ts";
import { ResponsesEncoder } from "./encoder.ts";
import { parseResponses } from "./parse.ts";
import { ResponsesPassThrough } from "./pass-through.ts";
import { ResponsesBody } from "./schema.ts";
import { wholeResponse } from "./whole.ts";

/** OpenAI's Responses, as Codex and OpenAI's SDKs speak them. */
export const openaiResponsesDialect: Dialect<ResponsesBody> = {
  name: "openai-responses",
  protocol: "responses",
  schema: ResponsesBody,
  parse: parseResponses,
  encoder: (context) =>
    context.passThrough ? new ResponsesPassThrough(context) : new ResponsesEncoder(context),
  whole: wholeResponse,
  error: openaiErrorReply,
};

/** The answer of `POST /v1/responses/input_tokens`. */
export function inputTokensReply(tokens: number): { object: "response.input_tokens"; input_tokens: number } {
  return { object: "response.input_tokens", input_tokens: tokens };
}
