import type { FailureType } from "../../src/core/failure.ts";

/** What a recorded error means by docs/protocol.md 2. */
export interface Meaning {
  readonly type: FailureType;
  /** The HTTP status of our answer. */
  readonly status: number;
  /** Whole seconds, as the answer's body and header have them. */
  readonly retryAfter?: number;
  /** Where the body alone says less: inside a stream or a 200 its status is lost. */
  readonly bodyAlone?: { readonly type: FailureType; readonly status: number };
}

const AUTHENTICATION: Meaning = { type: "authentication", status: 401 };
const OVERFLOW: Meaning = { type: "context_overflow", status: 400 };
const INVALID: Meaning = { type: "invalid_request", status: 400 };
const NOT_FOUND: Meaning = { type: "not_found", status: 404 };
/** A message and nothing else: without the status nobody can tell whose fault it is. */
const BARE: Meaning = { ...INVALID, bodyAlone: { type: "upstream", status: 502 } };

/** Every file of `../shared/fixtures/errors`. */
export const ERRORS: Readonly<Record<string, Meaning>> = {
  "aiplatform-googleapis-400-1.json": OVERFLOW,
  "aiplatform-googleapis-400-2.json": INVALID,
  "anthropic-400-1.json": OVERFLOW,
  "anthropic-400-2.json": INVALID,
  "anthropic-401-1.json": AUTHENTICATION,
  "anthropic-404-1.json": NOT_FOUND,
  "anthropic-404-2.json": NOT_FOUND,
  "bedrock-runtime-r-400-1.json": OVERFLOW,
  "bedrock-runtime-r-403-1.json": AUTHENTICATION,
  "bedrock-runtime-us-east-1-400-1.json": BARE,
  "bedrock-runtime-us-east-1-400-2.json": BARE,
  "bedrock-runtime-us-east-1-400-3.json": BARE,
  "bedrock-runtime-us-east-1-400-4.json": BARE,
  "bedrock-runtime-us-east-1-400-5.json": BARE,
  "bedrock-runtime-us-east-1-400-6.json": BARE,
  "bedrock-runtime-us-east-1-400-7.json": BARE,
  "cohere-400-1.json": OVERFLOW,
  "cohere-401-1.json": AUTHENTICATION,
  "cohere-404-1.json": { ...NOT_FOUND, bodyAlone: { type: "upstream", status: 502 } },
  "deepseek-400-1.json": OVERFLOW,
  "deepseek-400-2.json": INVALID,
  "deepseek-401-1.json": AUTHENTICATION,
  "generativelanguage-googleapis-400-1.json": AUTHENTICATION,
  "generativelanguage-googleapis-404-1.json": NOT_FOUND,
  "generativelanguage-googleapis-404-2.json": NOT_FOUND,
  "generativelanguage-googleapis-429-1.json": { type: "rate_limit", status: 429, retryAfter: 48 },
  "groq-400-1.json": INVALID,
  "groq-400-2.json": INVALID,
  "groq-404-1.json": NOT_FOUND,
  "groq-404-2.json": NOT_FOUND,
  "mistral-401-1.json": AUTHENTICATION,
  "ollama-400-1.json": OVERFLOW,
  "ollama-401-1.json": AUTHENTICATION,
  "openai-400-1.json": OVERFLOW,
  "openai-400-10.json": INVALID,
  "openai-400-11.json": INVALID,
  "openai-400-2.json": INVALID,
  "openai-400-3.json": INVALID,
  "openai-400-4.json": { type: "not_found", status: 400, bodyAlone: NOT_FOUND },
  "openai-400-5.json": INVALID,
  "openai-400-6.json": INVALID,
  "openai-400-7.json": INVALID,
  "openai-400-8.json": INVALID,
  "openai-400-9.json": INVALID,
  "openai-401-1.json": AUTHENTICATION,
  "openai-401-2.json": AUTHENTICATION,
  "openai-404-1.json": NOT_FOUND,
  "openai-404-2.json": NOT_FOUND,
  "openrouter-400-1.json": OVERFLOW,
  "openrouter-401-1.json": AUTHENTICATION,
  "openrouter-429-1.json": { type: "rate_limit", status: 429 },
  "perplexity-400-1.json": OVERFLOW,
  "perplexity-401-1.json": AUTHENTICATION,
  "rubyllm-services-azure-401-1.json": AUTHENTICATION,
  // The wait is in the headers, which a frame does not have.
  "rubyllm-services-azure-429-1.json": {
    type: "rate_limit",
    status: 429,
    retryAfter: 1,
    bodyAlone: { type: "rate_limit", status: 429 },
  },
  "x-400-1.json": AUTHENTICATION,
};

/** Bodies in `../shared/fixtures/chunks` that are errors, with the status that such a body came with. */
export const BODIES: Readonly<Record<string, Meaning & { readonly providerStatus: number }>> = {
  "google__google-429-retry-info.json": {
    type: "rate_limit",
    status: 429,
    retryAfter: 35,
    providerStatus: 429,
  },
  "openai.responses__reasoning-model-temperature-error.json": { ...INVALID, providerStatus: 400 },
  "openai__reasoning-model-legacy-parameter-error.json": { ...INVALID, providerStatus: 400 },
};
