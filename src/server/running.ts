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
  readonly #controllers = new Set<AbortController>();
  readonly #most: number;
  #stopping = false;
  #emptied: (() => void) | undefined;

  constructor(most: number) {
    this.#most = most;
  }

  get size(): number {
    return this.#controllers.size;
  }

  get most(): number {
    return this.#most;
  }

  get stopping(): boolean {
    return this.#stopping;
  }

  get full(): boolean {
    return this.#controllers.size >= this.#most;
  }

  /** @throws {ChatError} `overloaded` */
  admit(request: Request): Admission {
    if (this.#stopping) throw new ChatError(STOPPING);
    if (this.full) throw new ChatError(FULL);
    const controller = new AbortController();
    const leave = () => controller.abort();
    if (request.signal.aborted) leave();
    else request.signal.addEventListener("abort", leave, { once: true });
    this.#controllers.add(controller);
    return {
      signal: controller.signal,
      release: () => {
        request.signal.removeEventListener("abort", leave);
        controller.abort(RELEASED);
        this.#controllers.delete(controller);
        if (this.#controllers.size === 0) this.#emptied?.();
      },
    };
  }

  /** No more are admitted. Settles when the last of those that run has ended, each with an error after so long. */
  async stop(graceMs: number): Promise<void> {
    this.#stopping = true;
    if (this.#controllers.size === 0) return;
    const emptied = new Promise<void>((resolve) => {
      this.#emptied = resolve;
    });
    const timer = setTimeout(() => {
      for (const controller of this.#controllers) controller.abort(new ChatError(STOPPING));
    }, graceMs);
    await emptied;
    clearTimeout(timer);
  }
}
