import { Elysia } from "elysia";
import type { AnswerStore } from "../answers/answer-store.ts";
import { addAnswerRoutes } from "../api/answer-routes.ts";
import { addAnthropicRoutes } from "../api/anthropic/routes.ts";
import { addModelRoutes } from "../api/model-routes.ts";
import { addNashRoutes } from "../api/nash/routes.ts";
import { addOpenaiChatRoutes } from "../api/openai-chat/routes.ts";
import { addOpenaiResponsesRoutes } from "../api/openai-responses/routes.ts";
import type { BodyLimits, Services } from "../api/services.ts";
import { streamResponse } from "../api/stream-response.ts";
import { mayAsk } from "../api/targets.ts";
import type { UpstreamOptions } from "../chat/ask.ts";
import type { ClientUsage } from "../clients/limits.ts";
import { UsageInMemory } from "../clients/usage-in-memory.ts";
import type { Failure } from "../core/failure.ts";
import { Trace } from "../core/trace.ts";
import type { Ledger } from "../ledger/ledger.ts";
import type { OwnKeyAccess } from "../routing/own-keys.ts";
import { splitPrefix } from "../routing/path-prefix.ts";
import type { RoutingSettings } from "../routing/settings.ts";
import { type SharedHealth, TargetHealth } from "../routing/target-health.ts";
import { type ConcurrencyLimiter, STOPPING } from "./concurrency-limiter.ts";
import { PREFLIGHT_HEADERS } from "./cross-origin.ts";
import { dialectOfPath, errorResponse, failureOf } from "./errors.ts";
import { type Log, requestLine, stackOf } from "./log.ts";
import { Metrics } from "./metrics.ts";
import { RequestClients } from "./request-clients.ts";
import { type AccessPolicy, checkRequest, isGuarded } from "./request-guard.ts";
import { addHealthRoutes } from "./routes/health.ts";
import { addLocalRoutes, type FindLocal, type Reaches } from "./routes/local.ts";
import { addPrefixRoutes } from "./routes/prefix.ts";
import { addWebRoutes } from "./routes/web.ts";
import type { Telemetry } from "./telemetry.ts";

export interface AppOptions {
  readonly upstream: UpstreamOptions;
  readonly answers: AnswerStore;
  readonly routing: () => RoutingSettings;
  readonly ownKeyAccess: OwnKeyAccess;
  readonly access: AccessPolicy;
  /** What clients have used of their limits; in memory unless given. */
  readonly clientUsage?: ClientUsage;
  /** What other servers know of targets; absent where this one stands alone. */
  readonly sharedHealth?: SharedHealth | undefined;
  /** Whether it is cut off from the store that it shares with others. */
  readonly isDegraded?: (() => boolean) | undefined;
  readonly limiter: ConcurrencyLimiter;
  readonly ledger?: Pick<Ledger, "record">;
  readonly findLocal: FindLocal;
  readonly logger: Log;
  readonly telemetry?: Telemetry | undefined;
  readonly limits: BodyLimits;
  readonly keepAliveMs: number;
  /** Yes unless said. */
  readonly reasoningCarriers?: boolean;
  /** A connection on which nothing moves for so long is closed. */
  readonly idleSeconds: number;
  readonly version: string;
}

const SECURITY_HEADERS = {
  "x-content-type-options": "nosniff",
  "x-frame-options": "DENY",
  "referrer-policy": "no-referrer",
  "cross-origin-opener-policy": "same-origin",
  "cross-origin-resource-policy": "same-origin",
};

/** For the log alone: whoever left before the answer began hears no more. The status is nginx's for the same. */
const GONE: Failure = { type: "incomplete", message: "The client left.", status: 499 };

/** A request whose body does not arrive. Its connection goes with it, or it would dribble on for another half minute. */
const LATE_BODY = 408;

