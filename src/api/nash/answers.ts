import { type TSchema, Type } from "@sinclair/typebox";
import { FAILURE_STATUS, type FailureType } from "../../core/failure.ts";
import { ERROR_TYPES } from "./error-types.ts";
import { ReceiptObject } from "./receipt-schema.ts";
import { MessageSchema } from "./schema.ts";

/** The answers of our own protocol, as `/openapi.json` describes them. Nothing is checked against them at run time. */

const SessionIdText = Type.String({
  description: "The session: the one sent, letter for letter, or a new one.",
});

const FAILURE_TYPES = Object.keys(FAILURE_STATUS) as FailureType[];

const ErrorObject = Type.Object(
  {
    type: Type.Union(
      FAILURE_TYPES.map((type) =>
        Type.Literal(type, {
          description: ERROR_TYPES[type].meaning,
          "x-statuses": ERROR_TYPES[type].statuses,
        }),
      ),
      { description: "Which kind of failure it is." },
    ),
    message: Type.String({
      description: "One sentence for a person; the provider's own words where they are its. Never the key.",
    }),
    param: Type.Optional(
      Type.String({ description: "The field at fault, as a path such as `messages[0].content`." }),
    ),
    provider_status: Type.Optional(
      Type.Integer({ description: "The status that the provider answered with." }),
    ),
    retry_after: Type.Optional(
      Type.Integer({ description: "Seconds to wait before another try; also the header `retry-after`." }),
    ),
    retryable: Type.Boolean({ description: "Whether the same request may succeed later." }),
  },
  { description: "What went wrong." },
);

export const ErrorAnswer: TSchema = Type.Object(
  {
    error: ErrorObject,
    session_id: Type.Optional(
      Type.String({ description: "The session, wherever the request's could be read or made." }),
    ),
  },
  {
    title: "Error",
    examples: [
      {
        error: {
          type: "rate_limit",
          message: "Rate limit reached for requests.",
          provider_status: 429,
          retry_after: 7,
          retryable: true,
        },
        session_id: "3f0c2a7e-5b1d-4f6a-9c8e-2d7b1a6e4f50",
      },
    ],
  },
);

const FinishReason = Type.Union(
  ["stop", "length", "tool_calls", "refusal", "content_filter", "other"].map((reason) =>
    Type.Literal(reason),
  ),
  { description: "Why the answer ended." },
);

const Usage = Type.Union(
  [
    Type.Object({
      input_tokens: Type.Integer({ description: "Tokens of the prompt, cached ones included." }),
      output_tokens: Type.Integer({ description: "Tokens of the answer, reasoning included." }),
    }),
    Type.Null(),
  ],
  { description: "As the provider counted; null where it did not say." },
);

/** One kind of line, under the words that explain it. */
function line(title: string, description: string, properties: Record<string, TSchema>) {
  return Type.Object(properties, { title, description });
}

/** The JSON of one `data:` line of a stream. */
export const StreamLine: TSchema = Type.Union(
  [
    line("session", "First, with exactly this one key; and once more before `[DONE]`.", {
      session_id: SessionIdText,
    }),
    line("content", "As often as the provider sends text. The words of a refusal come here too.", {
      content: Type.String({ description: "The next piece of the answer, never empty." }),
    }),
    line("reasoning", "Only with `stream_options.include_reasoning`.", {
      reasoning: Type.String({ description: "The next piece of the model's reasoning." }),
    }),
    line("usage", "Once, just before the last session line, only with `stream_options.include_usage`.", {
      usage: Usage,
      finish_reason: FinishReason,
    }),
    line(
      "receipt",
      "Once, before the last session line, with `stream_options.include_receipt`; and where the answer was stopped.",
      { receipt: ReceiptObject },
    ),
    line(
      "error",
      "Once, where the answer failed after the stream had begun: after every byte of text that came, before the last session line.",
      { error: ErrorObject },
    ),
  ],
  {
    title: "StreamLine",
    description: "The JSON of one `data:` line. The very last line is `[DONE]`, which is no JSON.",
  },
);

export const SummaryAnswer = Type.Object(
  {
    success: Type.Literal(true, { description: "Failures come as errors." }),
    summary: Type.String({ description: "The summary alone." }),
    messages: Type.Array(MessageSchema, {
      description:
        "What to send instead of the conversation from here on: system and developer messages as they were, the summary as a message of the assistant, then those kept. With a further user message every provider accepts it.",
    }),
    token_reduction: Type.Object(
      {
        before: Type.Integer({
          description: "Tokens of the request's messages, as the model counts a prompt.",
        }),
        after: Type.Integer({ description: "Tokens of the answer's messages." }),
        estimated: Type.Optional(
          Type.Literal(true, { description: "Stands there where the two numbers are not exact." }),
        ),
      },
      { description: "How much shorter it became." },
    ),
    session_id: SessionIdText,
  },
  { title: "Summary" },
);

export const TokensAnswer = Type.Object(
  {
    tokens: Type.Integer({
      description: "Tokens of the messages as a prompt: names, roles and priming included.",
    }),
    context_window: Type.Union([Type.Integer(), Type.Null()], {
      description:
        "How many tokens the model holds, prompt and answer together; null where that is not known.",
    }),
    estimated: Type.Optional(
      Type.Literal(true, { description: "Stands there where the count is not exact." }),
    ),
  },
  { title: "Tokens" },
);

export const ModelsAnswer = Type.Object(
  {
    models: Type.Array(
      Type.Object({
        id: Type.String({ description: "The name to put in `model`." }),
        context_window: Type.Optional(
          Type.Integer({ description: "How many tokens it holds, where the provider says so." }),
        ),
      }),
      { description: "As the provider lists them." },
    ),
  },
  { title: "Models" },
);
