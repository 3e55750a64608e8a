import { openaiCompatible } from "./compatible.ts";
import type { Provider } from "./provider.ts";

export const moonshot: Provider = {
  ...openaiCompatible,
  name: "moonshot",
  hosts: ["api.moonshot.ai", "api.moonshot.cn"],
  path: "/v1",
};
