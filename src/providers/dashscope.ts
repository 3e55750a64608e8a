import { openaiCompatible } from "./compatible.ts";
import type { Provider } from "./provider.ts";

/** Alibaba's models, Qwen among them. Takes marks for caching as Anthropic does. */
export const dashscope: Provider = {
  ...openaiCompatible,
  name: "dashscope",
  hosts: ["dashscope-intl.aliyuncs.com", "dashscope.aliyuncs.com"],
  path: "/compatible-mode/v1",
  traits: {
    ...openaiCompatible.traits,
    reasoningField: "reasoning_content",
    takes: new Set(["top_k", "parallel_tool_calls", "input_audio", "cache_control"]),
  },
};
