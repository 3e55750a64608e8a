import { anthropicMessages } from "../protocols/anthropic-messages/protocol.ts";
import { openaiChat } from "../protocols/openai-chat/protocol.ts";
import { openaiResponses } from "../protocols/openai-responses/protocol.ts";
import { ANTHROPIC_TRAITS, COMPATIBLE_TRAITS, OPENAI_TRAITS } from "../protocols/traits.ts";
import type { Provider } from "./provider.ts";

/** Any host that we do not know, speaking OpenAI's protocol. */
export const openaiCompatible: Provider = {
  name: "openai-compatible",
  hosts: [],
  protocol: openaiChat,
  path: "/v1",
  traits: COMPATIBLE_TRAITS,
};

/** Any host that we do not know, speaking Anthropic's protocol. */
export const anthropicCompatible: Provider = {
  name: "anthropic-compatible",
  hosts: [],
  protocol: anthropicMessages,
  path: "/v1",
  traits: ANTHROPIC_TRAITS,
};

/** Any host that we do not know, speaking OpenAI's Responses. */
export const responsesCompatible: Provider = {
  name: "responses-compatible",
  hosts: [],
  protocol: openaiResponses,
  path: "/v1",
  traits: OPENAI_TRAITS,
};
