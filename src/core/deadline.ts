/** What has a deadline. */
export interface Timed {
  /** Called once each time that a deadline passes. */
  missed(): void;
}

/**
 * A deadline that is moved with every event, thousands of times in a stream. Moving it only notes a number;
 * the one timer behind it is set anew when it goes off too early.
 */
export class Deadline {
  readonly #timed: Timed;
  #due = Number.POSITIVE_INFINITY;
  #remaining = Number.POSITIVE_INFINITY;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #timerDue = Number.POSITIVE_INFINITY;

  constructor(timed: Timed) {
    this.#timed = timed;
  }

  /** Sets the deadline, in milliseconds from now. */
  set(milliseconds: number): void {
    this.#due = performance.now() + milliseconds;
    if (this.#timerDue > this.#due) this.#arm();
  }

  /** Stops the clock, for as long as nobody could meet the deadline: a client that does not read. */
  pause(): void {
    this.#remaining = this.#due - performance.now();
    this.#due = Number.POSITIVE_INFINITY;
  }

  resume(): void {
    if (Number.isFinite(this.#remaining)) this.set(Math.max(0, this.#remaining));
    this.#remaining = Number.POSITIVE_INFINITY;
  }

  /** No deadline any more. */
  clear(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#due = this.#remaining = this.#timerDue = Number.POSITIVE_INFINITY;
  }

  #arm(): void {
    clearTimeout(this.#timer);
    this.#timerDue = this.#due;
    this.#timer = setTimeout(() => this.#ring(), this.#due - performance.now());
  }

  #ring(): void {
    this.#timerDue = Number.POSITIVE_INFINITY;
    if (!Number.isFinite(this.#due)) return;
    if (performance.now() < this.#due) {
      this.#arm();
    } else {
      this.clear();
      this.#timed.missed();
    }
  }
}
