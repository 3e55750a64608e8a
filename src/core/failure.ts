/**
 * What can go wrong, in the terms of docs/protocol.md 2. One closed union, one table to
 * HTTP statuses; everything that fails anywhere ends as one of these.
 */

export const FAILURE_STATUS = {
  invalid_request: 422,
  unauthorized: 401,
  forbidden: 403,
  not_found: 404,
  method_not_allowed: 405,
  unsupported_media_type: 415,
  too_large: 413,
  authentication: 401,
  permission: 403,
  content_filter: 400,
  quota: 429,
  rate_limit: 429,
  context_overflow: 400,
  upstream: 502,
  network: 502,
  bad_output: 502,
  incomplete: 502,
  overloaded: 503,
  timeout: 504,
  internal: 500,
} as const;

export type FailureType = keyof typeof FAILURE_STATUS;

export interface Failure {
  readonly type: FailureType;
  /** One sentence for a person. Never holds a key, HTML or a stack. */
  readonly message: string;
  /** HTTP status to answer with where it differs from the table's. */
  readonly status?: number;
  /** The field of the request that is at fault, as a path such as `messages[0].content`. */
  readonly param?: string;
  /** The field is understood, but the provider that was chosen has no such thing. */
  readonly unsupported?: true;
  /** The status that the provider answered with. */
  readonly providerStatus?: number;
  /** Seconds to wait before another try, possibly fractional; the provider's own word. */
  readonly retryAfter?: number;
  /** Whether the same request may succeed later. Follows from the type unless the provider says otherwise. */
  readonly retryable?: boolean;
  /** It is no fault: the answer was ended early, on request, or because nobody read it any more. */
  readonly early?: "stopped" | "left";
}

const RETRYABLE: ReadonlySet<FailureType> = new Set([
  "rate_limit",
  "upstream",
  "network",
  "incomplete",
  "overloaded",
  "timeout",
] satisfies FailureType[]);

/** Whether trying again may help. */
export function isRetryable(failure: Failure): boolean {
  return failure.retryable ?? RETRYABLE.has(failure.type);
}

/** The HTTP status for a failure that comes before the answer began. */
export function statusOf(failure: Failure): number {
  return failure.status ?? FAILURE_STATUS[failure.type];
}

/** A failure on its way up the stack. Only ever thrown before an answer has begun. */
export class ChatError extends Error {
  override readonly name = "ChatError";
  readonly failure: Failure;

  constructor(failure: Failure, options?: ErrorOptions) {
    super(failure.message, options);
    this.failure = failure;
  }
}

/** A field that is understood, but that the provider has no such thing for. */
export function unsupportedField(param: string, message: string): ChatError {
  return new ChatError({ type: "invalid_request", message, param, unsupported: true });
}

/** Why an answer ends that somebody asked to end. */
export const STOPPED: Failure = {
  type: "incomplete",
  message: "The answer was stopped on request.",
  retryable: false,
  early: "stopped",
};

/** Why an answer ends that nobody has read for too long. */
export const LEFT: Failure = {
  type: "incomplete",
  message: "The answer was ended, since nobody read it any more.",
  retryable: false,
  early: "left",
};

/** Shorthand for the most common throw: a field of the request that cannot be used. */
export function invalidField(param: string, message: string): ChatError {
  return new ChatError({ type: "invalid_request", message, param });
}
