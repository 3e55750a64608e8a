import { openaiCompatible } from "./compatible.ts";
import type { Provider } from "./provider.ts";

/** The scripted provider inside this program. Its name is never looked up: `upstream/` sends it to the sandbox. */
export const demo: Provider = {
  ...openaiCompatible,
  name: "demo",
  hosts: ["demo.invalid"],
  baseUrl: "http://demo.invalid/v1",
  path: "/v1",
};
