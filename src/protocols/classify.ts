import type { Failure, FailureType } from "../core/failure.ts";
import { isOverflowCode, saysOverflow } from "./context-overflow-patterns.ts";
import { FILTER, KEY, MISSING, PERMISSION, QUOTA, RATE, says, statusOfCode } from "./error-patterns.ts";
import { type ErrorReport, reportFromBody } from "./error-report.ts";
import { retryAfterIn, shouldRetryIn } from "./retry-after.ts";

/** With these a provider may mean a prompt that is too long; a few have chosen 500, and inside a stream there is none. */
const OVERFLOW_STATUSES: ReadonlySet<number | undefined> = new Set([400, 413, 422, 500, 503, undefined]);

/** What an HTTP response other than 2xx means. `body` is the start of it, of any kind. */
export function classifyResponse(status: number, headers: Headers, body: string): Failure {
  const failure = classify(reportFromBody(status, body), retryAfterIn(headers, Date.now()));
  const retryable = shouldRetryIn(headers);
  return retryable === undefined || failure.retryable !== undefined ? failure : { ...failure, retryable };
}

/**
 * What a provider's error means in the words of docs/protocol.md 2.
 * @param retryAfter seconds, from the response's headers; the body's own word is used where they say nothing
 */
export function classify(report: ErrorReport, retryAfter?: number): Failure {
  const status = report.status ?? statusOfCode(report.codes);
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
  const { codes, message = "" } = report;
  const isSlow = status === 429 || says(RATE, report);
  if (codes.some(isOverflowCode)) return "context_overflow";
  // Words of a limit of speed are the same; a refusal because of speed names no window.
  if (!isSlow && OVERFLOW_STATUSES.has(status) && saysOverflow(message)) return "context_overflow";
  if (says(FILTER, { codes })) return "content_filter";
  if (says(KEY, { codes })) return "authentication";
  if (status === undefined || BLAMES_REQUEST.has(status)) {
    if (says(KEY, { message })) return "authentication";
    if (says(FILTER, { message })) return "content_filter";
  }
  if (meansEmptyAccount(report, status)) return "quota";
  if (status === 429 || (isSlow && (status === 413 || status === 403))) return "rate_limit";
  // A server written in Python answers 500 to what it throws itself; then its words say more.
  if (status === 403 && says(MISSING, { codes })) return "not_found";
  const byStatus = status === undefined ? undefined : STATUS_TYPE[status];
  if (byStatus !== undefined) return byStatus;
  if (status === undefined || status >= 500 || status < 400) return "upstream";
  if (says(MISSING, { codes })) return "not_found";
  if (says(PERMISSION, { codes })) return "permission";
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

/**
 * An account without money or with its quota used up, which no waiting mends. Google says "check your plan and billing" of
 * its limits per minute too, but then names a time to wait.
 */
function meansEmptyAccount(
  { codes, message = "", retryAfter, status: given }: ErrorReport,
  status: number | undefined,
) {
  if (status !== 429 && status !== 403 && given !== undefined) return false;
  if (says(QUOTA, { codes })) return true;
  return retryAfter === undefined && !codes.includes("resource_exhausted") && says(QUOTA, { message });
}

/** A 4xx is passed on as it came, unless docs/protocol.md 2 gives its meaning a status of its own. */
function keepsStatus(type: FailureType, status: number): boolean {
  if (status < 400 || status >= 500) return false;
  if (type === "quota") return status === 402 || status === 429;
  return !["authentication", "context_overflow", "timeout", "rate_limit", "upstream"].includes(type);
}

function fallbackMessage(status: number | undefined): string {
  if (status === undefined) return "The provider reported an error without saying which.";
  if (isRedirect(status)) return `The provider answered with a redirect (${status}), which is not followed.`;
  return `The provider answered ${status} without a message.`;
}

function isRedirect(status: number | undefined): boolean {
  return status !== undefined && status >= 300 && status < 400;
}
