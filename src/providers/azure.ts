import { OPENAI_TRAITS } from "../protocols/traits.ts";
import { openaiCompatible } from "./compatible.ts";
import type { Provider } from "./provider.ts";

/** OpenAI's models at Microsoft, and the other models of its Foundry. The key has a header of its own. */
export const azure: Provider = {
  ...openaiCompatible,
  name: "azure",
  hosts: ["*.openai.azure.com", "*.services.ai.azure.com", "*.cognitiveservices.azure.com"],
  path: "/openai/v1",
  traits: OPENAI_TRAITS,
  authorization: (key) => ({ "api-key": key.reveal() }),
};
