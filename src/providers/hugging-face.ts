import { openaiCompatible } from "./compatible.ts";
import type { Provider } from "./provider.ts";

export const huggingFace: Provider = {
  ...openaiCompatible,
  name: "hugging-face",
  hosts: ["router.huggingface.co"],
  path: "/v1",
};
