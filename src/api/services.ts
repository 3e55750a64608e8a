import type { UpstreamOptions } from "../chat/ask.ts";
import type { Trace } from "../core/trace.ts";
import type { OwnKeyAccess } from "../routing/own-keys.ts";
import type { RoutingSettings } from "../routing/settings.ts";

/** What routes need from the server that they are part of. */
export interface Services {
  readonly upstream: UpstreamOptions;
  /** The providers and routes of the settings, as they are now. */
  routing(): RoutingSettings;
  readonly ownKeyAccess: OwnKeyAccess;
  /** The trace of a request that has passed the request guard. */
  traceOf(request: Request): Trace;
  /**
   * Takes one of the slots for running answers.
   * @throws {ChatError} `overloaded` when the server is full or stopping
   */
  acquireSlot(request: Request): Slot;
  /** Logs an error of our own that no client may see, with its stack. */
  logInternalError(error: unknown, trace: Trace): void;
  /** Logs and counts a streamed answer that is over. */
  finished(trace: Trace): void;
  /**
   * Makes an answer that comes in one piece and may take long: meanwhile the connection may be idle, on its way out it
   * may not.
   */
  withoutIdleTimeout<T>(request: Request, work: () => Promise<T>): Promise<T>;
  /** Whether reasoning travels in carriers of ours (`reasoning-carriers`). */
  readonly reasoningCarriers: boolean;
  readonly limits: BodyLimits;
  /** After so much silence a comment is sent, in milliseconds. */
  readonly keepAliveMs: number;
}

/** One running answer's slot. */
export interface Slot {
  /** Aborts when the client leaves or the server stops. */
  readonly signal: AbortSignal;
  /** The answer is over. */
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
