import { openaiCompatible } from "./compatible.ts";
import type { Provider } from "./provider.ts";

/** Refuses fields that it does not know, reports usage unasked, and wants the user or a tool to speak last. */
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
    turns: { startsWithUser: false, endsWithUser: true, alternates: false },
    toolCallIds: "nine-alphanumerics",
  },
};
