import type { Attributes } from "@opentelemetry/api";
import type { Usage } from "../../core/event.ts";

/**
 * Names of the semantic conventions for generative AI
 * (https://github.com/open-telemetry/semantic-conventions-genai). What they have no name for is under `nash_llm.`.
 */

/** Our names for providers that the conventions call something else. */
const PROVIDERS: Readonly<Record<string, string>> = {
  azure: "azure.ai.openai",
  gemini: "gcp.gemini",
  mistral: "mistral_ai",
  moonshot: "moonshot_ai",
  xai: "x_ai",
};

/** Whose model is asked. */
export function providerAttribute(provider: string): Attributes {
  return { "gen_ai.provider.name": PROVIDERS[provider] ?? provider };
}

/** Tokens as the provider counted them. */
export function usageAttributes(usage: Usage): Attributes {
  const { cacheReadTokens: read, cacheWriteTokens: written, reasoningTokens: reasoning } = usage;
  return {
    "gen_ai.usage.input_tokens": usage.inputTokens,
    "gen_ai.usage.output_tokens": usage.outputTokens,
    ...(read === undefined ? {} : { "gen_ai.usage.cache_read.input_tokens": read }),
    ...(written === undefined ? {} : { "gen_ai.usage.cache_creation.input_tokens": written }),
    ...(reasoning === undefined ? {} : { "gen_ai.usage.reasoning.output_tokens": reasoning }),
  };
}
