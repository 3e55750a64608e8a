import { isatty } from "node:tty";
import { findLocalServers } from "../chat/local-servers.ts";
import { loadCommonEnvironment, requestLimit, type Secrets, type Settings, takeProxies } from "../config.ts";
import { isLoopbackHost } from "../core/loopback.ts";
import { NO_ROUTING, type RoutingSettings } from "../routing/settings.ts";
import { createLog, type LogLevel } from "../server/log.ts";
import { type RunningServer, type ServerOptions, startServer } from "../server/start.ts";
import { parseAllowRule } from "../upstream/allow-rules.ts";
import { VERSION } from "../version.ts";
import { UsageError } from "./exit.ts";
import { refuseUnshared } from "./share-port.ts";

/** Deepest nesting of a request's JSON. */
const MAX_DEPTH = 64;

/** How long a request's body may take to arrive, in milliseconds. */
const BODY_TIMEOUT_MS = 30_000;

/**
 * The server's options, out of settings in the units of people.
 * @param routing providers and routes in force
 * @throws {UsageError} for settings that do not go together
 */
export function serverOptions(
  settings: Settings,
  secrets: Secrets,
  routing: () => RoutingSettings = () => NO_ROUTING,
): ServerOptions {
  if (isOpen(settings, secrets, routing())) throw new UsageError(exposed(settings.host));
  if (settings.sharePort) refuseUnshared(settings, routing());
  return {
    hostname: settings.host === "localhost" ? "127.0.0.1" : settings.host,
    port: settings.port,
    sharePort: settings.sharePort,
    token: secrets.token,
    heliconeKey: secrets.heliconeKey,
    allowHosts: settings.allowHost,
    allowOrigins: settings.allowOrigin,
    allowUpstreams: settings.allowUpstream.map(allowRule),
    routing,
    proxies: takeProxies(settings.useProxy),
    reasoningCarriers: settings.reasoningCarriers,
    maxStreams: settings.maxStreams,
    body: { maxBytes: settings.maxBody, maxDepth: MAX_DEPTH, timeoutMs: BODY_TIMEOUT_MS },
    answer: { maxLine: settings.maxLine, maxAnswer: settings.maxAnswer },
    timeouts: {
      connect: settings.connectTimeout * 1000,
      firstEvent: settings.firstEventTimeout * 1000,
      gap: settings.gapTimeout * 1000,
      answer: settings.answerTimeout * 1000,
    },
    retries: settings.retries,
    resume: {
      graceMs: settings.resumeGrace * 1000,
      holdMs: settings.resumeHold * 1000,
      answerBytes: settings.resumeAnswerBytes,
      bytes: settings.resumeBytes,
    },
    findLocal: () =>
      settings.detect
        ? findLocalServers({ ollamaHost: loadCommonEnvironment().ollamaHost })
        : Promise.resolve([]),
    logger: createLog(settings.logLevel as LogLevel, isatty(2)),
    version: VERSION,
    maxRequests: requestLimit(),
  };
}

/**
 * Starts the server for a command.
 * @throws {UsageError} where the address cannot be had
 */
export function listen(options: ServerOptions): RunningServer {
  try {
    return startServer(options);
  } catch (error) {
    const code = error instanceof Error && "code" in error ? error.code : undefined;
    if (code === "EADDRINUSE") throw new UsageError(taken(options), 1);
    if (code === "EACCES" || code === "EADDRNOTAVAIL") {
      throw new UsageError(`${options.hostname} port ${options.port} cannot be listened on (${code}).`, 1);
    }
    throw error;
  }
}

function allowRule(text: string) {
  try {
    return parseAllowRule(text);
  } catch (error) {
    throw new UsageError(`--allow-upstream: ${error instanceof Error ? error.message : "not understood"}`);
  }
}

function taken({ hostname, port }: ServerOptions): string {
  return `Port ${port} on ${hostname} is taken. Choose another with --port, or --port 0 for any free one; nash-llm doctor says who has it.`;
}

/** Whether others on the network could ask without a token. */
export function isOpen({ host }: Settings, { token }: Secrets, { clients }: RoutingSettings): boolean {
  return !isLoopbackHost(host) && token === undefined && clients === undefined;
}

export function exposed(host: string): string {
  return (
    `Refusing to listen on ${host} without a token: anyone on the network could spend your keys and reach your network through this server. ` +
    "Set NASH_LLM_TOKEN, or --token-file, or a [[client]] in the file of --config, or keep to 127.0.0.1."
  );
}
