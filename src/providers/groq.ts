import { openaiCompatible } from "./compatible.ts";
import type { Provider } from "./provider.ts";

export const groq: Provider = {
  ...openaiCompatible,
  name: "groq",
  hosts: ["api.groq.com"],
  path: "/openai/v1",
  traits: {
    ...openaiCompatible.traits,
    reasoningField: "reasoning",
    takes: new Set(["service_tier", "parallel_tool_calls"]),
  },
};
