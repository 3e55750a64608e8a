import type { Engine } from "../chat/ask.ts";
import type { Trace } from "../core/trace.ts";

/** What routes need from the house around them. */
export interface Services {
  readonly engine: Engine;
  /** The trace of a request that has passed the door. */
  traceOf(request: Request): Trace;
  /**
   * Takes a place among the running answers.
   * @returns a signal that aborts when the client leaves or the server stops, and what to call when the answer is over
   * @throws {ChatError} `overloaded` when the server is full or stopping
   */
  admit(request: Request): Admission;
  /** Logs a fault of our own that no client may see: where it happened. */
  fault(error: unknown, trace: Trace): void;
  /** Notes that a streamed answer is over. */
  finished(trace: Trace): void;
  /**
   * Makes an answer that comes in one piece and may take long: meanwhile the connection may be idle, on its way out it
   * may not.
   */
  unhurried<T>(request: Request, work: () => Promise<T>): Promise<T>;
  readonly limits: BodyLimits;
  /** After so much silence a comment is sent, in milliseconds. */
  readonly keepAliveMs: number;
}

export interface Admission {
  readonly signal: AbortSignal;
  release(): void;
}

export interface BodyLimits {
  /** Most bytes of a request's body. */
  readonly maxBytes: number;
  /** Deepest nesting of its JSON. */
  readonly maxDepth: number;
  /** How long it may take to arrive, in milliseconds. */
  readonly timeoutMs: number;
}
