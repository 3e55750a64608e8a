import type { AnswerStore } from "../answers/answer-store.ts";
import type { UpstreamOptions } from "../chat/ask.ts";
import type { Client } from "../clients/client.ts";
import type { ChatError } from "../core/failure.ts";
import type { Trace } from "../core/trace.ts";
import type { OwnKeyAccess } from "../routing/own-keys.ts";
import type { RoutingSettings } from "../routing/settings.ts";
import type { TargetHealth } from "../routing/target-health.ts";

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
   * @param client aborts when the client leaves; absent where the answer goes on without it
   * @throws {ChatError} `overloaded` when the server is full or stopping
   */
  acquireSlot(client?: AbortSignal): Slot;
  /** The answers that can be stopped, and those that are held to be taken up again. */
  readonly answers: AnswerStore;
  /** Which targets of routes have failed lately. */
  readonly targetHealth: TargetHealth;
  /** Who asks, where the server tells its clients apart: others cannot resume, stop or delete what is one's own. */
  clientOf(request: Request): string | undefined;
  /** The same, with what it reaches and its limits. */
  client(request: Request): Client | undefined;
  /** Lets a client's request in. @throws {ChatError} where it meets a limit of the client's */
  admit(request: Request): Promise<void>;
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
  /** Aborts when the client leaves, the answer is stopped or the server stops. */
  readonly signal: AbortSignal;
  /** The client has left. */
  readonly hasLeft: boolean;
  /** Ends the answer. @param reason how */
  abort(reason: ChatError): void;
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
