import { STRICT_TURNS } from "../protocols/traits.ts";
import { openaiCompatible } from "./compatible.ts";
import type { Provider } from "./provider.ts";

/** Its reasoning models want user and assistant to alternate, the user first and last. */
export const deepseek: Provider = {
  ...openaiCompatible,
  name: "deepseek",
  hosts: ["api.deepseek.com"],
  path: "",
  traits: { ...openaiCompatible.traits, turns: STRICT_TURNS },
};
