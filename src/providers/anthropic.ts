import { anthropicMessages } from "../protocols/anthropic-messages/protocol.ts";
import { ANTHROPIC_TRAITS } from "../protocols/traits.ts";
import type { Provider } from "./provider.ts";

export const anthropic: Provider = {
  name: "anthropic",
  hosts: ["api.anthropic.com"],
  protocol: anthropicMessages,
  path: "/v1",
  traits: ANTHROPIC_TRAITS,
};
