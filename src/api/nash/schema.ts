import { type Static, Type } from "@sinclair/typebox";
import { REASONING_EFFORTS } from "../../core/message.ts";
import { CHAT_EXAMPLE, MODELS_EXAMPLE, SESSION, SUMMARIZE_EXAMPLE, TOKENS_EXAMPLE } from "./examples.ts";
import { Maybe, StreamOptions } from "./stream-options.ts";
import { ResponseFormatSchema, ToolChoiceSchema, ToolSchema } from "./tool-schema.ts";

/** The requests of our own protocol (docs/protocol.md 1, 3 and 4). They are also the source of `/openapi.json`. */

const strict = { additionalProperties: false } as const;

const TextPart = Type.Object(
  {
    type: Type.Literal("text", { description: "The kind of part." }),
    text: Type.String({ description: "The text." }),
  },
  { ...strict, title: "text part" },
);

const ImagePart = Type.Object(
  {
    type: Type.Literal("image_url", { description: "The kind of part." }),
    image_url: Type.Object(
      { url: Type.String({ minLength: 1, description: "An https address, or base64 in a data: URL." }) },
      { ...strict, description: "The image." },
    ),
  },
  { ...strict, title: "image part" },
);

const ToolCall = Type.Object(
  {
    id: Type.String({ minLength: 1, description: "What the answer to this call names." }),
    type: Type.Literal("function", { description: "The kind of call; there is no other." }),
    function: Type.Object(
      {
        name: Type.String({ minLength: 1, description: "The function that was called." }),
        arguments: Type.String({ description: "What it was called with, as JSON text." }),
      },
      { ...strict, description: "What was called." },
    ),
  },
  { ...strict, title: "tool call" },
);

export const MessageSchema = Type.Object(
  {
    // A union within the union: of a flat one @elysiajs/openapi would drop the description.
    role: Type.Union(
      [
        Type.Union([
          Type.Literal("system"),
          Type.Literal("developer"),
          Type.Literal("user"),
          Type.Literal("assistant"),
        ]),
        Type.Literal("tool"),
      ],
      { description: "Who speaks. Each provider gets the roles, and the order of roles, that it takes." },
    ),
    content: Type.Optional(
      Type.Union(
        [Type.String(), Type.Null(), Type.Array(Type.Union([TextPart, ImagePart]), { minItems: 1 })],
        {
          description: "A text, a list of text and image parts, or null beside `tool_calls`.",
        },
      ),
    ),
    name: Maybe(
      Type.String({
        description: "Who among several users or tools. Left out where a provider has no such field.",
      }),
    ),
    tool_calls: Maybe(
      Type.Array(ToolCall, { description: "What the assistant called; only in its messages." }),
    ),
    tool_call_id: Maybe(Type.String({ description: "Which call a message of the role `tool` answers." })),
  },
  { ...strict, title: "Message", description: "One message, in OpenAI's form." },
);

const Messages = Type.Array(MessageSchema, {
  minItems: 1,
  description: "The whole conversation so far. The server keeps none of it.",
  examples: [[{ role: "user", content: "Hello, how are you?" }]],
});

const Model = Type.String({
  minLength: 1,
  maxLength: 512,
  description: "The model, as the provider names it.",
  examples: ["demo"],
});

const Address = {
  api_key: Maybe(
    Type.String({
      pattern: "^[\\x21-\\x7e]+$",
      maxLength: 16_384,
      description:
        "The key for the provider: printable ASCII without spaces. Local servers that need none take any word. Required beside `api_base_url`.",
      examples: ["any-word"],
    }),
  ),
  api_base_url: Maybe(
    Type.String({
      minLength: 1,
      maxLength: 8_192,
      description:
        "The provider's address. Without one the server's settings, the path or the model's name say where the request goes. Without a path it gets the provider's own (`/v1` as a rule); then whatever is missing of the protocol's path is appended, and a query stays. `http://demo.invalid/v1` is the demo inside this server, which is never looked up.",
      examples: ["http://demo.invalid/v1"],
    }),
  ),
  provider: Maybe(
    Type.Union([Type.Literal("openai"), Type.Literal("anthropic"), Type.Literal("responses")], {
      description:
        "The protocol to speak at an address that is not known by its host. Default: Anthropic's for a model named `claude…`, else OpenAI's.",
    }),
  ),
};

