import type { Logger } from "pino";
import type { RequestSpan, Trace } from "../core/trace.ts";

/** A system for traces that hears of requests: OpenTelemetry, where it was asked for. */
export interface Telemetry {
  /**
   * A request has come.
   * @param headers the client's: its `traceparent` and `tracestate` say what the request is part of
   * @param path where it is one that exists
   */
  begin(trace: Trace, headers: Headers, path: string | undefined): RequestSpan;
  /** A request is over, and known in full. */
  record(trace: Trace): void;
  /** Sends what is left, for no longer than this. Never rejects. */
  stop(milliseconds: number): Promise<void>;
}

export interface TelemetryOptions {
  /** Where the collector listens, without `/v1/traces`; absent where the variables of OpenTelemetry name it. */
  readonly endpoint: string | undefined;
  readonly traces: boolean;
  readonly metrics: boolean;
  /** The share of requests that are traced, of those that come without a `traceparent`: 0 to 1. */
  readonly sample: number;
  readonly version: string;
  readonly logger: Pick<Logger, "info" | "warn">;
}
