import { type Static, Type } from "@sinclair/typebox";
import { REASONING_EFFORTS } from "../../core/message.ts";
import { Maybe, MaybeObject, MaybeWord, ModelName, Open } from "../tolerant-schema.ts";

const Item = Open(
  { type: Maybe(Type.String({ description: "The kind of item; without one it is a message." })) },
  {
    title: "ResponsesItem",
    description:
      "A message, a call of a tool or what it gave back, reasoning, or a compaction, as it stood in an answer's `output`.",
  },
);

const Tool = Open(
  {
    type: Type.String({ description: "`function`, `custom` or `namespace`; a provider's own tools too." }),
    name: Maybe(Type.String({ minLength: 1, description: "What the model calls it." })),
    description: Maybe(Type.String({ description: "What it does and when to use it." })),
    parameters: MaybeObject("JSON schema of a function's arguments. Absent: it takes none."),
    strict: Maybe(Type.Boolean({ description: "Arguments must keep exactly to the schema." })),
    tools: Maybe(Type.Array(Type.Unknown(), { description: "Of a namespace: the tools in it." })),
  },
  { title: "ResponsesTool" },
);

const number = (description: string) => Maybe(Type.Number({ description }));
const flag = (description: string) => Maybe(Type.Boolean({ description }));
const text = (description: string) => Maybe(Type.String({ description }));

const Input = {
  model: ModelName,
  input: Maybe(
    Type.Union([Type.String(), Type.Array(Item)], {
      description: "The whole conversation so far: nothing of it is stored.",
    }),
  ),
  instructions: text("What the model is told before all else."),
};

export const ResponsesBody = Open(
  {
    ...Input,
    stream: flag("Answers as a stream of events. Default false."),
    background: flag(
      "The response is held here and made to its end, whoever reads it: `GET /v1/responses/{id}`. Default false.",
    ),
    max_output_tokens: Maybe(
      Type.Integer({ minimum: 1, description: "Most tokens to answer with, reasoning included." }),
    ),
    temperature: number("How freely to choose the next word: 0 to 2, at some providers 0 to 1."),
    top_p: number("Choose among the words that make up this share of the probability."),
    tools: Maybe(Type.Array(Tool, { description: "What the model may call." })),
    tool_choice: Maybe(
      Type.Unknown({ description: "`auto`, `none`, `required`, one tool by its name, or `allowed_tools`." }),
    ),
    parallel_tool_calls: flag("Whether one answer may hold several calls. Default true."),
    reasoning: Maybe(
      Open(
        {
          effort: MaybeWord(REASONING_EFFORTS, "How much to think first."),
          summary: text("Of no effect: reasoning is always told as its summary."),
        },
        { description: "How the model thinks." },
      ),
    ),
    text: Maybe(
      Open(
        {
          format: MaybeObject(
            "`type` is `text`, `json_object`, or `json_schema` with `name`, `schema`, `strict`.",
          ),
          verbosity: MaybeWord(["low", "medium", "high"], "How long the answer is to be."),
        },
        { description: "What the text of the answer is." },
      ),
    ),
    include: Maybe(Type.Array(Type.String(), { description: "What else the answer is to hold." })),
    store: flag("Nothing is stored, unless the provider speaks this protocol."),
    metadata: MaybeObject("Pairs that OpenAI stores with the answer."),
    user: text("Who the end user is, for abuse checks."),
    safety_identifier: text("The newer name of `user`; it wins."),
    service_tier: MaybeWord(["auto", "default", "flex", "priority"], "How it is to be processed."),
    prompt_cache_key: text("Which cache to look into."),
  },
  {
    title: "ResponsesRequest",
    description:
      "OpenAI's Responses. Fields that are not named here are passed on to a provider that speaks this protocol; for others see the page on translation.",
    examples: [{ model: "demo/demo", input: "Hello" }],
  },
);

export const CompactBody = Open(Input, {
  title: "CompactRequest",
  description: "A conversation to be replaced by a shorter one, as a `compaction` item.",
  examples: [{ model: "demo/demo", input: [{ role: "user", content: "Hello" }] }],
});

export type ResponsesBody = Static<typeof ResponsesBody>;
export type CompactBody = Static<typeof CompactBody>;
