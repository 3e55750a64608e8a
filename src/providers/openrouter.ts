import { openaiCompatible } from "./compatible.ts";
import type { Provider } from "./provider.ts";

export const openrouter: Provider = {
  ...openaiCompatible,
  name: "openrouter",
  hosts: ["openrouter.ai"],
  path: "/api/v1",
};
