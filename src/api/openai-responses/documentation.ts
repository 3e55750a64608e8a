import type { DocumentDecoration } from "elysia";
import { COMPACTION_EXAMPLE, RESPONSE_EXAMPLE } from "../answer-examples.ts";

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
      content: { "application/json": { example: RESPONSE_EXAMPLE }, "text/event-stream": {} },
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
    200: {
      description: "The shorter conversation.",
      content: { "application/json": { example: COMPACTION_EXAMPLE } },
    },
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
        "application/json": { example: { object: "response.input_tokens", input_tokens: 8 } },
      },
    },
    ...ERRORS,
  },
};

const NOT_HELD = { 404: { description: "There is none of that id, or it is held no longer." } };

/** What `/openapi.json` says of `GET /v1/responses/{id}`. */
export const RETRIEVE_DETAIL: DocumentDecoration = {
  operationId: "retrieveResponse",
  tags: ["OpenAI"],
  summary: "A response that was made in the background, as it stands or as its events",
  description:
    "With `background: true` a response is held by this server, whatever the provider, until `resume-hold` after its end. With `?stream=true` its events come, with `&starting_after=N` those behind the one whose `sequence_number` is N.",
  responses: {
    200: {
      description: "The response, or its events and `[DONE]`.",
      content: { "application/json": {}, "text/event-stream": {} },
    },
    ...NOT_HELD,
    410: { description: "It has become too long to be held (`resume-answer-bytes`)." },
  },
};

/** What `/openapi.json` says of `POST /v1/responses/{id}/cancel`. */
export const CANCEL_DETAIL: DocumentDecoration = {
  operationId: "cancelResponse",
  tags: ["OpenAI"],
  summary: "Ends a response that is made in the background, and the provider's request with it",
  responses: { 200: { description: "The response, `cancelled` unless it was over." }, ...NOT_HELD },
};

/** What `/openapi.json` says of `DELETE /v1/responses/{id}`. */
export const DELETE_DETAIL: DocumentDecoration = {
  operationId: "deleteResponse",
  tags: ["OpenAI"],
  summary: "Forgets a response that was made in the background; one that is still made is ended",
  responses: {
    200: {
      description: "It is forgotten.",
      content: { "application/json": { example: { id: "resp_…", object: "response", deleted: true } } },
    },
    ...NOT_HELD,
  },
};
