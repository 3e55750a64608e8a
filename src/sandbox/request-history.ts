/** More callers than this are not remembered; the oldest is forgotten. */
const MOST = 10_000;

/** All that the sandbox remembers from one request to the next: who was refused the first time. */
export class RequestHistory {
  readonly #since = new Map<string, number>();

  /** True, then false within so many seconds, then true again. */
  firstOfTwo(caller: string, withinSeconds: number): boolean {
    const since = this.#since.get(caller);
    this.#since.delete(caller);
    const now = performance.now();
    if (since !== undefined && now - since <= withinSeconds * 1_000) return false;
    this.#since.set(caller, now);
    const [oldest] = this.#since.keys();
    if (this.#since.size > MOST && oldest !== undefined) this.#since.delete(oldest);
    return true;
  }
}
