/** Work in steps: it pauses at its yields and returns a number of tokens. */
export type Steps = Generator<void, number>;

/**
 * Jobs that take turns. Every other turn goes to a short job, if there is one: it then waits for a turn or two,
 * however many long ones are under way, and these still go on.
 *
 * Results come through `done` and `failed`, once for each job that was not removed.
 */
export class FairScheduler {
  // Maps keep the order of insertion.
  readonly #short = new Map<number, Steps>();
  readonly #long = new Map<number, Steps>();
  readonly #done: (id: number, tokens: number) => void;
  readonly #failed: (id: number, error: unknown) => void;
  #shortIsNext = true;

  constructor(done: (id: number, tokens: number) => void, failed: (id: number, error: unknown) => void) {
    this.#done = done;
    this.#failed = failed;
  }

  get size(): number {
    return this.#short.size + this.#long.size;
  }

  /** @param short it should end within a turn; if it does not, it goes on as a long one */
  add(id: number, steps: Steps, short: boolean): void {
    (short ? this.#short : this.#long).set(id, steps);
  }

  remove(id: number): void {
    this.#short.delete(id);
    this.#long.delete(id);
  }

  /** Lets the job whose turn it is go on until it ends or, between two steps, `isOver` says so. */
  turn(isOver: () => boolean): void {
    const short = this.#long.size === 0 || (this.#shortIsNext && this.#short.size > 0);
    this.#shortIsNext = !short;
    const [next] = short ? this.#short : this.#long;
    if (next === undefined) return;
    const [id, steps] = next;
    this.remove(id);
    try {
      do {
        const step = steps.next();
        if (step.done) {
          this.#done(id, step.value);
          return;
        }
      } while (!isOver());
      this.#long.set(id, steps);
    } catch (error) {
      this.#failed(id, error);
    }
  }
}
