import { openaiCompatible } from "./compatible.ts";
import type { Provider } from "./provider.ts";

/** Model servers on this machine, known by the port that they listen on unless told otherwise. */
export const ollama: Provider = {
  ...openaiCompatible,
  name: "ollama",
  hosts: ["ollama.com"],
  localPorts: [11434],
  traits: {
    ...openaiCompatible.traits,
    inlineImagesOnly: true,
    cutsPrompts: true,
    reasoningField: "reasoning",
    takes: new Set(["top_k", "parallel_tool_calls"]),
  },
};

export const lmStudio: Provider = { ...openaiCompatible, name: "lm-studio", localPorts: [1234] };
export const llamaCpp: Provider = {
  ...openaiCompatible,
  name: "llama.cpp",
  localPorts: [8080, 9931],
  traits: { ...openaiCompatible.traits, reasoningField: "reasoning_content" },
};
export const vllm: Provider = { ...openaiCompatible, name: "vllm", localPorts: [8000] };
