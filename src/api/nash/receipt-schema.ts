import { Type } from "@sinclair/typebox";

const count = (description: string) => Type.Integer({ description });
const maybe = (description: string) => Type.Optional(count(description));
const text = (description: string) => Type.String({ description });

const Usage = Type.Object(
  {
    input_tokens: count("Tokens of the prompt, cached ones included."),
    output_tokens: count("Tokens of the answer, reasoning included."),
    cache_read_tokens: maybe("Of the prompt: those read from a cache."),
    cache_write_tokens: maybe("Of the prompt: those written to a cache."),
    reasoning_tokens: maybe("Of the answer: those of reasoning."),
    source: text("`provider`, or `estimate` where the provider told nothing."),
  },
  { description: "What was used, where something was answered." },
);

const Attempt = Type.Object({
  provider: text("Who was asked."),
  model: text("For which model."),
  type: Type.Optional(text("The type of its failure; absent of the one that answered.")),
  ms: count("How long it took; 0 of one that was left alone, since it has failed lately."),
});

/** The receipt of an answer (docs/protocol.md 11), as `/openapi.json` describes it. */
export const ReceiptObject = Type.Object(
  {
    complete: Type.Boolean({
      description: "The provider said that it was finished, and all of it was read.",
    }),
    finish_reason: text(
      "As in the usage line; `stopped` where it was stopped, `left` where nobody read it any more, `other` where it failed.",
    ),
    error: Type.Optional(text("The type of the failure, where there was one.")),
    usage: Type.Optional(Usage),
    provider: text("Who answered."),
    model: text("The model that was asked for."),
    attempts: Type.Array(Attempt, {
      description: "Each try in order; the last one is the one that answered.",
    }),
    first_token_ms: maybe("From the request to the first text or reasoning."),
    total_ms: count("From the request to the end."),
    cost: Type.Optional(
      Type.Number({ description: "US dollars at list prices, where they are known; else absent, never 0." }),
    ),
    prompt_cut: Type.Optional(
      Type.Object(
        {
          sent: count("Tokens that were sent, at least."),
          read: count("Tokens that the provider says it has read."),
        },
        { description: "The provider read far less than it was sent." },
      ),
    ),
  },
  { description: "What became of the answer." },
);
