import { type Static, Type } from "@sinclair/typebox";
import { REASONING_EFFORTS } from "../core/message.ts";
import { KEYED_PROVIDERS } from "./provider-keys.ts";

const text = (placeholder: string, description: string) =>
  Type.Optional(Type.String({ minLength: 1, placeholder, description }));

function choice<const T extends string>(values: readonly T[], placeholder: string, description: string) {
  return Type.Union(
    values.map((value) => Type.Literal(value)),
    { placeholder, description: `${description}: ${values.join(", ")}` },
  );
}

/**
 * The settings of `nash-llm client`: flags, variables (`NASH_LLM_MODEL`) and the table `[client]` of the file. A key is
 * in none of them, only where it can be found.
 */
export const ClientSettingsSchema = Type.Object(
  {
    model: text("name", "model to talk to, as the provider names it"),
    baseUrl: text("url", "address of the provider"),
    provider: Type.Optional(
      choice(["responses", ...KEYED_PROVIDERS], "name", "protocol to speak, or whose key and address to use"),
    ),
    apiKeyFile: text("file", "file with the key; - for the first line of standard input"),
    server: text("url", "a running nash-llm to ask; without it the client starts its own inside"),
    system: text("text", "system message: how the model is to answer"),
    temperature: Type.Optional(
      Type.Number({ minimum: 0, placeholder: "number", description: "0 to 2; some providers take less" }),
    ),
    maxTokens: Type.Optional(
      Type.Integer({ minimum: 1, placeholder: "number", description: "most tokens to answer with" }),
    ),
    reasoningEffort: Type.Optional(choice(REASONING_EFFORTS, "level", "how much to think first")),
    detect: Type.Boolean({ default: true, description: "look for model servers on this machine" }),
    save: Type.Boolean({ default: true, description: "keep the conversation on disk" }),
    history: Type.Boolean({ default: true, description: "keep what was typed for the next time" }),
    raw: Type.Boolean({ default: false, description: "show the text as the model wrote it" }),
    color: Type.Union(
      ["auto", "always", "never"].map((when) => Type.Literal(when)),
      { default: "auto", placeholder: "when", description: "colours and Markdown: auto, always or never" },
    ),
  },
  { additionalProperties: false },
);

export type ClientSettings = Static<typeof ClientSettingsSchema>;
