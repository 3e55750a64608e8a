import { openaiCompatible } from "./compatible.ts";
import type { Provider } from "./provider.ts";

export const deepinfra: Provider = {
  ...openaiCompatible,
  name: "deepinfra",
  hosts: ["api.deepinfra.com"],
  path: "/v1/openai",
};
