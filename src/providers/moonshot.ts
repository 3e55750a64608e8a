import { openaiCompatible } from "./compatible.ts";
import type { Provider } from "./provider.ts";

export const moonshot: Provider = {
  ...openaiCompatible,
  name: "moonshot",
  hosts: ["api.moonshot.ai", "api.moonshot.cn"],
  path: "/v1",
  traits: {
    ...openaiCompatible.traits,
    reasoningField: "reasoning_content",
    takes: new Set(["parallel_tool_calls", "prompt_cache_key"]),
  },
};
