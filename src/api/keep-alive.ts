import { Deadline } from "../core/deadline.ts";

/** Stands in for what is awaited when it is time to send something though nothing has come. */
export const IDLE: unique symbol = Symbol("idle");

/** Reads a source, and reports in between whenever nothing has been sent for too long. */
export class KeepAliveReader<T> {
  readonly #source: { next(): Promise<T> };
  readonly #idleMs: number;
  readonly #deadline = new Deadline(this);
  #pending: Promise<T> | undefined;
  #waiting: ((value: typeof IDLE) => void) | undefined;
  #isIdle = false;

  constructor(source: { next(): Promise<T> }, idleMs: number) {
    this.#source = source;
    this.#idleMs = idleMs;
    this.sent();
  }

  /** What the source gives next, or `IDLE`. What was awaited is not lost by it. */
  next(): Promise<T | typeof IDLE> {
    if (this.#isIdle) return Promise.resolve(IDLE);
    const { promise, resolve, reject } = Promise.withResolvers<T | typeof IDLE>();
    this.#waiting = resolve;
    this.#pending ??= this.#source.next();
    this.#pending.then((value) => {
      if (this.#waiting !== resolve) return;
      this.#waiting = this.#pending = undefined;
      resolve(value);
    }, reject);
    return promise;
  }

  /** Something was sent: the time begins anew. */
  sent(): void {
    this.#isIdle = false;
    this.#deadline.set(this.#idleMs);
  }

  close(): void {
    this.#deadline.clear();
  }

  onTimeout(): void {
    this.#isIdle = true;
    this.#waiting?.(IDLE);
    this.#waiting = undefined;
  }
}
