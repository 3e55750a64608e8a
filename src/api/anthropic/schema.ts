import { type Static, type TSchema, Type } from "@sinclair/typebox";
import { Maybe, MaybeObject, MaybeWord, ModelName, Open } from "../tolerant-schema.ts";

/** The requests of `POST /v1/messages` and `/v1/messages/count_tokens`. @see https://docs.anthropic.com/en/api/messages */

const CacheControl = MaybeObject("A prompt-caching mark.");

/** Flat, since the kinds of blocks are more each month: what a kind needs is looked at where it is translated. */
const blockFields = {
  type: Type.String({
    description:
      "`text`, `image`, `document`, `tool_use`, `tool_result`, `thinking`, `redacted_thinking`; others where the provider speaks this protocol.",
  }),
  text: Maybe(Type.String({ description: "Of a text block." })),
  source: Maybe(Type.Unknown({ description: "Of an image or document: base64, url, text or file." })),
  title: Maybe(Type.String({ description: "Of a document." })),
  id: Maybe(Type.String({ description: "Of a call: what its result names." })),
  name: Maybe(Type.String({ description: "Of a call: the tool." })),
  input: Maybe(Type.Unknown({ description: "Of a call: its arguments, an object." })),
  tool_use_id: Maybe(Type.String({ description: "Of a result: which call it answers." })),
  is_error: Maybe(Type.Boolean({ description: "Of a result: the tool failed." })),
  thinking: Maybe(Type.String({ description: "Of a thinking block." })),
  signature: Maybe(Type.String({ description: "Of a thinking block: send it back as it came." })),
  data: Maybe(Type.String({ description: "Of a redacted thinking block: send it back as it came." })),
  cache_control: CacheControl,
};

const Content = <T extends TSchema>(block: T, description: string) =>
  Type.Union([Type.String(), Type.Array(block)], { description });

const ResultBlock = Open(blockFields, { title: "ToolResultBlock" });

const Block = Open(
  {
    ...blockFields,
    content: Maybe(
      Type.Union([Type.String(), Type.Array(ResultBlock), Type.Record(Type.String(), Type.Unknown())], {
        description: "Of a result: a text, or text, image and document blocks.",
      }),
    ),
  },
  { title: "ContentBlock" },
);

const Message = Open(
  {
    role: Type.Union([Type.Literal("user"), Type.Literal("assistant"), Type.Literal("system")], {
      description: "Who speaks.",
    }),
    content: Content(Block, "A text, or a list of blocks."),
  },
  { title: "AnthropicMessage", description: "One message." },
);

const Tool = Open(
  {
    type: Maybe(
      Type.String({ description: "Absent or `custom`: a tool of yours. Others are Anthropic's own." }),
    ),
    name: Type.String({ minLength: 1, description: "What the model calls it." }),
    description: Maybe(Type.String({ description: "What it does and when to use it." })),
    input_schema: MaybeObject("JSON schema of its arguments."),
    strict: Maybe(Type.Boolean({ description: "Arguments must keep exactly to the schema." })),
    cache_control: CacheControl,
  },
  { title: "AnthropicTool" },
);

const number = (description: string) => Maybe(Type.Number({ description }));

const prompt = {
  model: ModelName,
  messages: Type.Array(Message, { minItems: 1, description: "The whole conversation so far." }),
  system: Maybe(Content(Block, "Instructions before the conversation: a text, or text blocks.")),
  tools: Maybe(Type.Array(Tool, { description: "What the model may call." })),
  tool_choice: Maybe(
    Open(
      {
        type: MaybeWord(["auto", "any", "tool", "none"], "Whether it may or must call one."),
        name: Maybe(Type.String({ description: "Which one, of the type `tool`." })),
        disable_parallel_tool_use: Maybe(
          Type.Boolean({ description: "At most one call in an answer. Default false." }),
        ),
      },
      { description: "Which tools the model may or must call." },
    ),
  ),
  thinking: Maybe(
    Open(
      {
        type: MaybeWord(["adaptive", "enabled", "disabled"], "Whether to think first."),
        budget_tokens: Maybe(Type.Integer({ description: "Most tokens to think with, of `enabled`." })),
      },
      { description: "Thinking before the answer." },
    ),
  ),
  output_config: Maybe(
    Open(
      {
        effort: MaybeWord(["low", "medium", "high", "xhigh", "max"], "How much to think and to write."),
        format: MaybeObject("`{type: json_schema, schema}`: the answer is JSON of this schema."),
      },
      { description: "What the answer is to be like." },
    ),
  ),
};

export const CountTokensBody = Open(prompt, {
  title: "CountTokensRequest",
  description: "A prompt to be counted: the fields of a message request, without those of its answer.",
  examples: [{ model: "demo/demo", messages: [{ role: "user", content: "Hello" }] }],
});

export const MessagesBody = Open(
  {
    ...prompt,
    max_tokens: Type.Integer({ minimum: 1, description: "Most tokens to answer with, thinking included." }),
    stream: Maybe(Type.Boolean({ description: "Answers as a stream of events. Default false." })),
    stop_sequences: Maybe(Type.Array(Type.String(), { description: "Texts at which the answer ends." })),
    temperature: number("How freely to choose the next word: 0 to 1."),
    top_p: number("Choose among the words that make up this share of the probability."),
    top_k: Maybe(Type.Integer({ description: "Choose among so many words." })),
    output_format: MaybeObject("The older place of `output_config.format`."),
    metadata: Maybe(
      Open(
        { user_id: Maybe(Type.String({ description: "Who the end user is, for abuse checks." })) },
        { description: "About the request." },
      ),
    ),
    service_tier: MaybeWord(["auto", "standard_only"], "How it is to be processed."),
  },
  {
    title: "MessagesRequest",
    description:
      "Anthropic's Messages. Fields that are not named here are passed on to a provider that speaks this protocol; for others see the page on translation.",
    examples: [{ model: "demo/demo", max_tokens: 1024, messages: [{ role: "user", content: "Hello" }] }],
  },
);

export type MessagesBody = Static<typeof MessagesBody>;
export type CountTokensBody = Static<typeof CountTokensBody>;
export type AnthropicMessage = Static<typeof Message>;
export type AnthropicTool = Static<typeof Tool>;
