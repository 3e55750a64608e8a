import { openaiCompatible } from "./compatible.ts";
import type { Provider } from "./provider.ts";

export const siliconflow: Provider = {
  ...openaiCompatible,
  name: "siliconflow",
  hosts: ["api.siliconflow.cn", "api.siliconflow.com"],
  path: "/v1",
  traits: { ...openaiCompatible.traits, reasoningField: "reasoning_content", takes: new Set(["top_k"]) },
};
