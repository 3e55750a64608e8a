import { openaiCompatible } from "./compatible.ts";
import type { Provider } from "./provider.ts";

/** Google's endpoint in OpenAI's form. It refuses messages without text and wants the user or a tool to speak last. */
export const gemini: Provider = {
  ...openaiCompatible,
  name: "gemini",
  hosts: ["generativelanguage.googleapis.com"],
  path: "/v1beta/openai",
  traits: {
    ...openaiCompatible.traits,
    blankMessages: false,
    turns: { ...openaiCompatible.traits.turns, endsWithUser: true },
  },
};
