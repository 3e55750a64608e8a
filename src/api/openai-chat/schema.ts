import { type Static, Type } from "@sinclair/typebox";
import { REASONING_EFFORTS } from "../../core/message.ts";
import { Maybe, MaybeObject, MaybeWord, ModelName, Open } from "../tolerant-schema.ts";

/** The request of `POST /v1/chat/completions`. @see https://platform.openai.com/docs/api-reference/chat/create */

const Part = Open(
  {
    type: Type.String({ description: "`text`, `image_url`, `file`, `input_audio` or `refusal`." }),
    text: Maybe(Type.String({ description: "Of a text part." })),
    image_url: Maybe(
      Open(
        {
          url: Type.String({ description: "An https address, or base64 in a `data:` URL." }),
          detail: MaybeWord(["auto", "low", "high"], "How closely to look."),
        },
        { description: "Of an image part." },
      ),
    ),
    file: MaybeObject("Of a file part: `file_data` (a `data:` URL), `filename`, or `file_id`."),
    input_audio: MaybeObject("Of an audio part. Only providers that speak this protocol take it."),
    refusal: Maybe(Type.String({ description: "Of a refusal part, in messages of the assistant." })),
  },
  { title: "ChatCompletionPart" },
);

const ToolCall = Open(
  {
    id: Type.String({ description: "What the answer to this call names." }),
    type: MaybeWord(["function", "custom"], "The kind of call."),
    function: Maybe(
      Open(
        {
          name: Type.String({ description: "The function that was called." }),
          arguments: Type.String({ description: "What it was called with, as JSON text." }),
        },
        { description: "What was called." },
      ),
    ),
    custom: Maybe(
      Open(
        {
          name: Type.String({ description: "The custom tool that was called." }),
          input: Type.String({ description: "What it was called with." }),
        },
        { description: "Of a call of a custom tool." },
      ),
    ),
  },
  { title: "ChatCompletionToolCall" },
);

const Role = Type.Union(
  ["system", "developer", "user", "assistant", "tool", "function"].map((role) => Type.Literal(role)),
  { description: "Who speaks." },
);

const Message = Open(
  {
    role: Role,
    content: Type.Optional(
      Type.Union([Type.String(), Type.Null(), Type.Array(Part)], {
        description: "A text, a list of parts, or null beside `tool_calls`.",
      }),
    ),
    name: Maybe(Type.String({ description: "Who among several users." })),
    tool_calls: Maybe(Type.Array(ToolCall, { description: "What the assistant called." })),
    tool_call_id: Maybe(Type.String({ description: "Which call a message of the role `tool` answers." })),
    refusal: Maybe(Type.String({ description: "The assistant's refusal." })),
    reasoning_content: Maybe(
      Type.String({ description: "The assistant's reasoning, as the answer had it." }),
    ),
    reasoning_details: Maybe(
      Type.Array(Type.Unknown(), {
        description:
          "The assistant's reasoning with what its provider wants back, as the answer had it. `thinking_blocks` in LiteLLM's form is read too.",
      }),
    ),
  },
  { title: "ChatCompletionMessage", description: "One message." },
);

const Tool = Open(
  {
    type: MaybeWord(["function", "custom"], "The kind of tool."),
    function: Maybe(
      Open(
        {
          name: Type.String({ minLength: 1, description: "What the model calls it." }),
          description: Maybe(Type.String({ description: "What it does and when to use it." })),
          parameters: MaybeObject("JSON schema of its arguments. Absent: it takes none."),
          strict: Maybe(Type.Boolean({ description: "Arguments must keep exactly to the schema." })),
        },
        { description: "Of a function." },
      ),
    ),
    custom: MaybeObject("Of a custom tool: `name`, `description`, `format`."),
  },
  { title: "ChatCompletionTool" },
);

const number = (description: string) => Maybe(Type.Number({ description }));
const flag = (description: string) => Maybe(Type.Boolean({ description }));

export const ChatCompletionBody = Open(
  {
    model: ModelName,
    messages: Type.Array(Message, { minItems: 1, description: "The whole conversation so far." }),
    stream: flag("Answers as a stream of chunks. Default false."),
    stream_options: Maybe(
      Open(
        { include_usage: flag("Adds a last chunk with the usage and no choices. Default false.") },
        { description: "Only beside `stream`." },
      ),
    ),
    max_completion_tokens: Maybe(
      Type.Integer({ minimum: 1, description: "Most tokens to answer with, reasoning included." }),
    ),
    max_tokens: Maybe(Type.Integer({ minimum: 1, description: "The older name of the same." })),
    temperature: number("How freely to choose the next word: 0 to 2, at some providers 0 to 1."),
    top_p: number("Choose among the words that make up this share of the probability."),
    top_k: Maybe(Type.Integer({ description: "Choose among so many words, where the provider has it." })),
    stop: Maybe(
      Type.Union([Type.String(), Type.Array(Type.String())], {
        description: "Texts at which the answer ends.",
      }),
    ),
    n: Maybe(Type.Integer({ description: "Other than 1 only where the provider speaks this protocol." })),
    seed: Maybe(Type.Integer({ description: "Only where the provider speaks this protocol." })),
    tools: Maybe(Type.Array(Tool, { description: "What the model may call." })),
    tool_choice: Maybe(
      Type.Unknown({
        description: "`auto`, `none`, `required`, one function by its name, or `allowed_tools`.",
      }),
    ),
    parallel_tool_calls: flag("Whether one answer may hold several calls. Default true."),
    response_format: Maybe(
      Open(
        {
          type: Type.String({ description: "`text`, `json_object` or `json_schema`." }),
          json_schema: MaybeObject("`name`, `schema`, `strict`, `description`."),
        },
        { description: "What the text of the answer is." },
      ),
    ),
    reasoning_effort: MaybeWord(REASONING_EFFORTS, "How much to think first."),
    verbosity: MaybeWord(["low", "medium", "high"], "How long the answer is to be."),
    user: Maybe(Type.String({ description: "Who the end user is, for abuse checks." })),
    safety_identifier: Maybe(Type.String({ description: "The newer name of `user`; it wins." })),
    metadata: MaybeObject("Pairs that OpenAI stores with the answer."),
    service_tier: MaybeWord(["auto", "default", "flex", "priority"], "How it is to be processed."),
    prompt_cache_key: Maybe(Type.String({ description: "Which cache to look into." })),
  },
  {
    title: "ChatCompletionRequest",
    description:
      "OpenAI's chat completions. Fields that are not named here are passed on to a provider that speaks this protocol; for others see the page on translation.",
    examples: [{ model: "demo/demo", messages: [{ role: "user", content: "Hello" }] }],
  },
);

export type ChatCompletionBody = Static<typeof ChatCompletionBody>;
export type ChatCompletionMessage = Static<typeof Message>;
export type ChatCompletionTool = Static<typeof Tool>;
