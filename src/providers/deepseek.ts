import { openaiCompatible } from "./compatible.ts";
import type { Provider } from "./provider.ts";

export const deepseek: Provider = {
  ...openaiCompatible,
  name: "deepseek",
  hosts: ["api.deepseek.com"],
  path: "",
};
