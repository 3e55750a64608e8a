import type { Exchange } from "./exchange.ts";

/** A stream that could not be written for a while hurries, but not for more than this. */
const MOST_BEHIND_MS = 1_000;

/** Keeps the time between tokens. Each is due by the clock and not by the one before, so that the rate holds. */
export class Pacer {
  readonly #exchange: Exchange;
  readonly #interval: number;
  #due = performance.now();

  /** `rate` is in tokens a second; 0 is no pace at all. */
  constructor(rate: number, exchange: Exchange) {
    this.#exchange = exchange;
    this.#interval = rate > 0 ? 1_000 / rate : 0;
  }

  /** Settles when the next token is due. */
  async nextToken(): Promise<void> {
    if (this.#interval === 0) return;
    const now = performance.now();
    this.#due = Math.max(this.#due, now - MOST_BEHIND_MS);
    if (this.#due > now) await this.#exchange.pause(this.#due - now);
    this.#due += this.#interval;
  }

  /** A rest in the script. The next token is due right after it. */
  async pause(ms: number): Promise<void> {
    await this.#exchange.pause(ms);
    this.#due = performance.now();
  }
}
