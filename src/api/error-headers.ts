import { type Failure, type FailureType, isRetryable } from "../core/failure.ts";
import type { ErrorContext } from "./dialect.ts";

/** Asking again may help, though nobody knows when: more than `isRetryable` says, for programs that ask by themselves. */
const WORTH_A_RETRY: ReadonlySet<FailureType> = new Set(["bad_output", "internal"] satisfies FailureType[]);

/** Past so many seconds a program that waits by itself looks as if it hung. */
const LONGEST_WAIT = 60;

/** Whether an SDK should ask again by itself; all four obey `x-should-retry` over the status. */
function shouldRetry(failure: Failure): boolean {
  if (failure.retryable === undefined && WORTH_A_RETRY.has(failure.type)) return true;
  return isRetryable(failure) && (failure.retryAfter ?? 0) <= LONGEST_WAIT;
}

/**
 * The headers of an error in any vendor's dialect: OpenAI's SDKs read `x-request-id`, Anthropic's `request-id`.
 * `retry-after` is in whole seconds; what is under a second is told in milliseconds too.
 */
export function errorHeaders(failure: Failure, { requestId, session }: ErrorContext): Record<string, string> {
  const { retryAfter } = failure;
  return {
    "x-request-id": requestId,
    "request-id": requestId,
    "x-should-retry": String(shouldRetry(failure)),
    ...(session === undefined ? {} : { "x-session-id": session.id }),
    ...(retryAfter === undefined ? {} : { "retry-after": String(Math.ceil(retryAfter)) }),
    ...(retryAfter === undefined || retryAfter >= 1
      ? {}
      : { "retry-after-ms": String(Math.ceil(retryAfter * 1000)) }),
    "cache-control": "no-store",
  };
}

/** A Host that is not ours has a status of its own. */
const MISDIRECTED = 421;

/** The status of a dialect's own table, save where the failure is about the connection and not the request. */
export function dialectStatus(failure: Failure, status: number): number {
  return failure.status === MISDIRECTED ? MISDIRECTED : status;
}
