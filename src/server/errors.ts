import { NotFoundError, ParseError, ValidationError } from "elysia";
import { errorObject } from "../api/nash/frames.ts";
import { ChatError, type Failure, statusOf } from "../core/failure.ts";
import type { Trace } from "../core/trace.ts";
import { validationFailure } from "./validation.ts";

/**
 * Whatever was thrown, as a failure fit to be shown. The framework's own words stay inside:
 * its validation errors carry the value that was found, key included.
 */
export function failureOf(error: unknown): Failure {
  if (error instanceof ChatError) return error.failure;
  // Whatever reading the body threw comes wrapped.
  if (error instanceof ParseError && error.cause instanceof ChatError) return error.cause.failure;
  if (error instanceof ValidationError) return validationFailure(error);
  if (error instanceof NotFoundError) return { type: "not_found", message: "There is no such path here." };
  return { type: "internal", message: "The server failed; its log has this request's id." };
}

/** A failure before the answer began: a real status and a JSON body (contract, section 2). */
export function errorResponse(failure: Failure, trace: Trace, headers: Record<string, string>): Response {
  trace.failure = failure;
  trace.status = statusOf(failure);
  return Response.json(
    { error: errorObject(failure), ...(trace.session === undefined ? {} : { session_id: trace.session.id }) },
    {
      status: trace.status,
      headers: {
        ...headers,
        ...(failure.retryAfter === undefined ? {} : { "retry-after": String(Math.ceil(failure.retryAfter)) }),
        "cache-control": "no-store",
      },
    },
  );
}
