import { PLAIN_FIELDS } from "../protocols/traits.ts";
import { openaiCompatible } from "./compatible.ts";
import type { Provider } from "./provider.ts";

/** Refuses messages without text. */
export const xai: Provider = {
  ...openaiCompatible,
  name: "xai",
  hosts: ["api.x.ai"],
  path: "/v1",
  traits: { ...openaiCompatible.traits, blankMessages: false, takes: PLAIN_FIELDS },
};