/** The whole server, put together but not listening. It keeps nothing of a request once that has been answered. */
export function createApp(options: AppOptions) {
  const { limiter, logger, telemetry } = options;
  const traces = new WeakMap<Request, Trace>();
  const traceOf = (request: Request): Trace => {
    const known = traces.get(request);
    if (known !== undefined) return known;
    const { prefix, path } = splitPrefix(pathOf(request));
    const trace = new Trace(request.method, withoutAnswerId(path), prefix);
    traces.set(request, trace);
    if (telemetry !== undefined && isGuarded(path))
      trace.span = telemetry.begin(trace, request.headers, methods.has(trace.path) ? trace.path : undefined);
    return trace;
  };
  const accounts: readonly ((trace: Trace) => void)[] = [
    (trace) => clients.settle(trace),
    (trace) => metrics.record(trace),
    (trace) => {
      const isAsked = trace.method === "POST" && (trace.provider ?? trace.client) !== undefined;
      if (isAsked) options.ledger?.record(trace);
    },
    (trace) => {
      if (trace.span !== undefined) telemetry?.record(trace);
    },
    (trace) => trace.span?.end(trace),
    (trace) => {
      const line = requestLine(trace, methods.has(trace.path));
      if (trace.promptCut === undefined) logger.info(line);
      else logger.warn({ ...line, msg: "The provider read far less than it was sent." });
    },
  ];
  const finished = (trace: Trace) => {
    trace.outcome ??= trace.failure === undefined ? "complete" : "failed";
    for (const account of accounts) {
      // The answer is out: whatever fails here must touch neither it nor the other accounts.
      try {
        account(trace);
      } catch (error) {
        logInternalError(error, trace);
      }
    }
  };
  const clients = new RequestClients(options.clientUsage ?? new UsageInMemory());
  const logInternalError = (error: unknown, trace: Trace) => {
    logger.error({ request_id: trace.id, stack: stackOf(error) });
  };

  const app = new Elysia({ normalize: false, nativeStaticResponse: false, systemRouter: false });
  const services: Services = {
    upstream: options.upstream,
    routing: options.routing,
    ownKeyAccess: options.ownKeyAccess,
    traceOf,
    acquireSlot: (client) => limiter.acquire(client),
    answers: options.answers,
    targetHealth: new TargetHealth({ shared: options.sharedHealth }),
    clientOf: (request) => traceOf(request).client,
    client: (request) => clients.of(traceOf(request)),
    admit: (request) => clients.admit(traceOf(request)),
    logInternalError,
    finished,
    withoutIdleTimeout: async (request, work) => {
      app.server?.timeout(request, 0);
      try {
        return await work();
      } finally {
        app.server?.timeout(request, options.idleSeconds);
      }
    },
    reasoningCarriers: options.reasoningCarriers ?? true,
    limits: options.limits,
    keepAliveMs: options.keepAliveMs,
  };
  const reaches: Reaches = (request, address, model) => mayAsk(model, new URL(address), request, services);
  const refuse = (failure: Failure, trace: Trace, request: Request, headers: Record<string, string> = {}) =>
    errorResponse(failure, trace, dialectOfPath(trace.path, request.headers), headers);

  app
    .onRequest(({ request, set }) => {
      const trace = traceOf(request);
      const { failure, preflight, client, cors } = checkRequest(request, trace.path, options.access);
      if (client !== undefined) clients.note(trace, client);
      Object.assign(set.headers, SECURITY_HEADERS, cors, { "x-request-id": trace.id });
      const refusal = failure ?? (limiter.stopping && isGuarded(trace.path) ? STOPPING : undefined);
      if (refusal === undefined) {
        return preflight ? new Response(null, { status: 204, headers: PREFLIGHT_HEADERS }) : undefined;
      }
      const response = refuse(refusal, trace, request, limiter.stopping ? { connection: "close" } : {});
      finished(trace);
      return response;
    })
    .onError(({ error, request }) => {
      const trace = traceOf(request);
      const allowed = methods.get(trace.path);
      if (allowed !== undefined && !allowed.has(request.method)) {
        const names = [...allowed].join(", ");
        const failure = { type: "method_not_allowed", message: `This path takes ${names}.` } as const;
        return refuse(failure, trace, request, { allow: names });
      }
      const failure = request.signal.aborted ? GONE : failureOf(error);
      if (failure === GONE) trace.outcome = "left";
      if (failure.type === "internal") logInternalError(error, trace);
      return refuse(failure, trace, request, failure.status === LATE_BODY ? { connection: "close" } : {});
    })
    .mapResponse(streamResponse)
    .onAfterResponse(({ request, set }) => {
      const trace = traceOf(request);
      if (trace.streaming) return;
      if (trace.failure === undefined && typeof set.status === "number") trace.status = set.status;
      finished(trace);
    });
  // Not as plugins of their own: the framework would register each route twice, and start a tenth later.
  addNashRoutes(app, services);
  addAnswerRoutes(app, services);
  addOpenaiChatRoutes(app, services);
  addOpenaiResponsesRoutes(app, services);
  addAnthropicRoutes(app, services);
  addModelRoutes(app, services);
  addPrefixRoutes(app, options.routing);
  addLocalRoutes(app, options.findLocal, reaches);
  addHealthRoutes(
    app,
    limiter,
    () => options.isDegraded?.() ?? false,
    () => metrics,
  );
  addWebRoutes(app, async () => {
    const { documentOf } = await import("../web/reference/describe.ts");
    return documentOf(app, options.version);
  });

  const methods = methodsByPath(app.routes);
  const metrics = new Metrics(new Set(methods.keys()), {
    openAnswers: () => limiter.size,
    heldAnswers: () => options.answers.size,
    heldBytes: () => options.answers.bytes,
  });
  return app;
}

/** The path of a request, also where its Host is such that the runtime can make no URL of it. */
function pathOf(request: Request): string {
  return URL.parse(request.url, "http://localhost")?.pathname ?? "/";
}

/** Paths that name an answer. Who knows its id may have it, so that it is in no log. */
const ANSWER_PATHS = /^((?:\/v1)?\/(?:answers|responses)\/)(?!(?:input_tokens|compact)$)[^/]+/;

function withoutAnswerId(path: string): string {
  return path.replace(ANSWER_PATHS, "$1:id");
}

/** Without those that begin with a provider's name. */
function methodsByPath(routes: readonly { path: string; method: string }[]): Map<string, Set<string>> {
  const methods = new Map<string, Set<string>>();
  for (const { path, method } of routes) {
    if (path.startsWith("/:")) continue;
    methods.set(path, (methods.get(path) ?? new Set()).add(method));
  }
  return methods;
}
