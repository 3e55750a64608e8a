import type { FoundServer } from "../../chat/local-servers.ts";
import type { Address, Question } from "../../client/index.ts";
import { Secret } from "../../core/secret.ts";
import { DEMO, NO_KEY } from "./known-providers.ts";

/** Whom the conversation is with. */
export interface Target {
  /** For people: `OpenAI`, `Ollama`, `demo`, or a host. */
  readonly label: string;
  readonly baseUrl: string;
  readonly model: string;
  readonly key: Secret;
  readonly provider?: "openai" | "anthropic" | "responses" | undefined;
  /** How a shell would name the key: `$OPENAI_API_KEY`, or a word where none is needed. */
  readonly keyInShell: string;
  readonly demo: boolean;
}

/** The fields of a request that say whom to ask. */
export function addressOf({ baseUrl, model, key, provider }: Target): Address & Pick<Question, "model"> {
  return {
    model,
    api_base_url: baseUrl,
    api_key: key.reveal(),
    ...(provider === undefined ? {} : { provider }),
  };
}

/** A server found on this machine as the one to talk to. */
export function local(server: FoundServer, model: string): Target {
  return {
    label: server.name,
    baseUrl: server.api_base_url,
    model,
    key: new Secret(NO_KEY),
    keyInShell: NO_KEY,
    demo: false,
  };
}

export function demo(model: string): Target {
  return {
    label: DEMO.label,
    baseUrl: DEMO.baseUrl,
    model,
    key: new Secret(NO_KEY),
    keyInShell: NO_KEY,
    demo: true,
  };
}

/** The first model to talk with: not one that only makes vectors. */
export function usualModel(models: readonly string[]): string | undefined {
  return models.find((id) => !/embed|rerank|whisper/i.test(id));
}
