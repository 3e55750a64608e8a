import { openaiCompatible } from "./compatible.ts";
import type { Provider } from "./provider.ts";

/** Refuses `parallel_tool_calls` and other fields that it does not know. */
export const cerebras: Provider = {
  ...openaiCompatible,
  name: "cerebras",
  hosts: ["api.cerebras.ai"],
  path: "/v1",
  traits: { ...openaiCompatible.traits, reasoningField: "reasoning", takes: new Set() },
};
