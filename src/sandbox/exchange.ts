export type ExchangeEnd = "finished" | "cancelled";

/**
 * One request and its answer, until that is over or the client has left. Whoever waits on its behalf waits
 * here, so that leaving ends every wait at once.
 */
export class Exchange {
  /** How it ended. Never rejects. */
  readonly closed: Promise<ExchangeEnd>;
  /** When it ended, in milliseconds since 1970, with fractions. */
  closedAt: number | undefined;
  /** A body goes on after the response was made, and will end the exchange itself. */
  streaming = false;
  readonly #close: (how: ExchangeEnd) => void;
  readonly #onEnd: () => void;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #wake: (() => void) | undefined;

  /** `onEnd` runs once, at once. */
  constructor(onEnd: () => void) {
    this.#onEnd = onEnd;
    const { promise, resolve } = Promise.withResolvers<ExchangeEnd>();
    this.closed = promise;
    this.#close = resolve;
  }

  get over(): boolean {
    return this.closedAt !== undefined;
  }

  /** Waits for so many milliseconds (Infinity: for ever) or until the client leaves. One wait at a time. */
  pause(ms: number): Promise<void> {
    if (this.over) return Promise.resolve();
    return new Promise((resolve) => {
      this.#wake = resolve;
      if (ms !== Number.POSITIVE_INFINITY) this.#timer = setTimeout(resolve, ms);
    });
  }

  /** Only the first call counts. */
  end(how: ExchangeEnd): void {
    if (this.over) return;
    this.closedAt = now();
    clearTimeout(this.#timer);
    this.#onEnd();
    this.#wake?.();
    this.#close(how);
  }
}

/** Milliseconds since 1970, with fractions. */
export function now(): number {
  return performance.timeOrigin + performance.now();
}
