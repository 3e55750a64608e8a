import type { DocumentDecoration } from "elysia";

const ERRORS = {
  400: { description: "A field is wrong, or cannot be done: `param` names it." },
  401: { description: "The key, or this server's token, is missing or refused." },
  429: { description: "The provider's rate limit or an empty account." },
  502: { description: "The provider failed, or its answer broke off." },
  503: { description: "The provider or this server is overloaded." },
};

/** What `/openapi.json` says of `POST /v1/responses`. */
export const RESPONSES_DETAIL: DocumentDecoration = {
  operationId: "createResponse",
  tags: ["OpenAI"],
  summary: "A response in OpenAI's newer form, of any provider",
  description:
    "OpenAI's Responses (Open Responses), streamed or whole, for every provider: see docs/translation.md for what becomes of each field. Where the request goes is told as for `/v1/chat/completions`.",
  responses: {
    200: {
      description: "A response, or with `stream: true` its events and `[DONE]`.",
      content: { "application/json": {}, "text/event-stream": {} },
    },
    ...ERRORS,
  },
};

/** What `/openapi.json` says of `POST /v1/responses/compact`. */
export const COMPACT_DETAIL: DocumentDecoration = {
  operationId: "compactResponse",
  tags: ["OpenAI"],
  summary: "A conversation replaced by a shorter one",
  description:
    "What the user, the system and the developer said stays as it was; all else becomes one `compaction` item, which is sent back in place of it. A provider that speaks Responses compacts by itself; for all others this server's summaries do it, which never take a cut summary for a whole one.",
  responses: {
    200: { description: "The shorter conversation.", content: { "application/json": {} } },
    ...ERRORS,
  },
};

/** What `/openapi.json` says of `POST /v1/responses/input_tokens`. */
export const INPUT_TOKENS_DETAIL: DocumentDecoration = {
  operationId: "countResponseTokens",
  tags: ["OpenAI"],
  summary: "How many tokens a response's input has, as this server counts them",
  responses: {
    200: {
      description: "The number.",
      content: {
        "application/json": { example: { object: "response.input_tokens", input_tokens: 12 } },
      },
    },
    ...ERRORS,
  },
};
