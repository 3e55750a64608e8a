import { wait } from "@elysiajs/stream";
import { AnswerStore, DEFAULT_RESUME_LIMITS, type ResumeLimits } from "../answers/answer-store.ts";
import type { SharedAnswers } from "../answers/shared-answers.ts";
import type { BodyLimits } from "../api/services.ts";
import type { UpstreamOptions } from "../chat/ask.ts";
import type { ClientUsage } from "../clients/limits.ts";
import { isLoopbackHost } from "../core/loopback.ts";
import type { Secret } from "../core/secret.ts";
import type { Ledger } from "../ledger/ledger.ts";
import { allowRules, type RoutingSettings } from "../routing/settings.ts";
import type { SharedHealth } from "../routing/target-health.ts";
import { checkForm, type Destination, judge, type UpstreamPolicy } from "../upstream/address-policy.ts";
import type { AllowRule } from "../upstream/allow-rules.ts";
import { createProviderFetch, type PlatformFetch } from "../upstream/provider-fetch.ts";
import { type Proxies, proxyFor } from "../upstream/proxy.ts";
import type { Timeouts } from "../upstream/timeouts.ts";
import { createApp } from "./app.ts";
import { ConcurrencyLimiter } from "./concurrency-limiter.ts";
import { createDemo } from "./demo.ts";
import type { Log } from "./log.ts";
import { answersWithinOpenFiles } from "./open-files.ts";
import type { FindLocal } from "./routes/local.ts";
import type { Telemetry } from "./telemetry.ts";

/** After so much silence a comment goes out. Below every idle timeout on the way, ours of 30 s included. */
const KEEP_ALIVE_MS = 10_000;

/** A connection on which nothing moves for so long is closed, in seconds. It is what ends readers that stopped reading. */
const IDLE_SECONDS = 30;

/** What the runtime holds unless it is told otherwise before it starts. */
const DEFAULT_REQUESTS = 256;

/** Requests that are kept for lists of models and counts. */
const SPARE_REQUESTS = 16;

/** How long the last bytes may take to leave once all answers are over. */
const FLUSH_MS = 2_000;

/** How long requests may take to begin on connections that were taken before the port was left. */
const LET_IN_MS = 1_000;

export interface ServerOptions {
  readonly hostname: string;
  readonly port: number;
  /** Others may listen on it too. */
  readonly sharePort?: boolean;
  readonly token: Secret | undefined;
  readonly heliconeKey: Secret | undefined;
  readonly allowHosts: readonly string[];
  readonly allowOrigins: readonly string[];
  readonly allowUpstreams: readonly AllowRule[];
  /** Providers and routes in force. */
  readonly routing: () => RoutingSettings;
  /** Proxies to reach providers through; none unless asked for. */
  readonly proxies: Proxies | undefined;
  readonly maxStreams: number;
  readonly body: BodyLimits;
  readonly answer: { readonly maxLine: number; readonly maxAnswer: number };
  readonly timeouts: Timeouts;
  readonly retries: number;
  readonly resume?: ResumeLimits;
  /** Gets a row for each request. */
  readonly ledger?: Pick<Ledger, "record">;
  /** What clients have used of their limits; in memory unless given. */
  readonly clientUsage?: ClientUsage;
  /** What this server shares with others; nothing unless there is a store. */
  readonly shared?: Shared | undefined;
  /** Looks for model servers on this machine. */
  readonly findLocal: FindLocal;
  readonly logger: Log;
  readonly telemetry?: Telemetry | undefined;
  readonly version: string;
  /** Whether reasoning travels to clients of other vendors in carriers; yes unless said. */
  readonly reasoningCarriers?: boolean;
  /** As many requests as the runtime's `fetch` holds at once: 256 unless it was started with more. */
  readonly maxRequests?: number;
  /** Stands in for the platform's `fetch`, beneath the address policy. */
  readonly fetch?: PlatformFetch;
}

/** What several servers share through a store (docs/protocol.md 12). */
export interface Shared {
  readonly answers: SharedAnswers;
  readonly health: SharedHealth;
  readonly isDegraded: () => boolean;
  /** Writes what is left to be written, and leaves the store. */
  close(): Promise<void>;
}

export interface RunningServer {
  /** `http://127.0.0.1:8001` */
  readonly url: string;
  readonly port: number;
  /**
   * Takes no more, lets what runs end for so long, and closes.
   * @param delayMs until then `/ready` alone says that it will
   */
  stop(graceMs: number, delayMs?: number): Promise<void>;
}

