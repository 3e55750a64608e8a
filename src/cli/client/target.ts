import type { Question } from "../../client/index.ts";
import type { Secret } from "../../core/secret.ts";

/** Whom the conversation is with. */
export interface Target {
  /** For people: `OpenAI`, `Ollama`, `demo`, or a host. */
  readonly label: string;
  readonly baseUrl: string;
  readonly model: string;
  readonly key: Secret;
  readonly provider?: "openai" | "anthropic" | undefined;
  /** How a shell would name the key: `$OPENAI_API_KEY`, or a word where none is needed. */
  readonly keyInShell: string;
  readonly demo: boolean;
}

/** The fields of a request that say whom to ask. */
export function addressOf({ baseUrl, model, key, provider }: Target): Omit<Question, "messages"> {
  return {
    model,
    api_base_url: baseUrl,
    api_key: key.reveal(),
    ...(provider === undefined ? {} : { provider }),
  };
}
