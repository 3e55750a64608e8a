import { openaiCompatible } from "./compatible.ts";
import type { Provider } from "./provider.ts";

export const groq: Provider = {
  ...openaiCompatible,
  name: "groq",
  hosts: ["api.groq.com"],
  path: "/openai/v1",
};
