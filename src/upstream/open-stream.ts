import { setTimeout as delay } from "node:timers/promises";
import { Deadline } from "../core/deadline.ts";
import { type Batch, tellsAnswer } from "../core/event.ts";
import { ChatError, type Failure, isRetryable } from "../core/failure.ts";
import { promptCut } from "../core/prompt-estimate.ts";
import { Attempt, type AttemptOptions, type ProviderRequest } from "./attempt.ts";

/** If no event has come by then, the answer begins without waiting for it (docs/protocol.md 2). */
const DECIDE_MS = 5_000;

/** A retry is made only if its wait ends this soon after the request (docs/protocol.md 2). */
const RETRY_WINDOW_MS = 3_000;

/** The longest first wait where the provider names none; it doubles with each retry. */
const FIRST_WAIT_MS = 500;

/** Who is told of each try. */
export interface AttemptObserver {
  /** A try begins. @returns headers that go with this try alone */
  began(): Readonly<Record<string, string>> | undefined;
  /** It failed before its first event. */
  failed(failure: Failure): void;
}

export interface OpenOptions extends AttemptOptions {
  readonly attempts?: AttemptObserver;
  /** Most retries, all of them before the first event. */
  readonly retries: number;
  /** When the client asked, on the process's monotonic clock: retries are counted from there. Absent: it is asked now. */
  readonly askedAt?: number;
}

/** A running answer. */
export interface Answer {
  /** The next events have come: a read gives them without waiting. */
  readonly isReady: boolean;
  /** The model that answers, as the provider names it, once it has. */
  readonly model: string | undefined;
  /** Tokens of the prompt, once the provider has reported them. */
  readonly promptTokens?: number | undefined;
  /** The provider's response headers, once they have come. */
  readonly headers: Headers | undefined;
  /**
   * The events of the provider's next read; undefined once the answer is over.
   * The last batch ends with the one `end` or `error`. Rejects only where something of ours is broken.
   */
  next(): Promise<Batch | undefined>;
}

/**
 * Asks a provider. Settles at its first event, or after five seconds without one: then the answer has begun,
 * and whatever fails later, a refused key included, comes as its `error` event.
 * @param signal ends the provider's request when it aborts: abort it when you are done. With a `ChatError` as its
 *   reason, that is how the answer ends
 * @throws {ChatError} when the first event is an error
 */
export async function openStream(
  request: ProviderRequest,
  options: OpenOptions,
  signal: AbortSignal,
): Promise<Answer> {
  const answer = new RetriedAnswer(request, options, signal);
  const batch = await within(answer.first, DECIDE_MS);
  answer.isReady = batch !== undefined;
  const error = batch === undefined ? undefined : errorFirst(batch);
  if (error !== undefined) throw new ChatError(error);
  return answer;
}

/** The failure of an answer that begins with one. */
export function errorFirst(batch: Batch): Failure | undefined {
  const event = batch.find(tellsAnswer);
  return event?.type === "error" ? event.failure : undefined;
}

class RetriedAnswer implements Answer {
  isReady = false;
  /** The first batch, until it has been read. */
  first: Promise<Batch | undefined> | undefined;
  readonly #startedAt = performance.now();
  readonly #options: OpenOptions;
  readonly #signal: AbortSignal;
  #attempt: Attempt | undefined;

  constructor(request: ProviderRequest, options: OpenOptions, signal: AbortSignal) {
    this.#options = options;
    this.#signal = signal;
    this.first = this.#begin(request);
    // Whoever reads on meets what it rejects with; until then it must not count as unhandled.
    this.first.catch(() => undefined);
  }

  get model(): string | undefined {
    return this.#attempt?.model;
  }

  get promptTokens(): number | undefined {
    return this.#attempt?.promptTokens;
  }

  get headers(): Headers | undefined {
    return this.#attempt?.headers;
  }

  next(): Promise<Batch | undefined> {
    const { first } = this;
    if (first === undefined) return this.#attempt?.next() ?? Promise.resolve(undefined);
    return first.finally(() => {
      this.first = undefined;
      this.isReady = false;
    });
  }

  /** Tries until there is an event that is no failure, or one that no retry can help. */
  async #begin(request: ProviderRequest): Promise<Batch | undefined> {
    for (let tries = 0; ; tries++) {
      const headers = this.#options.attempts?.began();
      const sent =
        headers === undefined ? request : { ...request, headers: { ...request.headers, ...headers } };
      const attempt = new Attempt(sent, this.#options, this.#startedAt, this.#signal);
      this.#attempt = attempt;
      const batch = this.#checked(await attempt.next(), attempt, request);
      const failure = batch === undefined ? undefined : errorFirst(batch);
      if (failure !== undefined) this.#options.attempts?.failed(failure);
      const wait =
        failure !== undefined && attempt.fromProvider ? this.#waitAfter(failure, tries) : undefined;
      if (wait === undefined) return batch;
      if (!(await this.#sleep(wait))) return this.#givenUp() ?? batch;
    }
  }

  /** The first batch; for a client that wants all or nothing an error where the provider cut the prompt in silence. */
  #checked(batch: Batch | undefined, attempt: Attempt, request: ProviderRequest): Batch | undefined {
    if (!request.strict || batch === undefined || errorFirst(batch) !== undefined) return batch;
    const last = batch.at(-1);
    const reported = attempt.promptTokens ?? (last?.type === "end" ? last.usage?.inputTokens : undefined);
    const cut = reported === undefined ? undefined : promptCut(request.chat, reported);
    if (cut === undefined) return batch;
    // Nothing more is read of it; whoever asked aborts the signal.
    this.#attempt = undefined;
    const message = `The provider read ${cut.read} tokens of a prompt of at least ${cut.sent}, and x-nash-llm-strict is set.`;
    return [{ type: "error", failure: { type: "context_overflow", message } }];
  }

  /** How the answer ends where it was ended by us: with the reason for it. */
  #givenUp(): Batch | undefined {
    const reason: unknown = this.#signal.reason;
    return reason instanceof ChatError ? [{ type: "error", failure: reason.failure }] : undefined;
  }

  /** Milliseconds until the next try, or undefined where none is to be made. */
  #waitAfter(failure: Failure, tries: number): number | undefined {
    if (tries >= this.#options.retries || !isRetryable(failure)) return undefined;
    const wait =
      failure.retryAfter === undefined
        ? Math.random() * FIRST_WAIT_MS * 2 ** tries
        : failure.retryAfter * 1000;
    const elapsed = performance.now() - (this.#options.askedAt ?? this.#startedAt);
    return elapsed + wait <= RETRY_WINDOW_MS ? wait : undefined;
  }

  /** False if the request was given up meanwhile. */
  async #sleep(milliseconds: number): Promise<boolean> {
    try {
      await delay(milliseconds, undefined, { signal: this.#signal });
      return true;
    } catch {
      return false;
    }
  }
}

/** The value if it comes in time, else undefined. */
async function within<T>(promise: Promise<T> | undefined, milliseconds: number): Promise<T | undefined> {
  const late = Promise.withResolvers<undefined>();
  const deadline = new Deadline({ onTimeout: () => late.resolve(undefined) });
  deadline.set(milliseconds);
  try {
    return await Promise.race([promise, late.promise]);
  } finally {
    deadline.clear();
  }
}
