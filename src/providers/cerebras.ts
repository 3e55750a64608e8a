import { openaiCompatible } from "./compatible.ts";
import type { Provider } from "./provider.ts";

export const cerebras: Provider = {
  ...openaiCompatible,
  name: "cerebras",
  hosts: ["api.cerebras.ai"],
  path: "/v1",
};
