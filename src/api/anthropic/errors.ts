import type { Failure, FailureType } from "../../core/failure.ts";
import type { ErrorContext, ErrorReply } from "../dialect.ts";
import { dialectStatus, errorHeaders } from "../error-headers.ts";
import { overflowMessage } from "./overflow.ts";

interface ErrorForm {
  readonly status: number;
  readonly type: string;
}

const REQUEST = "invalid_request_error";
const BROKEN: ErrorForm = { status: 502, type: "api_error" };

/** What each failure is to Anthropic's SDKs. @see https://docs.anthropic.com/en/api/errors */
const ANTHROPIC_ERRORS: Readonly<Record<FailureType, ErrorForm>> = {
  invalid_request: { status: 400, type: REQUEST },
  unauthorized: { status: 401, type: "authentication_error" },
  authentication: { status: 401, type: "authentication_error" },
  forbidden: { status: 403, type: "permission_error" },
  permission: { status: 403, type: "permission_error" },
  not_found: { status: 404, type: "not_found_error" },
  method_not_allowed: { status: 405, type: REQUEST },
  too_large: { status: 413, type: "request_too_large" },
  unsupported_media_type: { status: 415, type: REQUEST },
  content_filter: { status: 400, type: REQUEST },
  context_overflow: { status: 400, type: REQUEST },
  rate_limit: { status: 429, type: "rate_limit_error" },
  quota: { status: 402, type: "billing_error" },
  overloaded: { status: 529, type: "overloaded_error" },
  timeout: { status: 504, type: "timeout_error" },
  upstream: BROKEN,
  network: BROKEN,
  bad_output: BROKEN,
  incomplete: BROKEN,
  internal: { status: 500, type: "api_error" },
};

/** Anthropic's body of an error; inside a stream it is the data of `event: error`. */
export function anthropicError(failure: Failure, requestId: string): Record<string, unknown> {
  return {
    type: "error",
    error: { type: ANTHROPIC_ERRORS[failure.type].type, message: messageOf(failure) },
    request_id: requestId,
  };
}

/** Our own words for a field that is missing, which Anthropic has shorter ones for. */
const MISSING = /^The field (\S+) is required\.$/;

function messageOf({ type, message, param }: Failure): string {
  if (type === "context_overflow") return overflowMessage(message);
  const missing = MISSING.exec(message)?.[1];
  if (missing !== undefined) return `${missing}: Field required`;
  return param === undefined || message.startsWith(`${param}:`) ? message : `${param}: ${message}`;
}

/** An error before the answer began, in Anthropic's form. */
export function anthropicErrorReply(failure: Failure, context: ErrorContext): ErrorReply {
  return {
    status: dialectStatus(failure, ANTHROPIC_ERRORS[failure.type].status),
    body: anthropicError(failure, context.requestId),
    headers: errorHeaders(failure, context),
  };
}
