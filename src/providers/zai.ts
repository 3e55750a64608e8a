import { PLAIN_FIELDS } from "../protocols/traits.ts";
import { openaiCompatible } from "./compatible.ts";
import type { Provider } from "./provider.ts";

export const zai: Provider = {
  ...openaiCompatible,
  name: "zai",
  hosts: ["api.z.ai"],
  path: "/api/paas/v4",
  traits: { ...openaiCompatible.traits, reasoningField: "reasoning_content", takes: PLAIN_FIELDS },
};
