import { openaiCompatible } from "./compatible.ts";
import type { Provider } from "./provider.ts";

export const deepinfra: Provider = {
  ...openaiCompatible,
  name: "deepinfra",
  hosts: ["api.deepinfra.com"],
  path: "/v1/openai",
  traits: { ...openaiCompatible.traits, takes: new Set(["top_k", "parallel_tool_calls"]) },
};
