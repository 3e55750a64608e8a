import { openaiCompatible } from "./compatible.ts";
import type { Provider } from "./provider.ts";

/** Alibaba's models, Qwen among them. */
export const dashscope: Provider = {
  ...openaiCompatible,
  name: "dashscope",
  hosts: ["dashscope-intl.aliyuncs.com", "dashscope.aliyuncs.com"],
  path: "/compatible-mode/v1",
};
