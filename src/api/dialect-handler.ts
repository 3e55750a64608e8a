import { ChatError } from "../core/failure.ts";
import type { Answer } from "../upstream/open-stream.ts";
import { INTERNAL } from "./answer-observer.ts";
import type { AnswerRequest } from "./answer-request.ts";
import { collectAnswer } from "./collect.ts";
import type { Dialect } from "./dialect.ts";
import { type OpenedAnswer, openAnswer, streamAnswer } from "./open-answer.ts";
import type { Services } from "./services.ts";
import { sessionOf } from "./session-header.ts";
import { targetsOf } from "./targets.ts";

/** What the bodies of all vendors' dialects have in common. */
interface DialectBody {
  readonly model: string;
  readonly stream?: boolean | null | undefined;
  readonly tools?: readonly unknown[] | null | undefined;
  readonly reasoning_effort?: string | null | undefined;
  readonly reasoning?: { readonly effort?: string | null | undefined } | null | undefined;
}

/** The part of Elysia's context that a handler needs. */
export interface HandlerContext<Body> {
  readonly body: Body;
  readonly request: Request;
  readonly set: { readonly headers: Record<string, string | number> };
}

/** Headers that are relayed to a provider that speaks the dialect itself. All others are the client's own affair. */
const RELAYED_HEADERS: Readonly<Record<Dialect<never>["name"], readonly string[]>> = {
  nash: [],
  "openai-chat": ["openai-organization", "openai-project", "idempotency-key"],
  "openai-responses": ["openai-organization", "openai-project", "openai-beta", "idempotency-key"],
  anthropic: ["anthropic-version", "anthropic-beta", "anthropic-workspace-id", "idempotency-key"],
};

/** The limits that a provider tells of in its headers, told to clients of its own protocol. */
const RATE_LIMIT_HEADERS = /^(?:x-ratelimit-|anthropic-ratelimit-)/;

/** The reasoning effort that is asked for, wherever the dialect has it. */
function effortOf({ reasoning_effort: effort, reasoning }: DialectBody): unknown {
  return effort ?? reasoning?.effort;
}

/** A request in a vendor's dialect, with where it goes. @throws {ChatError} */
export function dialectRequest<Body extends DialectBody>(
  dialect: Dialect<Body>,
  { body, request, set }: HandlerContext<Body>,
  services: Services,
): AnswerRequest<Body> {
  const session = sessionOf(request, services);
  set.headers["x-session-id"] = session.id;
  set.headers["request-id"] = services.traceOf(request).id;
  const hasTools = (body.tools?.length ?? 0) > 0 && effortOf(body) !== "none";
  return {
    dialect,
    body,
    targets: targetsOf({ dialect: dialect.name, model: body.model, hasTools }, request, services),
    session,
    whole: body.stream !== true,
    strict: isStrict(request),
    relayedHeaders: relayedHeaders(dialect.name, request.headers),
  };
}

/** The client wants all or nothing: what would be left out or done another way is refused. */
export function isStrict({ headers }: Request): boolean {
  return headers.get("x-nash-llm-strict") === "1";
}

/** Answers a request in a vendor's dialect: yields frames, or returns the whole answer. @throws {ChatError} */
export async function* answerInDialect<Body extends DialectBody>(
  asked: AnswerRequest<Body>,
  { request, set }: Pick<HandlerContext<Body>, "request" | "set">,
  services: Services,
): AsyncGenerator<Uint8Array, unknown, void> {
  const { dialect } = asked;
  if (asked.whole)
    return await services.withoutIdleTimeout(request, async () => {
      const opened = await openAnswer(asked, request, services);
      const answer = await wholeAnswer(dialect, opened);
      // Only now, for another target may have answered than the one that was asked first.
      Object.assign(set.headers, answerHeaders(opened), receiptHeader(opened));
      return answer;
    });
  const opened = await openAnswer(asked, request, services);
  Object.assign(set.headers, answerHeaders(opened), { "x-answer-id": opened.id });
  yield* streamAnswer(opened, dialect, request, services);
  return undefined;
}

/** @throws {ChatError} where the answer ends in a failure */
async function wholeAnswer<Body>(dialect: Dialect<Body>, opened: OpenedAnswer<Body>): Promise<unknown> {
  const { context, observer } = opened;
  try {
    const answer = await collectAnswer({ next: () => observed(opened) }, context.id);
    return dialect.whole(answer, context);
  } catch (error) {
    observer.receipt(error instanceof ChatError ? error.failure : INTERNAL);
    throw error;
  } finally {
    observer.onEnd();
  }
}

async function observed<Body>({ answer, observer }: OpenedAnswer<Body>): ReturnType<Answer["next"]> {
  const batch = await answer.next();
  if (batch !== undefined) observer.onBatch(batch);
  return batch;
}

/** What became of the request, and what the provider says of its limits. */
export function answerHeaders<Body>({ answer, context }: OpenedAnswer<Body>): Record<string, string> {
  const headers: Record<string, string> = {};
  const { translation } = answer;
  if (translation.dropped.size > 0) headers["x-nash-llm-dropped"] = listed(translation.dropped);
  if (translation.changed.size > 0) headers["x-nash-llm-changed"] = listed(translation.changed);
  if (context.passThrough)
    answer.headers?.forEach((value, name) => {
      if (RATE_LIMIT_HEADERS.test(name)) headers[name] = answer.withoutKeys(value);
    });
  return headers;
}

/** The most bytes of a receipt in a header. */
const MAX_RECEIPT = 2_048;

/** What became of a whole answer. Where it is too long the attempts go: there may be many of them. */
function receiptHeader<Body>({ context }: OpenedAnswer<Body>): Record<string, string> {
  const receipt = context.receipt?.();
  if (receipt === undefined) return {};
  const { attempts, ...rest } = receipt;
  const fitting = [
    receipt,
    { ...rest, attempts: attempts.slice(-1) },
    { ...rest, model: undefined, attempts: [] },
  ]
    .map(asciiJson)
    .find((json) => json.length <= MAX_RECEIPT);
  return fitting === undefined ? {} : { "x-nash-llm-receipt": fitting };
}

/** JSON in which what is not plain ASCII is escaped. */
function asciiJson(value: unknown): string {
  return JSON.stringify(value).replace(
    /[^\x20-\x7e]/g,
    (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
}

/** As long as a list of fields in a header may be. */
const MAX_LISTED = 2_048;

/** Field names are the client's: what is not plain ASCII cannot stand in a header. */
function listed(fields: ReadonlySet<string>): string {
  return [...fields]
    .join(", ")
    .replace(/[^\x20-\x7e]/g, "?")
    .slice(0, MAX_LISTED);
}

function relayedHeaders(dialect: Dialect<never>["name"], headers: Headers): Record<string, string> {
  const relayed: Record<string, string> = {};
  for (const name of RELAYED_HEADERS[dialect]) {
    const value = headers.get(name);
    if (value !== null) relayed[name] = value;
  }
  return relayed;
}
