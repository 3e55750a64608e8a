import { openaiCompatible } from "./compatible.ts";
import type { Provider } from "./provider.ts";

export const xai: Provider = {
  ...openaiCompatible,
  name: "xai",
  hosts: ["api.x.ai"],
  path: "/v1",
};
