import { PLAIN_FIELDS, STRICT_TURNS } from "../protocols/traits.ts";
import { openaiCompatible } from "./compatible.ts";
import type { Provider } from "./provider.ts";

/**
 * Its reasoning models want user and assistant to alternate, the user first and last, and beside calls of tools the
 * reasoning that led to them: https://api-docs.deepseek.com/guides/thinking_mode#tool-calls
 */
export const deepseek: Provider = {
  ...openaiCompatible,
  name: "deepseek",
  hosts: ["api.deepseek.com"],
  path: "",
  traits: {
    ...openaiCompatible.traits,
    reasoningField: "reasoning_content",
    takes: PLAIN_FIELDS,
    turns: STRICT_TURNS,
  },
};
