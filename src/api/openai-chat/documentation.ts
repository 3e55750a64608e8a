import type { DocumentDecoration } from "elysia";
import { CHAT_COMPLETION_EXAMPLE } from "../answer-examples.ts";

/** What `/openapi.json` says of `POST /v1/chat/completions`. */
export const CHAT_COMPLETION_DETAIL: DocumentDecoration = {
  operationId: "createChatCompletion",
  tags: ["OpenAI"],
  summary: "An answer in OpenAI's form, of any provider",
  description: `OpenAI's chat completions, streamed or whole, for every provider: see docs/translation.md for what becomes of each field.

Where the request goes is told by the header \`x-nash-llm-base-url\`, a path prefix such as \`/groq/v1/chat/completions\`, a route of the settings, \`model\` as \`<provider>/<model>\`, or the settings' default. The key is \`authorization: Bearer …\`.

What the provider has no place for is named in \`x-nash-llm-dropped\`, what is done another way in \`x-nash-llm-changed\`; with \`x-nash-llm-strict: 1\` both are refused. An answer that breaks off ends in an error that every SDK raises.`,
  responses: {
    200: {
      description: "A chat completion, or with `stream: true` its chunks as server-sent events and `[DONE]`.",
      content: { "application/json": { example: CHAT_COMPLETION_EXAMPLE }, "text/event-stream": {} },
    },
    400: { description: "A field is wrong, or cannot be done by the provider: `param` names it." },
    401: { description: "The key, or this server's token, is missing or refused." },
    429: { description: "The provider's rate limit or an empty account." },
    502: { description: "The provider failed, or its answer broke off." },
    503: { description: "The provider or this server is overloaded." },
  },
};
