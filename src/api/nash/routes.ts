import { Elysia } from "elysia";
import { providerFor } from "../../chat/ask.ts";
import { listModels } from "../../chat/models.ts";
import { ChatError } from "../../core/failure.ts";
import { asObject } from "../../core/json.ts";
import { isSessionId, newSession, type Session } from "../../core/session.ts";
import { countPrompt } from "../../tokens/count.ts";
import { contextWindow } from "../../tokens/windows.ts";
import { readJson } from "../read-json.ts";
import type { Services } from "../services.ts";
import { streamed } from "../streamed.ts";
import { FrameEncoder } from "./frames.ts";
import { parseCaller, parseChat, parseMessages } from "./parse.ts";
import { ChatBody, ModelsBody, SummarizeBody, TokensBody } from "./schema.ts";
import { openChat } from "./stream.ts";
import { streamSummary, summaryReply } from "./summary.ts";

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
export function nashRoutes(services: Services) {
  /** Reads the body, and the session out of it, so that even a refusal can name the session. */
  const parse = async ({ request, set }: ParseContext) => {
    const body = await readJson(request, services.limits);
    const session = sessionIn(body);
    services.traceOf(request).session = session;
    if (session !== undefined) set.headers["x-session-id"] = session.id;
    return body;
  };

  const parseSessionless = ({ request }: ParseContext) => readJson(request, services.limits);

  /** Does work in a place among the running answers. */
  const placed = async <T>(request: Request, work: (signal: AbortSignal) => Promise<T>): Promise<T> => {
    const admission = services.admit(request);
    try {
      return await work(admission.signal);
    } finally {
      admission.release();
    }
  };

  return new Elysia({ name: "nash", normalize: false })
    .post(
      "/v1/chat/completions/stream",
      async ({ body, request, set }) => {
        const session = sessionOf(request, services);
        const caller = parseCaller(body, session);
        const chat = parseChat(body);
        const { include_usage: usage, include_reasoning: reasoning } = body.stream_options ?? {};
        const frames = await openChat(
          chat,
          caller,
          new FrameEncoder(session, { usage: usage ?? false, reasoning: reasoning ?? false }),
          request,
          services,
        );
        return streamed(frames, set);
      },
      { parse: [parse, JSON_FORM], body: ChatBody },
    )
    .post(
      "/v1/chat/summarize",
      async ({ body, request, set }) => {
        const session = sessionOf(request, services);
        const asked = {
          chat: parseChat(body),
          keepLast: body.keep_last ?? 0,
          caller: parseCaller(body, session),
        };
        return wantsStream(request)
          ? streamed(streamSummary(asked, request, services), set)
          : services.unhurried(request, () => summaryReply(asked, request, services));
      },
      { parse: [parse, JSON_FORM], body: SummarizeBody },
    )
    .post(
      "/v1/chat/tokens",
      async ({ body, request }) => {
        const messages = parseMessages(body.messages);
        const { tokens, estimated } = await placed(request, (signal) =>
          services.unhurried(request, () => countPrompt(messages, body.model, signal)),
        );
        const window = contextWindow(body.model);
        return {
          tokens,
          context_window: window.known ? window.tokens : null,
          ...(estimated ? { estimated } : {}),
        };
      },
      { parse: [parseSessionless, JSON_FORM], body: TokensBody },
    )
    .post(
      "/v1/chat/models",
      async ({ body, request }) => {
        const caller = parseCaller(body, sessionOf(request, services));
        services.traceOf(request).provider = providerFor(caller, "").name;
        const models = await placed(request, (signal) => listModels(caller, services.engine, signal));
        return { models: models.map(({ id, contextWindow: window }) => ({ id, context_window: window })) };
      },
      { parse: [parse, JSON_FORM], body: ModelsBody },
    );
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
