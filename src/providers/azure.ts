import { openai } from "./openai.ts";
import type { Provider } from "./provider.ts";

/** OpenAI's models at Microsoft, and the other models of its Foundry. The key has a header of its own. */
export const azure: Provider = {
  ...openai,
  name: "azure",
  hosts: ["*.openai.azure.com", "*.services.ai.azure.com", "*.cognitiveservices.azure.com"],
  path: "/openai/v1",
  authorization: (key) => ({ "api-key": key.reveal() }),
};
