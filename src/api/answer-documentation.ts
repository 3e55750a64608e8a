import type { DocumentDecoration } from "elysia";

const NOT_HELD = { description: "`not_found`: there is none of that id, or it is held no longer." };
const PARTS = { "x-answer-id": { description: "The answer.", schema: { type: "string" } } } as const;

/** What `/openapi.json` says of `GET /v1/answers/{id}`. */
export const RESUME_DETAIL: DocumentDecoration = {
  operationId: "resumeAnswer",
  tags: ["Chat"],
  summary: "A resumable answer, taken up again",
  description:
    "Goes on behind the event that the header `last-event-id` names, without it from the beginning: the same bytes, as often as wanted, for several readers at once. Only for answers with `stream_options.resumable`, whose id is in their header `x-answer-id`: until `resume-hold` (120 s) after their end, and until `resume-grace` (30 s) after their last reader has gone.",
  responses: {
    200: { description: "The rest of the stream.", headers: PARTS, content: { "text/event-stream": {} } },
    204: { description: "All of it has been read." },
    404: NOT_HELD,
    410: { description: "`not_found`: it has become too long to be held (`resume-answer-bytes`)." },
    422: { description: "`invalid_request`: `last-event-id` is no id of an event that has come." },
  },
};

/** What `/openapi.json` says of `DELETE /v1/answers/{id}`. */
export const STOP_DETAIL: DocumentDecoration = {
  operationId: "stopAnswer",
  tags: ["Chat"],
  summary: "An answer, stopped",
  description:
    "Ends the provider's request and the stream of any streamed answer, by the id in its header `x-answer-id`: natively with its receipt, in dialects with their form of an error. A held answer that is over is forgotten.",
  responses: {
    200: {
      description: "`stopped` while it ran, `deleted` where it was over.",
      content: { "application/json": { example: { stopped: true } } },
    },
    404: NOT_HELD,
  },
};
