import { Type } from "@sinclair/typebox";

/** The tools of our own protocol, in the form of OpenAI's chat completions (docs/protocol.md 1). */

const strict = { additionalProperties: false } as const;

const ToolName = Type.String({ minLength: 1, maxLength: 128, description: "The name of the function." });

export const ToolSchema = Type.Object(
  {
    type: Type.Literal("function", { description: "The kind of tool." }),
    function: Type.Object(
      {
        name: ToolName,
        description: Type.Optional(Type.Union([Type.String(), Type.Null()])),
        parameters: Type.Optional(Type.Union([Type.Record(Type.String(), Type.Unknown()), Type.Null()])),
        strict: Type.Optional(Type.Union([Type.Boolean(), Type.Null()])),
      },
      { ...strict, description: "What the model may call: its parameters are a JSON schema." },
    ),
  },
  { ...strict, title: "Tool" },
);

const NamedFunction = Type.Object(
  { type: Type.Literal("function"), function: Type.Object({ name: ToolName }, strict) },
  { ...strict, title: "one tool" },
);

export const ToolChoiceSchema = Type.Union([
  Type.Union([Type.Literal("auto"), Type.Literal("none"), Type.Literal("required")]),
  NamedFunction,
  Type.Object(
    {
      type: Type.Literal("allowed_tools"),
      allowed_tools: Type.Object(
        {
          mode: Type.Union([Type.Literal("auto"), Type.Literal("required")]),
          tools: Type.Array(NamedFunction, { minItems: 1 }),
        },
        strict,
      ),
    },
    { ...strict, title: "some of the tools" },
  ),
]);

export const ResponseFormatSchema = Type.Union([
  Type.Object({ type: Type.Literal("text") }, { ...strict, title: "text" }),
  Type.Object({ type: Type.Literal("json_object") }, { ...strict, title: "any JSON object" }),
  Type.Object(
    {
      type: Type.Literal("json_schema"),
      json_schema: Type.Object(
        {
          name: Type.String({ minLength: 1, maxLength: 64 }),
          description: Type.Optional(Type.Union([Type.String(), Type.Null()])),
          schema: Type.Optional(Type.Record(Type.String(), Type.Unknown())),
          strict: Type.Optional(Type.Union([Type.Boolean(), Type.Null()])),
        },
        strict,
      ),
    },
    { ...strict, title: "JSON of a schema" },
  ),
]);
