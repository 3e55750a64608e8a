import type { TSchema } from "@sinclair/typebox";
import type { DocumentDecoration } from "elysia";
import { DONE_FRAME, dataFrame } from "../../sse/encode.ts";
import { ModelsAnswer, StreamLine, SummaryAnswer, TokensAnswer } from "./answers.ts";
import { ERROR_TYPES } from "./error-types.ts";
import { SESSION } from "./examples.ts";

/** What `/openapi.json` says about the paths of our own protocol, beside the schemas of their bodies. */

type Responses = NonNullable<DocumentDecoration["responses"]>;

/** Headers that every answer to a request with a session has. */
const HEADERS = {
  "x-request-id": { description: "Names the request in the server's log.", schema: { type: "string" } },
  "x-session-id": { description: "The session.", schema: { type: "string" } },
} as const;

/** The errors with these statuses, each with the types that can come with it. */
function errorResponses(statuses: readonly number[]): Responses {
  return Object.fromEntries(
    statuses.map((status) => {
      const types = Object.entries(ERROR_TYPES).filter(([, { statuses: known }]) => known.includes(status));
      return [
        status,
        {
          description: types.map(([type, { meaning }]) => `\`${type}\`: ${meaning}`).join("\n\n"),
          content: { "application/json": { schema: { $ref: "#/components/schemas/Error" } } },
        },
      ];
    }),
  );
}

const OWN_ERRORS = [400, 401, 403, 405, 408, 413, 415, 421, 422, 500, 503];
const PROVIDER_ERRORS = [...OWN_ERRORS, 402, 404, 429, 502, 504].sort((one, other) => one - other);

function json(schema: TSchema, description: string, example: unknown) {
  return { description, headers: HEADERS, content: { "application/json": { schema, example } } };
}

/** A whole stream as it goes over the wire. */
function frames(...values: readonly unknown[]): string {
  return values.map(dataFrame).join("") + DONE_FRAME;
}

const CHAT: DocumentDecoration = {
  operationId: "chat",
  tags: ["Chat"],
  summary: "An answer, streamed",
  description: `Asks any provider and streams its answer as server-sent events with \`data:\` alone, in this order:

1. the session, always first
2. \`content\` lines, as often as the provider sends text, with \`reasoning\` lines among them where they were asked for
3. an \`error\` line, if the answer failed
4. a \`usage\` line, where it was asked for (after a failure only if the provider reported it)
5. the session once more
6. \`[DONE]\`, once and always last

While the provider is silent a comment line (\`: keep-alive\`) comes at least every 15 seconds.

What fails before the first event is answered with a real status and a JSON body. If nothing has come after 5 seconds the stream begins without waiting, and a failure is then an \`error\` line. An answer that stops before its provider has said that it is finished is such a failure, never a success.

Leaving the connection ends the provider's answer as well.`,
  responses: {
    200: {
      description: "The stream.",
      headers: HEADERS,
      content: {
        "text/event-stream": {
          schema: StreamLine,
          examples: {
            "an answer": {
              value: frames(
                { session_id: SESSION },
                { content: "Hello" },
                { content: "!" },
                { session_id: SESSION },
              ),
            },
            "with usage and reasoning": {
              value: frames(
                { session_id: SESSION },
                { reasoning: "A greeting is enough." },
                { content: "Hello!" },
                { usage: { input_tokens: 13, output_tokens: 8 }, finish_reason: "stop" },
                { session_id: SESSION },
              ),
            },
            "an answer that broke off": {
              value: frames(
                { session_id: SESSION },
                { content: "Once upon" },
                {
                  error: {
                    type: "incomplete",
                    message: "The answer was cut off: the provider closed the stream before finishing it.",
                    retryable: true,
                  },
                },
                { session_id: SESSION },
              ),
            },
          },
        },
      },
    },
    ...errorResponses(PROVIDER_ERRORS),
  },
};

/** What the demo answers to the example. */
const DEMO_SUMMARY = `[demo] Summary picked out by a script, not by a language model.
Said:
- User: My name is Ada.
- User: Let's move it to 4 May, same time and same place.
- Assistant: Agreed: 4 May at 10:00 in Lisbon.
Names:
Ada, Lisbon
Numbers:
10:00, 3, 4`;

const SUMMARIZE: DocumentDecoration = {
  operationId: "summarize",
  tags: ["Chat"],
  summary: "A conversation made shorter",
  description: `Has the model summarize the conversation, and answers with messages to go on with. A conversation that is longer than the model's window is summarized in parts.

With the header \`accept: text/event-stream\` the same comes as a stream: \`{"progress":{"part":1,"parts":3}}\` lines, one as each part has been summarized, the summary as \`{"content":"…"}\` lines, one line with the whole JSON answer, \`[DONE]\`. For long conversations that is the better way: comments keep the connection alive.`,
  responses: {
    200: json(SummaryAnswer, "The summary, and what to send from here on.", {
      success: true,
      summary: DEMO_SUMMARY,
      messages: [{ role: "assistant", content: `Previous conversation summary:\n${DEMO_SUMMARY}` }],
      token_reduction: { before: 175, after: 89, estimated: true },
      session_id: SESSION,
    }),
    ...errorResponses(PROVIDER_ERRORS),
  },
};

const TOKENS: DocumentDecoration = {
  operationId: "tokens",
  tags: ["Chat"],
  summary: "How long a conversation is",
  description: "Counts messages as the model would count them as a prompt. No provider is asked.",
  responses: {
    200: json(TokensAnswer, "The count.", { tokens: 13, context_window: 128_000 }),
    ...errorResponses(OWN_ERRORS),
  },
};

const MODELS: DocumentDecoration = {
  operationId: "models",
  tags: ["Models"],
  summary: "The models of a provider",
  description: "Asks the provider which models the key may use.",
  responses: {
    200: json(ModelsAnswer, "The models; of the demo's, the first three.", {
      models: [
        { id: "demo", context_window: 128_000 },
        { id: "demo-slow", context_window: 128_000 },
        { id: "demo-window", context_window: 8_000 },
      ],
    }),
    ...errorResponses(PROVIDER_ERRORS),
  },
};

const LOCAL: DocumentDecoration = {
  operationId: "local",
  tags: ["Models"],
  summary: "Model servers on this machine, and the demo",
  description:
    "Ollama, LM Studio, llama.cpp and their kin, found by looking on loopback for a moment and without a key. `api_base_url` and the names in `models` are what the other paths take.",
  responses: {
    200: {
      description: "What was found, the demo last.",
      content: {
        "application/json": {
          example: {
            servers: [
              { name: "Ollama", api_base_url: "http://127.0.0.1:11434/v1", models: ["llama3.2"] },
              { name: "Demo", api_base_url: "http://demo.invalid/v1", models: ["demo"] },
            ],
          },
        },
      },
    },
    ...errorResponses([401, 403, 405, 421, 500]),
  },
};

/** What is said of each operation. Apart from the routes, so that it is loaded by its first reader. */
export const OPERATIONS: readonly {
  readonly path: string;
  readonly method: "get" | "post";
  readonly operation: DocumentDecoration;
}[] = [
  { path: "/v1/chat/completions/stream", method: "post", operation: CHAT },
  { path: "/v1/chat/summarize", method: "post", operation: SUMMARIZE },
  { path: "/v1/chat/tokens", method: "post", operation: TOKENS },
  { path: "/v1/chat/models", method: "post", operation: MODELS },
  { path: "/v1/local", method: "get", operation: LOCAL },
];
