import type { DocumentDecoration } from "elysia";
import { MESSAGE_EXAMPLE } from "../answer-examples.ts";

const ERRORS = {
  400: { description: "A field is wrong, or cannot be done by the provider." },
  401: { description: "The key, or this server's token, is missing or refused." },
  429: { description: "The provider's rate limit." },
  502: { description: "The provider failed, or its answer broke off." },
  529: { description: "The provider or this server is overloaded." },
};

/** What `/openapi.json` says of `POST /v1/messages`. */
export const MESSAGES_DETAIL: DocumentDecoration = {
  operationId: "createMessage",
  tags: ["Anthropic"],
  summary: "An answer in Anthropic's form, of any provider",
  description: `Anthropic's Messages, streamed or whole, for every provider: see docs/translation.md for what becomes of each field. Where the request goes is told as for \`/v1/chat/completions\`; the key is \`x-api-key\` or \`authorization: Bearer …\`.`,
  responses: {
    200: {
      description: "A message, or with `stream: true` its events.",
      content: { "application/json": { example: MESSAGE_EXAMPLE }, "text/event-stream": {} },
    },
    ...ERRORS,
  },
};

/** What `/openapi.json` says of `POST /v1/messages/count_tokens`. */
export const COUNT_TOKENS_DETAIL: DocumentDecoration = {
  operationId: "countMessageTokens",
  tags: ["Anthropic"],
  summary: "How many tokens a message's prompt has",
  description:
    "Anthropic itself is asked where it is the provider; for all others the number is counted here, with `x-nash-llm-estimated: true`.",
  responses: {
    200: {
      description: "The number.",
      content: { "application/json": { example: { input_tokens: 8 } } },
    },
    ...ERRORS,
  },
};
