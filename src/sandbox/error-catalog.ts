import type { ErrorByProtocol, ProviderError } from "./provider-error.ts";

interface Words {
  readonly openai: Partial<ProviderError> & { readonly message: string };
  readonly anthropic: Partial<ProviderError> & { readonly message: string; readonly type: string };
  readonly headers?: Readonly<Record<string, string>>;
}

/** OpenAI's errors are of the type `invalid_request_error` unless said otherwise. */
function byProtocol(status: number, { openai, anthropic, headers = {} }: Words): ErrorByProtocol {
  return {
    openai: { status, type: "invalid_request_error", headers, ...openai },
    anthropic: { status, headers, ...anthropic },
  };
}

function page(title: string): string {
  return `<html>\r\n<head><title>${title}</title></head>\r\n<body>\r\n<center><h1>${title}</h1></center>\r\n</body>\r\n</html>\r\n`;
}

const SORRY = "The server had an error while processing your request. Sorry about that!";
const TOO_FAST = "Rate limit reached for requests. Limit: 3 / min. Please try again later.";
const OVERLOADED =
  "The server is currently overloaded with other requests. Sorry about that! You can retry your request.";
const POOR =
  "Your credit balance is too low to access the Anthropic API. Please go to Plans & Billing to upgrade or purchase credits.";

function rateLimit(seconds: number): ErrorByProtocol {
  return byProtocol(429, {
    openai: { type: "requests", code: "rate_limit_exceeded", message: TOO_FAST },
    anthropic: {
      type: "rate_limit_error",
      message: "This request would exceed your account's rate limit. Please try again later.",
    },
    headers: { "retry-after": String(seconds) },
  });
}

/** The errors of both providers in their own words and shapes (docs/providers.md 1.3, 2.6). */
export const ERRORS = {
  badRequest: byProtocol(400, {
    openai: {
      code: "invalid_value",
      param: "messages",
      message: "Invalid 'messages': the sandbox was asked to refuse them.",
    },
    anthropic: { type: "invalid_request_error", message: "messages: the sandbox was asked to refuse them" },
  }),
  unauthorized: byProtocol(401, {
    openai: { code: "invalid_api_key", message: "Incorrect API key provided: ****." },
    anthropic: { type: "authentication_error", message: "invalid x-api-key" },
  }),
  billing: byProtocol(402, {
    openai: { type: "insufficient_quota", code: "insufficient_credits", message: "Insufficient credits." },
    anthropic: { type: "billing_error", message: POOR },
  }),
  forbidden: byProtocol(403, {
    openai: {
      type: "request_forbidden",
      code: "unsupported_country_region_territory",
      message: "Country, region, or territory not supported",
    },
    anthropic: {
      type: "permission_error",
      message: "Your API key does not have permission to use the specified resource.",
    },
  }),
  notFound: byProtocol(404, {
    openai: {
      code: "model_not_found",
      message: "The model `demo-404` does not exist or you do not have access to it.",
    },
    anthropic: { type: "not_found_error", message: "model: demo-404" },
  }),
  timeout: byProtocol(408, {
    openai: { type: "timeout_error", message: "Request timed out." },
    anthropic: { type: "timeout_error", message: "Request timed out." },
  }),
  tooLarge: byProtocol(413, {
    openai: { message: "Request Entity Too Large", html: page("413 Request Entity Too Large") },
    anthropic: { type: "request_too_large", message: "Request exceeds the maximum size" },
  }),
  rateLimit: rateLimit(7),
  rateLimitSoon: rateLimit(1),
  quota: byProtocol(429, {
    openai: {
      type: "insufficient_quota",
      code: "insufficient_quota",
      message: "You exceeded your current quota, please check your plan and billing details.",
    },
    anthropic: {
      type: "rate_limit_error",
      message: "You have reached your monthly spend limit.",
      details: { error_code: "enforced_spend_limit_reached" },
    },
  }),
  /** An empty account: OpenAI's newer code, and what Anthropic really sends, which is a 400. */
  credit: {
    openai: {
      status: 429,
      type: "insufficient_quota",
      code: "credit_balance_exhausted",
      message: "Your prepaid credit balance is exhausted.",
    },
    anthropic: { status: 400, type: "invalid_request_error", message: POOR },
  },
  server: byProtocol(500, {
    openai: { type: "server_error", message: SORRY },
    anthropic: { type: "api_error", message: "Internal server error" },
  }),
  gateway: byProtocol(502, {
    openai: { type: "server_error", message: "Bad gateway", html: page("502 Bad Gateway") },
    anthropic: { type: "api_error", message: "Bad gateway", html: page("502 Bad Gateway") },
  }),
  unavailable: byProtocol(503, {
    openai: { type: "service_unavailable_error", code: "server_is_overloaded", message: OVERLOADED },
    anthropic: { type: "api_error", message: "Service unavailable" },
    headers: { "retry-after": "2" },
  }),
  overloaded: byProtocol(529, {
    openai: { type: "service_unavailable_error", code: "server_is_overloaded", message: OVERLOADED },
    anthropic: { type: "overloaded_error", message: "Overloaded" },
  }),
} satisfies Record<string, ErrorByProtocol>;

/** More tokens than the window holds. */
export function overflow(tokens: number, window: number): ErrorByProtocol {
  const responses = {
    status: 400,
    type: "invalid_request_error",
    code: "context_length_exceeded",
    param: "input",
    message: "Your input exceeds the context window of this model. Please adjust your input and try again.",
  };
  const others = byProtocol(400, {
    openai: {
      code: "context_length_exceeded",
      param: "messages",
      message:
        `This model's maximum context length is ${window} tokens. However, your messages resulted in ${tokens} tokens. ` +
        "Please reduce the length of the messages.",
    },
    anthropic: {
      type: "invalid_request_error",
      message: `prompt is too long: ${tokens} tokens > ${window} maximum`,
    },
  });
  return { ...others, responses };
}

/**
 * A message with everything that must not be passed on: the key at the start, across the 2,048th character and at
 * the end; HTML; more than 2 KiB.
 */
export function leakingKey(key: string): ErrorByProtocol {
  const start = `<html><body><script>alert(1)</script><h1>Bad Request</h1><p>The key <b>${key}</b> is not welcome: `;
  const middle = start.padEnd(2_048 - Math.ceil(key.length / 2), "no, ");
  const message = `${middle}${key}${" and".repeat(200)} ${key}</p></body></html>`;
  return byProtocol(400, { openai: { message }, anthropic: { type: "invalid_request_error", message } });
}
