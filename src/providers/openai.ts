import { openaiChat } from "../protocols/openai-chat/protocol.ts";
import { OPENAI_TRAITS } from "../protocols/traits.ts";
import type { Provider } from "./provider.ts";

export const openai: Provider = {
  name: "openai",
  hosts: ["api.openai.com"],
  protocol: openaiChat,
  path: "/v1",
  traits: OPENAI_TRAITS,
};
