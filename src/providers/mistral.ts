import { ANY_TURNS, PLAIN_FIELDS } from "../protocols/traits.ts";
import { openaiCompatible } from "./compatible.ts";
import type { Provider } from "./provider.ts";

/**
 * Refuses fields that it does not know, `name` among them, and answers without words; reports usage unasked; and has
 * its own order: system messages first, after a tool the assistant, and the user or a tool last.
 */
export const mistral: Provider = {
  ...openaiCompatible,
  name: "mistral",
  hosts: ["api.mistral.ai"],
  path: "/v1",
  traits: {
    ...openaiCompatible.traits,
    seedField: "random_seed",
    temperature: [0, 1.5],
    reasoningEfforts: ["none", "high"],
    usageOption: false,
    blankMessages: false,
    names: false,
    turns: { ...ANY_TURNS, systemFirst: true, endsWithUser: true, assistantAfterTool: true },
    userField: null,
    takes: PLAIN_FIELDS,
    toolCallIds: "nine-alphanumerics",
  },
};
