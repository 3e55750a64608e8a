import type { Failure, FailureType } from "../core/failure.ts";
import { type ErrorReport, reportFromBody } from "./error-report.ts";
import { retryAfterIn, shouldRetryIn } from "./retry-after.ts";

/** Words by which providers that have no code for it tell that the prompt is too long (wire.md 1.4, all recorded). */
const OVERFLOW_CODES = [
  "context_length_exceeded",
  "exceed_context_size_error",
  "too_many_prompt_tokens",
  "too_many_tokens",
];
const OVERFLOW_WORDS =
  /prompt (?:is )?too long|maximum (?:context|prompt|model) length|exceed[\w ]{0,40}(?:context|token limit)|context[\w ]{0,20} exceeded|input token count .* exceeds|input tokens exceeded|too many tokens|prompt exceeds|greater than the context|must have less than \d+ tokens/i;
const OVERFLOW_STATUSES: ReadonlySet<number | undefined> = new Set([400, 413, 422, 500, undefined]);

const KEY_CODES = ["invalid_api_key", "api_key_invalid", "authentication_error", "unauthenticated"];
const KEY_WORDS =
  /(?:incorrect|invalid|missing|expired) (?:api[ -]key|x-api-key|subscription key)|api key (?:is )?(?:not valid|not found|invalid|missing|expired)|security token .* invalid|invalid api token|token (?:has )?expired|missing authentication|authentication failed|^unauthorized/i;

const QUOTA_CODES = [
  "insufficient_quota",
  "credit_balance_exhausted",
  "billing_error",
  "insufficient_balance",
];
const QUOTA_CODE_WORDS = /billing|spend_limit|credit/;
const QUOTA_WORDS =
  /insufficient (?:balance|quota|credits?|funds)|credit balance|check your plan and billing/i;

const FILTER_CODES = ["content_filter", "responsibleaipolicyviolation", "content_policy_violation"];
const FILTER_WORDS = /content (?:management|usage|filtering) policy|requires moderation|was flagged/i;

const MISSING_CODES = ["model_not_found", "not_found_error", "not_found"];
const PERMISSION_CODES = ["permission_error", "permission_denied"];

/** For errors inside a stream, which carry no status of their own (wire.md 1.3). First match wins. */
const STATUS_OF_CODE: readonly (readonly [RegExp, number])[] = [
  [/rate_?limit|quota|slow_down|too_?many_?requests|resource_exhausted/, 429],
  [/authentication|unauthorized|invalid_api_key|unauthenticated/, 401],
  [/permission|forbidden/, 403],
  [/not_?found/, 404],
  [/overload|unavailable/, 503],
  [/timeout|deadline/, 504],
  [/too_large/, 413],
  [/billing|payment|credit|balance/, 402],
  [/invalid|bad_request|context_length|unsupported/, 400],
];

/** What an HTTP response other than 2xx means. `body` is the start of it, of any kind. */
export function classifyResponse(status: number, headers: Headers, body: string): Failure {
  const failure = classify(reportFromBody(status, body), retryAfterIn(headers, Date.now()));
  const retryable = shouldRetryIn(headers);
  return retryable === undefined || failure.retryable !== undefined ? failure : { ...failure, retryable };
}

/**
 * What a provider's error means in the words of the contract, section 2.
 * @param retryAfter seconds, from the response's headers; the body's own word is used where they say nothing
 */
export function classify(report: ErrorReport, retryAfter?: number): Failure {
  const status = report.status ?? statusFromCodes(report.codes);
  const type = typeOf(report, status);
  const wait = believable(retryAfter ?? report.retryAfter);
  return {
    type,
    message: (isRedirect(report.status) ? "" : report.message?.trim()) || fallbackMessage(report.status),
    ...(report.status === undefined ? {} : { providerStatus: report.status }),
    ...(report.param === undefined ? {} : { param: report.param }),
    ...(wait === undefined ? {} : { retryAfter: wait }),
    ...(status !== undefined && keepsStatus(type, status) ? { status } : {}),
    ...(isRedirect(report.status) ? { retryable: false } : {}),
  };
}

/** A year, in seconds: nobody means a longer wait. */
const LONGEST_WAIT = 366 * 24 * 60 * 60;

function believable(seconds: number | undefined): number | undefined {
  return seconds !== undefined && seconds <= LONGEST_WAIT ? seconds : undefined;
}

function typeOf(report: ErrorReport, status: number | undefined): FailureType {
  const { codes } = report;
  const message = report.message ?? "";
  const has = (known: readonly string[]) => codes.some((code) => known.includes(code));

  if (has(OVERFLOW_CODES)) return "context_overflow";
  if (OVERFLOW_STATUSES.has(status) && OVERFLOW_WORDS.test(message)) return "context_overflow";
  if (has(FILTER_CODES)) return "content_filter";
  if (has(KEY_CODES)) return "authentication";
  if (status === undefined || BLAMES_REQUEST.has(status)) {
    if (KEY_WORDS.test(message)) return "authentication";
    if (FILTER_WORDS.test(message)) return "content_filter";
  }
  // Inside a stream no status tells an empty account from a broken request.
  if ((status === 429 || report.status === undefined) && meansEmptyAccount(report)) return "quota";
  if (status === 429) return "rate_limit";
  if (status !== undefined && STATUS_TYPE[status] !== undefined) return STATUS_TYPE[status];
  if (status === undefined || status >= 500 || status < 400) return "upstream";
  if (has(MISSING_CODES)) return "not_found";
  if (has(PERMISSION_CODES)) return "permission";
  return "invalid_request";
}

/** Statuses that providers have chosen for a key that they refuse, or a prompt. */
const BLAMES_REQUEST: ReadonlySet<number> = new Set([400, 401, 403, 404, 422]);

const STATUS_TYPE: Readonly<Record<number, FailureType>> = {
  401: "authentication",
  402: "quota",
  403: "permission",
  404: "not_found",
  408: "timeout",
  413: "too_large",
  503: "overloaded",
  504: "timeout",
  529: "overloaded",
};

/** Google says "check your plan and billing" of its limits per minute too, but then names a time to wait. */
function meansEmptyAccount({ codes, message = "", retryAfter }: ErrorReport): boolean {
  if (codes.some((code) => QUOTA_CODES.includes(code) || QUOTA_CODE_WORDS.test(code))) return true;
  return retryAfter === undefined && !codes.includes("resource_exhausted") && QUOTA_WORDS.test(message);
}

/** A 4xx is passed on as it came, unless the contract gives its meaning a status of its own. */
function keepsStatus(type: FailureType, status: number): boolean {
  if (status < 400 || status >= 500) return false;
  if (type === "quota") return status === 402 || status === 429;
  return !["authentication", "context_overflow", "timeout", "rate_limit", "upstream"].includes(type);
}

function statusFromCodes(codes: readonly string[]): number | undefined {
  for (const [word, status] of STATUS_OF_CODE) if (codes.some((code) => word.test(code))) return status;
  return undefined;
}

function fallbackMessage(status: number | undefined): string {
  if (status === undefined) return "The provider reported an error without saying which.";
  if (isRedirect(status)) return `The provider answered with a redirect (${status}), which is not followed.`;
  return `The provider answered ${status} without a message.`;
}

function isRedirect(status: number | undefined): boolean {
  return status !== undefined && status >= 300 && status < 400;
}
