import { openaiCompatible } from "./compatible.ts";
import type { Provider } from "./provider.ts";

export const together: Provider = {
  ...openaiCompatible,
  name: "together",
  hosts: ["api.together.xyz", "api.together.ai"],
  path: "/v1",
};
