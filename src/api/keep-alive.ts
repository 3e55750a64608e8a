import { Deadline, type Timed } from "../core/deadline.ts";

/** Stands in for what is awaited when it is time to say something though nothing has come. */
export const SILENCE: unique symbol = Symbol("silence");

/** Reads a source, with a word in between whenever nothing has been written for too long. */
export class Listener<T> implements Timed {
  readonly #source: { next(): Promise<T> };
  readonly #silenceMs: number;
  readonly #deadline = new Deadline(this);
  #pending: Promise<T> | undefined;
  #waiting: ((value: typeof SILENCE) => void) | undefined;
  #silent = false;

  constructor(source: { next(): Promise<T> }, silenceMs: number) {
    this.#source = source;
    this.#silenceMs = silenceMs;
    this.wrote();
  }

  /** What the source gives next, or silence. What was awaited is not lost by it. */
  next(): Promise<T | typeof SILENCE> {
    if (this.#silent) return Promise.resolve(SILENCE);
    const { promise, resolve, reject } = Promise.withResolvers<T | typeof SILENCE>();
    this.#waiting = resolve;
    this.#pending ??= this.#source.next();
    this.#pending.then((value) => {
      if (this.#waiting !== resolve) return;
      this.#waiting = this.#pending = undefined;
      resolve(value);
    }, reject);
    return promise;
  }

  /** Something went out: the silence begins anew. */
  wrote(): void {
    this.#silent = false;
    this.#deadline.set(this.#silenceMs);
  }

  close(): void {
    this.#deadline.clear();
  }

  /** It is time for a word. */
  missed(): void {
    this.#silent = true;
    this.#waiting?.(SILENCE);
    this.#waiting = undefined;
  }
}
