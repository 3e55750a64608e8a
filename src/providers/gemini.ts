import { openaiCompatible } from "./compatible.ts";
import type { Provider } from "./provider.ts";

/**
 * Google's endpoint in OpenAI's form. It refuses messages without text and wants the user or a tool to speak last,
 * and each call of a history the signature that it came with; for a client that keeps none it names a word that stands in:
 * https://ai.google.dev/gemini-api/docs/thought-signatures
 */
export const gemini: Provider = {
  ...openaiCompatible,
  name: "gemini",
  hosts: ["generativelanguage.googleapis.com"],
  path: "/v1beta/openai",
  traits: {
    ...openaiCompatible.traits,
    blankMessages: false,
    thoughtSignature: "skip_thought_signature_validator",
    takes: new Set(["parallel_tool_calls", "input_audio"]),
    turns: { ...openaiCompatible.traits.turns, endsWithUser: true },
  },
};
