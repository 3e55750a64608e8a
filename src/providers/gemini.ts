import { openaiCompatible } from "./compatible.ts";
import type { Provider } from "./provider.ts";

/** Google's endpoint in OpenAI's form. */
export const gemini: Provider = {
  ...openaiCompatible,
  name: "gemini",
  hosts: ["generativelanguage.googleapis.com"],
  path: "/v1beta/openai",
};
