import { openaiChat } from "../protocols/openai-chat/protocol.ts";
import { OPENAI_TRAITS } from "../protocols/traits.ts";
import type { Provider } from "./provider.ts";

/** From GPT-5.4 on, chat completions refuse tools beside any reasoning effort (https://github.com/openai/openai-openapi/issues/541). */
const GPT_5_4_AND_LATER = /^gpt-(?:5\.(?:[4-9]|\d\d)|[6-9]|\d\d)/;

export const openai: Provider = {
  name: "openai",
  hosts: ["api.openai.com"],
  protocol: openaiChat,
  path: "/v1",
  traits: OPENAI_TRAITS,
  toolsByResponses: (model) => GPT_5_4_AND_LATER.test(model),
};
