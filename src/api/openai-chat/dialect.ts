import type { Dialect } from "../dialect.ts";
import { ChatCompletionEncoder } from "./encoder.ts";
import { openaiErrorReply } from "./errors.ts";
import { parseChatCompletion } from "./parse.ts";
import { ChatPassThrough } from "./pass-through.ts";
import { ChatCompletionBody } from "./schema.ts";
import { wholeCompletion } from "./whole.ts";

/** OpenAI's chat completions, as a client speaks them. */
export const openaiChatDialect: Dialect<ChatCompletionBody> = {
  name: "openai-chat",
  protocol: "openai",
  schema: ChatCompletionBody,
  parse: parseChatCompletion,
  encoder: (context) =>
    context.passThrough ? new ChatPassThrough(context) : new ChatCompletionEncoder(context),
  whole: wholeCompletion,
  error: openaiErrorReply,
};
