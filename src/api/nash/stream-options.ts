import { type TSchema, Type } from "@sinclair/typebox";

const strict = { additionalProperties: false } as const;

/** An optional field; `null` means that it is absent. */
export function Maybe<T extends TSchema>(schema: T) {
  const { description, examples } = schema;
  return Type.Optional(
    Type.Union([schema, Type.Null()], {
      ...(description === undefined ? {} : { description }),
      ...(examples === undefined ? {} : { examples }),
    }),
  );
}

/** What a client may want of a stream beside the four kinds of lines (docs/protocol.md 1 and 11). */
export const StreamOptions = Type.Object(
  {
    include_usage: Maybe(
      Type.Boolean({
        description:
          "Adds one line with tokens and finish reason before the last session line. Default false.",
      }),
    ),
    include_reasoning: Maybe(
      Type.Boolean({ description: "Adds lines with the model's reasoning. Default false." }),
    ),
    include_receipt: Maybe(
      Type.Boolean({
        description:
          "Adds one line that says what became of the answer: whether it is complete, usage, attempts, times, cost. Default false.",
      }),
    ),
    resumable: Maybe(
      Type.Boolean({
        description:
          "The answer belongs to the server and goes on when its client leaves for a while: each line has an `id:`, and `GET /v1/answers/{id}` goes on behind any of them. Default false.",
      }),
    ),
    on_disconnect: Maybe(
      Type.Union([Type.Literal("cancel"), Type.Literal("finish")], {
        description:
          "Beside `resumable`: `finish` reads the provider's answer to its end though nobody reads it here; `cancel` ends it when nobody has come back for a while. Default `cancel`.",
      }),
    ),
  },
  { ...strict, description: "Which further lines the stream is to have. Default: none." },
);
