import type { Failure, FailureType } from "../../core/failure.ts";
import { DONE_FRAME, dataFrame } from "../../sse/encode.ts";
import type { ErrorContext, ErrorReply } from "../dialect.ts";
import { dialectStatus, errorHeaders } from "../error-headers.ts";

interface ErrorForm {
  readonly status: number;
  readonly type: string;
  readonly code: string | null;
}

const REQUEST = "invalid_request_error";

const SERVER: ErrorForm = { status: 502, type: "server_error", code: "upstream_error" };

/** What each failure is to OpenAI's SDKs. @see https://platform.openai.com/docs/guides/error-codes */
const OPENAI_ERRORS: Readonly<Record<FailureType, ErrorForm>> = {
  invalid_request: { status: 400, type: REQUEST, code: null },
  unauthorized: { status: 401, type: REQUEST, code: "invalid_api_key" },
  authentication: { status: 401, type: REQUEST, code: "invalid_api_key" },
  forbidden: { status: 403, type: REQUEST, code: "permission_denied" },
  permission: { status: 403, type: REQUEST, code: "permission_denied" },
  not_found: { status: 404, type: REQUEST, code: "model_not_found" },
  method_not_allowed: { status: 405, type: REQUEST, code: "method_not_allowed" },
  too_large: { status: 413, type: REQUEST, code: "request_too_large" },
  unsupported_media_type: { status: 415, type: REQUEST, code: "unsupported_media_type" },
  content_filter: { status: 400, type: REQUEST, code: "content_filter" },
  context_overflow: { status: 400, type: REQUEST, code: "context_length_exceeded" },
  rate_limit: { status: 429, type: "rate_limit_error", code: "rate_limit_exceeded" },
  quota: { status: 429, type: "insufficient_quota", code: "insufficient_quota" },
  overloaded: { status: 503, type: "service_unavailable_error", code: "server_is_overloaded" },
  timeout: { status: 504, type: "timeout_error", code: "timeout" },
  upstream: SERVER,
  network: SERVER,
  bad_output: SERVER,
  incomplete: SERVER,
  internal: { status: 500, type: "server_error", code: null },
};

/** A failure as OpenAI writes it under `error`; the same before a stream, in it, and in the Responses dialect. */
export function openaiError(failure: Failure): Record<string, unknown> {
  const { type, code } = OPENAI_ERRORS[failure.type];
  return { message: failure.message, type, param: failure.param ?? null, code: fieldCode(failure) ?? code };
}

function fieldCode({ type, param, unsupported }: Failure): string | undefined {
  if (type !== "invalid_request") return undefined;
  if (unsupported) return "unsupported_parameter";
  return param === undefined ? undefined : "invalid_value";
}

/** An error before the answer began, in OpenAI's form. */
export function openaiErrorReply(failure: Failure, context: ErrorContext): ErrorReply {
  return {
    status: dialectStatus(failure, OPENAI_ERRORS[failure.type].status),
    body: { error: openaiError(failure) },
    headers: errorHeaders(failure, context),
  };
}

/** An error inside a stream, which ends it. All of OpenAI's SDKs raise it. */
export function errorFrames(failure: Failure): string {
  return dataFrame({ error: openaiError(failure) }) + DONE_FRAME;
}
