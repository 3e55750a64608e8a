import { STRICT_TURNS } from "../protocols/traits.ts";
import { openaiCompatible } from "./compatible.ts";
import type { Provider } from "./provider.ts";

/** Sends usage with every chunk, unasked; after the system messages user and assistant must alternate. */
export const perplexity: Provider = {
  ...openaiCompatible,
  name: "perplexity",
  hosts: ["api.perplexity.ai"],
  path: "",
  traits: {
    ...openaiCompatible.traits,
    usageOption: false,
    blankMessages: false,
    takes: new Set(["top_k"]),
    turns: STRICT_TURNS,
  },
};
