import { anthropic } from "./anthropic.ts";
import { openai } from "./openai.ts";
import type { HeaderContext, Provider } from "./provider.ts";

/** A human label for sessions of one kind; Helicone wants it beside the id and the path. */
const SESSION_NAME = "nash-llm";

/** @see https://docs.helicone.ai/features/sessions */
function heliconeHeaders({ url, session, purpose, heliconeKey }: HeaderContext): Record<string, string> {
  if (heliconeKey === undefined || url.protocol !== "https:") return {};
  return {
    "helicone-auth": `Bearer ${heliconeKey.reveal()}`,
    "helicone-session-id": session.id,
    "helicone-session-name": SESSION_NAME,
    "helicone-session-path": purpose,
  };
}

export const heliconeOpenAI: Provider = {
  ...openai,
  name: "helicone-openai",
  hosts: ["oai.helicone.ai"],
  headers: heliconeHeaders,
};

export const heliconeAnthropic: Provider = {
  ...anthropic,
  name: "helicone-anthropic",
  hosts: ["anthropic.helicone.ai"],
  headers: heliconeHeaders,
};
