import { openaiCompatible } from "./compatible.ts";
import type { Provider } from "./provider.ts";

export const openrouter: Provider = {
  ...openaiCompatible,
  name: "openrouter",
  hosts: ["openrouter.ai"],
  path: "/api/v1",
  traits: {
    ...openaiCompatible.traits,
    reasoningField: "reasoning_details",
    takes: new Set([
      "top_k",
      "service_tier",
      "verbosity",
      "metadata",
      "prompt_cache_key",
      "parallel_tool_calls",
      "file",
      "file_url",
      "input_audio",
      "cache_control",
    ]),
  },
};
