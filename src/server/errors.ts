import { NotFoundError, ParseError, ValidationError } from "elysia";
import type { Dialect } from "../api/dialect.ts";
import { ChatError, type Failure } from "../core/failure.ts";
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

/** A failure before the answer began: a real status and a JSON body, in the form of the dialect that the path belongs to. */
export function errorResponse(
  failure: Failure,
  trace: Trace,
  dialect: Pick<Dialect<never>, "error">,
  headers: Record<string, string>,
): Response {
  const reply = dialect.error(failure, { requestId: trace.id, session: trace.session });
  trace.failure = failure;
  trace.status = reply.status;
  return Response.json(reply.body, {
    status: reply.status,
    headers: { ...headers, ...reply.headers, "cache-control": "no-store" },
  });
}
