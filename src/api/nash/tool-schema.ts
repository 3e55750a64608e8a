import { type TSchema, Type } from "@sinclair/typebox";

/** The tools of our own protocol, in the form of OpenAI's chat completions (docs/protocol.md 1). */

const strict = { additionalProperties: false } as const;

const ToolName = Type.String({ minLength: 1, maxLength: 128, description: "The name of the function." });

function nullable<T extends TSchema>(schema: T, description: string) {
  return Type.Optional(Type.Union([schema, Type.Null()], { description }));
}

export const ToolSchema = Type.Object(
  {
    type: Type.Literal("function", { description: "The kind of tool." }),
    function: Type.Object(
      {
        name: ToolName,
        description: nullable(Type.String(), "What it does, for the model to read."),
        parameters: nullable(Type.Record(Type.String(), Type.Unknown()), "Its parameters, as a JSON schema."),
        strict: nullable(Type.Boolean(), "Whether the arguments must match the schema exactly."),
      },
      { ...strict, description: "What the model may call: its parameters are a JSON schema." },
    ),
  },
  { ...strict, title: "Tool" },
);

const NamedFunction = Type.Object(
  {
    type: Type.Literal("function", { description: "The kind of tool." }),
    function: Type.Object({ name: ToolName }, { ...strict, description: "The function." }),
  },
  { ...strict, title: "named tool" },
);

export const ToolChoiceSchema = Type.Union(
  [
    Type.Union([Type.Literal("auto"), Type.Literal("none"), Type.Literal("required")]),
    NamedFunction,
    Type.Object(
      {
        type: Type.Literal("allowed_tools", { description: "Only some of the tools." }),
        allowed_tools: Type.Object(
          {
            mode: Type.Union([Type.Literal("auto"), Type.Literal("required")], {
              description: "Whether one of them must be called.",
            }),
            tools: Type.Array(NamedFunction, { minItems: 1, description: "Those that may be called." }),
          },
          { ...strict, description: "Which ones, and how." },
        ),
      },
      { ...strict, title: "allowed tools" },
    ),
  ],
  { description: "Whether the model may or must call tools, and which. Default: the provider's." },
);

export const ResponseFormatSchema = Type.Union(
  [
    Type.Object(
      { type: Type.Literal("text", { description: "The kind of format." }) },
      { ...strict, title: "text format" },
    ),
    Type.Object(
      { type: Type.Literal("json_object", { description: "The kind of format." }) },
      { ...strict, title: "JSON object format" },
    ),
    Type.Object(
      {
        type: Type.Literal("json_schema", { description: "The kind of format." }),
        json_schema: Type.Object(
          {
            name: Type.String({ minLength: 1, maxLength: 64, description: "A name for the schema." }),
            description: nullable(Type.String(), "What the answer is for."),
            schema: Type.Optional(
              Type.Record(Type.String(), Type.Unknown(), { description: "The JSON schema of the answer." }),
            ),
            strict: nullable(Type.Boolean(), "Whether the answer must match the schema exactly."),
          },
          { ...strict, description: "The form of the answer." },
        ),
      },
      { ...strict, title: "JSON schema format" },
    ),
  ],
  { description: "The form of the answer: text, JSON, or JSON of a schema. Default: text." },
);
