import type { Admission } from "../api/services.ts";
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
export class Running {
  readonly #places = new Set<Place>();
  readonly #most: number;
  #stopping = false;
  #emptied: (() => void) | undefined;

  constructor(most: number) {
    this.#most = most;
  }

  get size(): number {
    return this.#places.size;
  }

  get most(): number {
    return this.#most;
  }

  get stopping(): boolean {
    return this.#stopping;
  }

  get full(): boolean {
    return this.#places.size >= this.#most;
  }

  /** @throws {ChatError} `overloaded` */
  admit(request: Request): Admission {
    if (this.#stopping) throw new ChatError(STOPPING);
    if (this.full) throw new ChatError(FULL);
    const place = new Place(request.signal, this);
    this.#places.add(place);
    return place;
  }

  leave(place: Place): void {
    this.#places.delete(place);
    if (this.#places.size === 0) this.#emptied?.();
  }

  /** No more are admitted. Settles when the last of those that run has ended, each with an error after so long. */
  async stop(graceMs: number): Promise<void> {
    this.#stopping = true;
    if (this.#places.size === 0) return;
    const emptied = new Promise<void>((resolve) => {
      this.#emptied = resolve;
    });
    const timer = setTimeout(() => {
      for (const place of this.#places) place.abort(new ChatError(STOPPING));
    }, graceMs);
    await emptied;
    clearTimeout(timer);
  }
}

/** The place of one answer among those that run. */
class Place implements Admission {
  readonly #controller = new AbortController();
  readonly #client: AbortSignal;
  readonly #running: Running;

  /** @param client aborts when the client leaves */
  constructor(client: AbortSignal, running: Running) {
    this.#client = client;
    this.#running = running;
    if (client.aborted) this.abort();
    else client.addEventListener("abort", this.#abort, { once: true });
  }

  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  /** @param reason how the answer ends, where it does not end without a word */
  abort(reason?: ChatError): void {
    this.#controller.abort(reason);
  }

  release(): void {
    this.#client.removeEventListener("abort", this.#abort);
    this.#controller.abort(RELEASED);
    this.#running.leave(this);
  }

  readonly #abort = () => this.abort();
}
