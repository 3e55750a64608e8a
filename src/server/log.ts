import { wait } from "@elysiajs/stream";
import type { DestinationStream, destination } from "pino";
import { receiptOf } from "../core/receipt.ts";
import type { Trace } from "../core/trace.ts";

export type LogLevel = "debug" | "info" | "warn" | "error" | "silent";

/** As much of the log as may wait for a reader that has stopped, in bytes; what comes beyond it is dropped. */
const MAX_WAITING_BYTES = 4 * 1024 * 1024;

/** Lines wait for each other up to so many bytes, */
const GATHERED_BYTES = 12 * 1024;
/** and for so long: each write goes through a thread of its own and costs more than making the line. */
const GATHER_MS = 50;

/** What the server writes its log to; pino's loggers are such. */
export interface Log {
  info(line: Readonly<Record<string, unknown>>, message?: string): void;
  warn(line: Readonly<Record<string, unknown>>, message?: string): void;
  error(line: Readonly<Record<string, unknown>>, message?: string): void;
}

/**
 * The one log, on stderr: lines of JSON, or readable lines on a terminal. Writing never waits for the reader:
 * with pino's synchronous destination a reader that stalls would stall every stream.
 */
export function createLog(level: LogLevel, pretty: boolean): Log {
  let made: Log | undefined;
  const logger = () => (made ??= createLogger(log, level, pretty));
  const log: Log = {
    info: (line, message) => logger().info(line, message),
    warn: (line, message) => logger().warn(line, message),
    error: (line, message) => logger().error(line, message),
  };
  return log;
}

/** Pino is loaded for the first line: it would take a tenth of the server's start. */
function createLogger(log: Log, level: LogLevel, pretty: boolean): Log {
  const library: typeof import("pino") = require("pino");
  const stderr = library.destination({
    dest: 2,
    sync: false,
    minLength: pretty ? 0 : GATHERED_BYTES,
    maxLength: MAX_WAITING_BYTES,
  });
  // A reader that goes away is no reason to stop serving.
  stderr.on("error", () => undefined);
  stderr.on("drop", () => undefined);
  const logger = library.pino(
    { level, base: null, timestamp: library.stdTimeFunctions.isoTime },
    pretty ? readable(stderr) : gathered(stderr, GATHER_MS),
  );
  SINKS.set(log, stderr);
  return logger;
}

const SINKS = new WeakMap<Log, ReturnType<typeof destination>>();

/** Waits for the last lines to be written, but not for a reader who has stopped, as the process would at its exit. */
export async function endLog(log: Log, milliseconds: number): Promise<void> {
  const sink = SINKS.get(log);
  if (sink === undefined) return;
  await Promise.race([new Promise<void>((resolve) => sink.flush(() => resolve())), wait(milliseconds)]);
  sink.destroy();
}

/** A sink that is flushed a while after the first line that has come since, and not for each. */
export function gathered(
  sink: DestinationStream & { flush(): void },
  milliseconds: number,
): DestinationStream {
  let isFlushDue = false;
  const flush = () => {
    isFlushDue = false;
    sink.flush();
  };
  return {
    write(line) {
      sink.write(line);
      if (!isFlushDue) setTimeout(flush, milliseconds).unref();
      isFlushDue = true;
    },
  };
}

/**
 * One line for one request: what happened, and nothing of what was said. A path that does not exist is not repeated:
 * it may be anything, a key put into the wrong place included.
 */
export function requestLine(trace: Trace, isKnownPath: boolean): Record<string, unknown> {
  return {
    request_id: trace.id,
    ...(trace.session === undefined ? {} : { session_id: trace.session.id }),
    method: trace.method,
    path: isKnownPath ? trace.path : "other",
    status: trace.status,
    outcome: trace.outcome,
    ...(trace.client === undefined ? {} : { client: trace.client }),
    ...(trace.provider === undefined ? {} : { provider: trace.provider, model: trace.model }),
    ...(trace.failure === undefined
      ? {}
      : { error: trace.failure.type, provider_status: trace.failure.providerStatus }),
    ...(trace.firstTokenMs === undefined ? {} : { first_token_ms: Math.round(trace.firstTokenMs) }),
    total_ms: Math.round(performance.now() - trace.started),
    ...(trace.usage === undefined
      ? {}
      : { input_tokens: trace.usage.inputTokens, output_tokens: trace.usage.outputTokens }),
    ...(trace.attempts.length === 0 ? {} : receiptFields(trace)),
  };
}

/** What a receipt says beside that (docs/protocol.md 11), of requests that were put to a provider. */
function receiptFields(trace: Trace): Record<string, unknown> {
  const { finish_reason, usage, attempts, cost, prompt_cut } = receiptOf(trace);
  const { source, input_tokens, output_tokens } = usage ?? {};
  return {
    finish_reason,
    ...(source === "estimate" ? { input_tokens, output_tokens } : {}),
    ...(source === undefined ? {} : { usage_source: source }),
    ...(cost === undefined ? {} : { cost }),
    ...(prompt_cut === undefined ? {} : { prompt_cut }),
    attempts,
  };
}

/** Where it happened, without the message: that may quote what a client sent. */
export function stackOf(error: unknown): string {
  if (!(error instanceof Error)) return typeof error;
  const { name, message, stack = "" } = error;
  return `${name}\n${stack
    .replace(message, "")
    .split("\n")
    .filter((line) => line.trimStart().startsWith("at "))
    .join("\n")}`;
}

/** What a terminal would obey, and what would begin a line that nobody logged. */
const UNPRINTABLE = /[\p{Cc}\p{Cf}]/gu;

/** Turns pino's lines into `12:34:56 POST /v1/… 200 complete openai gpt-4o 1.2s`. */
export function readable(sink: DestinationStream): DestinationStream {
  return {
    write(line) {
      const entry: Record<string, unknown> = JSON.parse(line);
      const { time, level: _level, msg, request_id: _id, session_id: _session, attempts, ...rest } = entry;
      // One is what every answer takes.
      if (Array.isArray(attempts) && attempts.length > 1) rest["attempts"] = JSON.stringify(attempts);
      const values = Object.entries(rest).map(([key, value]) => {
        if (key === "stack") return String(value);
        if (typeof value === "object" && value !== null) return `${key}=${JSON.stringify(value)}`;
        return key.endsWith("_ms") ? `${key}=${value}` : String(value).replace(UNPRINTABLE, "\ufffd");
      });
      sink.write(`${String(time).slice(11, 19)} ${msg === undefined ? "" : `${msg} `}${values.join(" ")}\n`);
    },
  };
}