/**
 * Starts the server.
 * @throws the system's error where the address cannot be had (`code` is `EADDRINUSE` where it is taken)
 */
export function startServer(options: ServerOptions): RunningServer {
  const { hostname, sharePort = false } = options;
  const limiter = new ConcurrencyLimiter(
    Math.min(
      options.maxStreams,
      answersWithinOpenFiles(),
      (options.maxRequests ?? DEFAULT_REQUESTS) - SPARE_REQUESTS,
    ),
  );
  const demo = createDemo();
  // Known once it listens, and then noted: to ask the runtime is to ask the kernel.
  let port = options.port;
  const policyFor = (proxy: URL | undefined): UpstreamPolicy => ({
    exposed: !isLoopbackHost(hostname),
    allow: [...options.allowUpstreams, ...allowRules(options.routing())],
    own: () => ({ port, addresses: [] }),
    proxied: proxy !== undefined,
  });
  const locate = async (url: URL, signal: AbortSignal): Promise<Destination> => {
    if (demo.isDemo(url)) {
      checkForm(url);
      return demo.locate(url);
    }
    const proxy = options.proxies && proxyFor(url, options.proxies);
    const destination = await judge(url, policyFor(proxy), undefined, signal);
    return proxy === undefined ? destination : { ...destination, proxy };
  };
  const upstream: UpstreamOptions = {
    fetch: createProviderFetch({
      locate,
      connectTimeout: options.timeouts.connect,
      ...(options.fetch === undefined ? {} : { fetch: options.fetch }),
    }),
    timeouts: options.timeouts,
    limits: options.answer,
    retries: options.retries,
    heliconeKey: options.heliconeKey,
    userAgent: `nash-llm/${options.version}`,
  };
  const answers = new AnswerStore(options.resume ?? DEFAULT_RESUME_LIMITS, options.shared?.answers);
  const app = createApp({
    upstream,
    answers,
    routing: options.routing,
    ownKeyAccess: { token: options.token, allowOrigins: options.allowOrigins },
    access: {
      bound: () => ({ hostname, port }),
      allowHosts: options.allowHosts.map((host) => host.toLowerCase()),
      allowOrigins: options.allowOrigins,
      token: options.token,
      clients: () => options.routing().clients,
    },
    limiter,
    sharedHealth: options.shared?.health,
    isDegraded: options.shared?.isDegraded,
    ...(options.clientUsage === undefined ? {} : { clientUsage: options.clientUsage }),
    ...(options.ledger === undefined ? {} : { ledger: options.ledger }),
    findLocal: options.findLocal,
    logger: options.logger,
    telemetry: options.telemetry,
    limits: options.body,
    keepAliveMs: KEEP_ALIVE_MS,
    ...(options.reasoningCarriers === undefined ? {} : { reasoningCarriers: options.reasoningCarriers }),
    idleSeconds: IDLE_SECONDS,
    version: options.version,
  });

  // Not with the framework's own `listen`, which makes its router once more behind it and hands it over three times.
  const server = Bun.serve({
    hostname,
    port: options.port,
    reusePort: sharePort,
    idleTimeout: IDLE_SECONDS,
    // Ours answers in JSON; Bun's own refusal has no body.
    maxRequestBodySize: Number.MAX_SAFE_INTEGER,
    development: false,
    fetch: app.fetch,
  });
  app.server = server;
  port = server.port ?? port;

  return {
    url: `http://${hostname.includes(":") ? `[${hostname}]` : hostname}:${port}`,
    port,
    async stop(graceMs, delayMs = 0) {
      limiter.leaving = true;
      if (delayMs > 0) await wait(delayMs);
      // Who shares the port leaves it at once to the others, and answers whoever it has already let in.
      if (sharePort) await Promise.race([server.stop(), wait(LET_IN_MS)]);
      await limiter.stop(graceMs);
      await options.shared?.close();
      answers.clear();
      await Promise.race([server.stop(), wait(FLUSH_MS)]);
      await server.stop(true);
      // What follows an answer, its line in the log and its span, comes a turn of the event loop behind it.
      await new Promise((resolve) => setImmediate(resolve));
      await demo.stop();
      await options.telemetry?.stop(FLUSH_MS);
    },
  };
}
