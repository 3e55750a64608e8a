import { openaiCompatible } from "./compatible.ts";
import type { Provider } from "./provider.ts";

/** Reports usage in its last chunk, unasked. */
export const fireworks: Provider = {
  ...openaiCompatible,
  name: "fireworks",
  hosts: ["api.fireworks.ai"],
  path: "/inference/v1",
  traits: { ...openaiCompatible.traits, usageOption: false, reasoningField: "reasoning_content" },
};
