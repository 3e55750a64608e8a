import { NotFoundError, ParseError, ValidationError } from "elysia";
import { anthropicDialect } from "../api/anthropic/dialect.ts";
import type { Dialect } from "../api/dialect.ts";
import { nashDialect } from "../api/nash/dialect.ts";
import { openaiChatDialect } from "../api/openai-chat/dialect.ts";
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

/** Paths of OpenAI's clients, those included that this server does not have. */
const OPENAI_PATHS =
  /^(?:\/v1)?\/(?:chat\/completions|responses(?:\/.*)?|models(?:\/.*)?|completions|embeddings|(?:audio|images|files|batches|moderations|fine_tuning|assistants|threads|vector_stores)(?:\/.*)?)$/;
const ANTHROPIC_PATHS = /^(?:\/v1)?\/messages(?:\/.*)?$/;
const MODEL_PATHS = /^(?:\/v1)?\/models(?:\/.*)?$/;

/** In whose form a path answers, errors of the request guard included. @param path without a provider's prefix */
export function dialectOfPath(path: string, headers: Headers): Pick<Dialect<never>, "error"> {
  if (ANTHROPIC_PATHS.test(path)) return anthropicDialect;
  if (MODEL_PATHS.test(path) && headers.has("anthropic-version")) return anthropicDialect;
  return OPENAI_PATHS.test(path) ? openaiChatDialect : nashDialect;
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
