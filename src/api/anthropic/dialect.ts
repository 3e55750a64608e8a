import type { Dialect } from "../dialect.ts";
import { MessagesEncoder } from "./encoder.ts";
import { anthropicErrorReply } from "./errors.ts";
import { parseMessagesBody } from "./parse.ts";
import { MessagesPassThrough } from "./pass-through.ts";
import { MessagesBody } from "./schema.ts";
import { wholeMessage } from "./whole.ts";

/** Anthropic's Messages, as a client speaks them. */
export const anthropicDialect: Dialect<MessagesBody> = {
  name: "anthropic",
  protocol: "anthropic",
  schema: MessagesBody,
  parse: parseMessagesBody,
  encoder: (context) =>
    context.passThrough ? new MessagesPassThrough(context) : new MessagesEncoder(context),
  whole: wholeMessage,
  error: anthropicErrorReply,
};

/** The whole body of `POST /v1/messages/count_tokens`: any other field would be one too many for llama.cpp's tests. */
export function countTokensAnswer(tokens: number): { input_tokens: number } {
  return { input_tokens: tokens };
}
