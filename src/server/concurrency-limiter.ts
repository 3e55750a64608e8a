import type { Slot } from "../api/services.ts";
import { ChatError, type Failure } from "../core/failure.ts";

const FULL: Failure = {
  type: "overloaded",
  message: "This server has as many answers running as it can hold.",
  retryAfter: 1,
};
export const STOPPING: Failure = { type: "overloaded", message: "This server is stopping.", retryAfter: 1 };

/** Why an answer's signal aborts when it is over. Without a reason the runtime would make an error with a stack. */
const RELEASED = "the answer is over";

/** The answers that are running now: how many there may be, and the way to end them all. */
export class ConcurrencyLimiter {
  readonly #slots = new Set<AnswerSlot>();
  /** Most answers at once. */
  readonly max: number;
  #stopping = false;
  #onEmpty: (() => void) | undefined;

  constructor(max: number) {
    this.max = max;
  }

  get size(): number {
    return this.#slots.size;
  }

  get stopping(): boolean {
    return this.#stopping;
  }

  /** It is about to stop, as `/ready` says already; others are still admitted. */
  leaving = false;

  get full(): boolean {
    return this.#slots.size >= this.max;
  }

  /**
   * @param client aborts when the client leaves
   * @throws {ChatError} `overloaded`
   */
  acquire(client?: AbortSignal): Slot {
    if (this.#stopping) throw new ChatError(STOPPING);
    if (this.full) throw new ChatError(FULL);
    const slot = new AnswerSlot(client, (released) => this.#release(released));
    this.#slots.add(slot);
    return slot;
  }

  #release(slot: AnswerSlot): void {
    this.#slots.delete(slot);
    if (this.#slots.size === 0) this.#onEmpty?.();
  }

  /** No more are admitted. Settles when the last of those that run has ended, each with an error after so long. */
  async stop(graceMs: number): Promise<void> {
    this.leaving = true;
    this.#stopping = true;
    if (this.#slots.size === 0) return;
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#onEmpty = resolve;
    const timer = setTimeout(() => {
      for (const slot of this.#slots) slot.abort(new ChatError(STOPPING));
    }, graceMs);
    await promise;
    clearTimeout(timer);
  }
}

class AnswerSlot implements Slot {
  readonly #controller = new AbortController();
  readonly #client: AbortSignal | undefined;
  readonly #onRelease: (slot: AnswerSlot) => void;

  /** @param client aborts when the client leaves */
  constructor(client: AbortSignal | undefined, onRelease: (slot: AnswerSlot) => void) {
    this.#client = client;
    this.#onRelease = onRelease;
    if (client?.aborted) this.abort();
    else client?.addEventListener("abort", this.#abort, { once: true });
  }

  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  get hasLeft(): boolean {
    return this.#client?.aborted ?? false;
  }

  /** @param reason how the answer ends, where it does not end without a word */
  abort(reason?: ChatError): void {
    this.#controller.abort(reason);
  }

  release(): void {
    this.#client?.removeEventListener("abort", this.#abort);
    this.#controller.abort(RELEASED);
    this.#onRelease(this);
  }

  readonly #abort = () => this.abort();
}
