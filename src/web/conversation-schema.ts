import { Type } from "@sinclair/typebox";
import { REASONING_EFFORTS } from "../core/message.ts";

/** The JSON Schema of the file in `core/conversation-file.ts`; `docs/conversation-file.schema.json` is this, written out. */

const text = (description: string) => Type.Optional(Type.String({ description }));
const number = (description: string) => Type.Optional(Type.Number({ description }));

const Message = Type.Object(
  {
    role: Type.Union(["system", "developer", "user", "assistant", "tool"].map((role) => Type.Literal(role))),
    content: Type.Optional(
      Type.Union([Type.String(), Type.Null(), Type.Array(Type.Object({ type: Type.String() }))], {
        description: "A text, null beside `tool_calls`, or parts: `text` and `image_url`.",
      }),
    ),
    name: text("Who among several users or tools."),
    tool_calls: Type.Optional(
      Type.Array(
        Type.Object({
          id: Type.String(),
          type: Type.Literal("function"),
          function: Type.Object({ name: Type.String(), arguments: Type.String() }),
        }),
      ),
    ),
    tool_call_id: text("Which call a message of the role `tool` answers."),
  },
  { title: "Message", description: "As `POST /v1/chat/completions/stream` takes it." },
);

const About = Type.Object(
  {
    model: text("Who answered, for people to read."),
    reasoning: text("The model's reasoning."),
    finish_reason: text("Why the answer ended."),
    usage: Type.Optional(Type.Object({ input_tokens: Type.Integer(), output_tokens: Type.Integer() })),
    first_token_ms: number("Milliseconds until the first token came."),
    state: Type.Optional(
      Type.Union([Type.Literal("stopped"), Type.Literal("failed")], {
        description: "The answer did not come to its end.",
      }),
    ),
    failure: Type.Optional(
      Type.Object({ type: Type.String(), message: Type.String(), param: Type.Optional(Type.String()) }),
    ),
    summary: Type.Optional(
      Type.Object(
        {
          messages: Type.Array(Message),
          before: Type.Integer({ description: "Tokens before." }),
          after: Type.Integer({ description: "Tokens after." }),
          estimated: Type.Optional(Type.Boolean()),
        },
        {
          description:
            "This message is a summary: to go on, `messages` are sent in place of all that stands before it.",
        },
      ),
    ),
  },
  { title: "About", description: "What is known beside; never sent to a provider." },
);

const Conversation = Type.Object(
  {
    id: text("Names it where it was kept, so that a second import does not double it."),
    title: text("For people to read."),
    session_id: text("The session that the server named, a UUID."),
    updated: Type.Optional(Type.String({ format: "date-time", description: "When it last changed." })),
    model: text("The model, as its provider names it."),
    api_base_url: text("The provider's address; absent where the server's own routes were used."),
    provider: Type.Optional(Type.Union([Type.Literal("openai"), Type.Literal("anthropic")])),
    settings: Type.Optional(
      Type.Object({
        temperature: Type.Optional(Type.Number({ minimum: 0 })),
        max_tokens: Type.Optional(Type.Integer({ minimum: 1 })),
        reasoning_effort: Type.Optional(Type.Union(REASONING_EFFORTS.map((effort) => Type.Literal(effort)))),
      }),
    ),
    messages: Type.Array(Type.Intersect([Message, Type.Object({ about: Type.Optional(About) })]), {
      description: "In order; a system prompt stands first.",
    }),
  },
  { title: "Conversation" },
);

/** A file with conversations. */
export const ConversationFileSchema = Type.Object(
  {
    format: Type.Literal("nash-llm-conversations"),
    version: Type.Literal(2),
    conversations: Type.Array(Conversation),
  },
  {
    $schema: "https://json-schema.org/draft/2020-12/schema",
    title: "Conversations of nash-llm",
    description:
      "What the chat page exports and imports, and what the terminal client's /save writes and /load reads. Never a key or a token. Readers pass over what they do not know.",
  },
);