const SessionId = Maybe(
  Type.String({
    pattern: "^[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{12}$",
    description: "A UUID, which comes back letter for letter. Without one the server makes one.",
    examples: [SESSION],
  }),
);

const Sampling = {
  temperature: Maybe(
    Type.Number({
      minimum: 0,
      description:
        "How freely to choose the next word: from 0 to 2, or less, as the provider has it. Default: the provider's.",
    }),
  ),
  top_p: Maybe(
    Type.Number({
      minimum: 0,
      maximum: 1,
      description:
        "Choose among the words that make up this share of the probability. Default: the provider's.",
    }),
  ),
  max_tokens: Maybe(
    Type.Integer({
      minimum: 1,
      description:
        "Most tokens to answer with, under whatever name the provider has for it. Default: the provider's, or what it insists on.",
    }),
  ),
  stop: Maybe(
    Type.Union([Type.String({ minLength: 1 }), Type.Array(Type.String({ minLength: 1 }), { minItems: 1 })], {
      description: "One text or several at which the answer ends. Default: none.",
    }),
  ),
  seed: Maybe(
    Type.Integer({
      description: "For answers that can be repeated, where the provider has such a thing. Default: none.",
    }),
  ),
  reasoning_effort: Maybe(
    Type.Union(
      REASONING_EFFORTS.map((effort) => Type.Literal(effort)),
      {
        description:
          "How much to think first, where the provider has such a setting. Default: the provider's.",
      },
    ),
  ),
  tools: Maybe(Type.Array(ToolSchema, { description: "Functions that the model may call. Default: none." })),
  tool_choice: Maybe(ToolChoiceSchema),
  parallel_tool_calls: Maybe(
    Type.Boolean({ description: "Whether it may call several at once. Default: the provider's." }),
  ),
  response_format: Maybe(ResponseFormatSchema),
  provider_options: Maybe(
    Type.Record(Type.String(), Type.Unknown(), {
      description: "Merged into the provider's body as it is, such as `response_format`. Default: nothing.",
    }),
  ),
};

const Common = { messages: Messages, model: Model, ...Address, session_id: SessionId, ...Sampling };

export const ChatBody = Type.Object(
  {
    ...Common,
    stream: Maybe(Type.Boolean({ description: "Accepted and of no effect: this path always streams." })),
    stream_options: Maybe(StreamOptions),
  },
  { ...strict, title: "ChatRequest", examples: [CHAT_EXAMPLE] },
);

export const SummarizeBody = Type.Object(
  {
    ...Common,
    stream: Maybe(Type.Boolean({ description: "Accepted and of no effect: the header `accept` decides." })),
    keep_last: Maybe(
      Type.Integer({ minimum: 0, description: "So many of the last messages stay as they are. Default 0." }),
    ),
  },
  { ...strict, title: "SummarizeRequest", examples: [SUMMARIZE_EXAMPLE] },
);

export const TokensBody = Type.Object(
  { messages: Messages, model: Model },
  { ...strict, title: "TokensRequest", examples: [TOKENS_EXAMPLE] },
);

export const ModelsBody = Type.Object(
  { ...Address, session_id: SessionId },
  { ...strict, title: "ModelsRequest", examples: [MODELS_EXAMPLE] },
);

export type ModelsBody = Static<typeof ModelsBody>;
export type ChatBody = Static<typeof ChatBody>;
export type SummarizeBody = Static<typeof SummarizeBody>;
export type WireMessage = Static<typeof MessageSchema>;
