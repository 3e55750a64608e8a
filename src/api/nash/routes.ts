import type { Elysia } from "elysia";
import { listModels } from "../../chat/models.ts";
import { ChatError, type Failure, invalidField } from "../../core/failure.ts";
import { asObject } from "../../core/json.ts";
import { isSessionId, newSession, type Session } from "../../core/session.ts";
import { countPrompt } from "../../tokens/count.ts";
import { contextWindow } from "../../tokens/windows.ts";
import { admit, readAdmitted } from "../admit.ts";
import { isStrict } from "../dialect-handler.ts";
import { holdAnswer, readHeld } from "../held-answers.ts";
import { type OpenedAnswer, openAnswer, streamAnswer } from "../open-answer.ts";
import { readJson } from "../read-json.ts";
import type { Services } from "../services.ts";
import { mayAsk, prefixedPaths, targetOf, targetsOf } from "../targets.ts";
import { nashDialect } from "./dialect.ts";
import { farewellFrames } from "./encoder.ts";
import { parseAddress, parseChat, parseMessages } from "./parse.ts";
import { ChatBody, ModelsBody, SummarizeBody, TokensBody } from "./schema.ts";
import { streamSummary, summaryAnswer } from "./summary.ts";

/**
 * Named after our own parser, which always answers first: it is what tells `/openapi.json` that bodies are JSON.
 * Without it the bodies would have no schema there.
 */
const JSON_FORM = "json";

interface ParseContext {
  readonly request: Request;
  readonly set: { readonly headers: Record<string, string | number> };
}

/** The paths of our own protocol. What is said of them stands in `documentation.ts`. */
export function addNashRoutes(app: Elysia, services: Services): void {
  /** Reads the body, and the session out of it, so that even a refusal can name the session. */
  const parse = async ({ request, set }: ParseContext) => {
    const body = await readJson(request, services.limits);
    const session = sessionIn(body);
    services.traceOf(request).session = session;
    if (session !== undefined) set.headers["x-session-id"] = session.id;
    await admit(body, request, services);
    return body;
  };

  const parseSessionless = ({ request }: ParseContext) => readAdmitted(request, services);

  for (const path of prefixedPaths("/v1/chat/completions/stream"))
    app.post(
      path,
      async function* ({ body, request, set }) {
        const session = sessionOf(request, services);
        const routed = { dialect: "nash", model: body.model, ...parseAddress(body) } as const;
        const targets = targetsOf(routed, request, services);
        const { resumable: detached, finish } = resumption(body);
        if (detached) services.answers.checkRoom();
        const strict = isStrict(request);
        const asked = { dialect: nashDialect, body, targets, session, strict, detached };
        const opened = await openAnswer(asked, request, services);
        set.headers["x-answer-id"] = opened.id;
        if (detached) yield* resumableAnswer(opened, finish, request, services);
        else yield* streamAnswer(opened, nashDialect, request, services);
      },
      { parse: [parse, JSON_FORM], body: ChatBody },
    );

  for (const path of prefixedPaths("/v1/chat/summarize"))
    app.post(
      path,
      async function* ({ body, request }) {
        const session = sessionOf(request, services);
        const routed = { dialect: "nash", model: body.model, ...parseAddress(body) } as const;
        const asked = {
          chat: parseChat(body),
          keepLast: body.keep_last ?? 0,
          target: targetOf(routed, request, services),
          session,
        };
        if (!wantsStream(request))
          return await services.withoutIdleTimeout(request, () => summaryAnswer(asked, request, services));
        yield* streamSummary(asked, request, services);
      },
      { parse: [parse, JSON_FORM], body: SummarizeBody },
    );

  for (const path of prefixedPaths("/v1/chat/models"))
    app.post(
      path,
      async ({ body, request }) => {
        const session = sessionOf(request, services);
        const target = targetOf({ dialect: "nash", model: "", ...parseAddress(body) }, request, services);
        services.traceOf(request).provider = target.provider.name;
        const models = await inSlot(request, services, (signal) =>
          listModels({ target, session }, services.upstream, signal),
        );
        const own = models.filter(({ id }) => mayAsk(id, parseAddress(body).baseUrl, request, services));
        return { models: own.map(({ id, contextWindow: window }) => ({ id, context_window: window })) };
      },
      { parse: [parse, JSON_FORM], body: ModelsBody },
    );

  app.post(
    "/v1/chat/tokens",
    async ({ body, request }) => {
      const messages = parseMessages(body.messages);
      const { tokens, estimated } = await inSlot(request, services, (signal) =>
        services.withoutIdleTimeout(request, () => countPrompt(messages, body.model, signal)),
      );
      const window = contextWindow(body.model);
      return {
        tokens,
        context_window: window.known ? window.tokens : null,
        ...(estimated ? { estimated } : {}),
      };
    },
    { parse: [parseSessionless, JSON_FORM], body: TokensBody },
  );
}

/** Does work in one of the slots for running answers. */
async function inSlot<T>(
  request: Request,
  services: Services,
  work: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const slot = services.acquireSlot(request.signal);
  try {
    return await work(slot.signal);
  } finally {
    slot.release();
  }
}

/** An answer that goes on without its client, as its first reader is sent it. */
function resumableAnswer(
  opened: OpenedAnswer<ChatBody>,
  finish: boolean,
  request: Request,
  services: Services,
): AsyncGenerator<Uint8Array, void, void> {
  const { id, context } = opened;
  const { session } = context;
  const holding = {
    id,
    kind: "nash",
    numbered: true,
    finish,
    headers: { "x-answer-id": id, "x-session-id": session.id },
    farewell: () => farewellFrames(TOO_SLOW, session),
  } as const;
  const held = holdAnswer(opened, nashDialect, holding, request, services);
  return readHeld(held, 0, request.signal, services.keepAliveMs);
}

const TOO_SLOW: Failure = {
  type: "incomplete",
  message: "This connection has fallen too far behind the answer, which has become too long to be held.",
};

/** @throws {ChatError} for `on_disconnect` without `resumable` */
function resumption({ stream_options: options }: ChatBody): { resumable: boolean; finish: boolean } {
  const resumable = options?.resumable ?? false;
  const onDisconnect = options?.on_disconnect ?? undefined;
  if (onDisconnect !== undefined && !resumable)
    throw invalidField("stream_options.on_disconnect", "This has a meaning beside `resumable` alone.");
  return { resumable, finish: onDisconnect === "finish" };
}

function wantsStream(request: Request): boolean {
  return request.headers.get("accept")?.toLowerCase().includes("text/event-stream") ?? false;
}

/** The session that a body names; a new one where it names none; nothing where what it names is none. */
function sessionIn(body: unknown): Session | undefined {
  const given = asObject(body)?.["session_id"] ?? undefined;
  if (given === undefined) return newSession();
  return isSessionId(given) ? { id: given } : undefined;
}

function sessionOf(request: Request, services: Services): Session {
  const { session } = services.traceOf(request);
  if (session === undefined) throw new ChatError({ type: "internal", message: "The session was lost." });
  return session;
}
