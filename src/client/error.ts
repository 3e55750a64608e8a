import type { FailureType } from "../core/failure.ts";

/** What is known of a failure. */
export interface ErrorDetails {
  /** Its name in docs/protocol.md, section 2. */
  readonly type: FailureType;
  readonly message: string;
  /** HTTP status; absent for a failure in the middle of a stream, and where no answer came at all. */
  readonly status?: number | undefined;
  /** The field of the request that is at fault. */
  readonly param?: string | undefined;
  /** The status that the provider answered with. */
  readonly providerStatus?: number | undefined;
  /** Seconds to wait before another try. */
  readonly retryAfter?: number | undefined;
  /** Whether the same request may succeed later. */
  readonly retryable?: boolean | undefined;
  readonly sessionId?: string | undefined;
  /** Names the request in the server's log. */
  readonly requestId?: string | undefined;
  /** The text that had come before it. */
  readonly text?: string | undefined;
}

/** A failure of the server, of the provider, or on the way to either. */
export class NashError extends Error {
  override readonly name = "NashError";
  readonly type: FailureType;
  readonly status: number | undefined;
  readonly param: string | undefined;
  readonly providerStatus: number | undefined;
  readonly retryAfter: number | undefined;
  readonly retryable: boolean;
  readonly sessionId: string | undefined;
  readonly requestId: string | undefined;
  readonly text: string;

  constructor(details: ErrorDetails, options?: ErrorOptions) {
    super(details.message, options);
    this.type = details.type;
    this.status = details.status;
    this.param = details.param;
    this.providerStatus = details.providerStatus;
    this.retryAfter = details.retryAfter;
    this.retryable = details.retryable ?? false;
    this.sessionId = details.sessionId;
    this.requestId = details.requestId;
    this.text = details.text ?? "";
  }
}

/** The `error` object of a body or a line, as far as it is one. */
export function detailsOf(error: unknown): ErrorDetails | undefined {
  if (typeof error !== "object" || error === null) return undefined;
  const fields = error as Readonly<Record<string, unknown>>;
  const { type, message, param, provider_status, retry_after, retryable } = fields;
  if (typeof type !== "string" || typeof message !== "string") return undefined;
  return {
    // A newer server may know further types; they are passed on as they are.
    type: type as FailureType,
    message,
    param: typeof param === "string" ? param : undefined,
    providerStatus: typeof provider_status === "number" ? provider_status : undefined,
    retryAfter: typeof retry_after === "number" ? retry_after : undefined,
    retryable: retryable === true,
  };
}
