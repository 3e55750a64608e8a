import { TIMERS, type Timer } from "./timer-queue.ts";

/**
 * A deadline that is moved with every event, thousands of times in a stream. Moving it only notes a number;
 * the timer behind it is set anew when it fires too early.
 */
export class Deadline implements Timer {
  readonly #owner: Pick<Timer, "onTimeout">;
  #due = Number.POSITIVE_INFINITY;
  #remaining = Number.POSITIVE_INFINITY;
  /** When the timer fires, and its place in the queue; both kept by the queue. */
  at = Number.POSITIVE_INFINITY;
  position = -1;

  /** @param owner its `onTimeout` is called once each time that the deadline passes */
  constructor(owner: Pick<Timer, "onTimeout">) {
    this.#owner = owner;
  }

  /** Sets the deadline, in milliseconds from now. */
  set(milliseconds: number): void {
    this.#due = performance.now() + milliseconds;
    if (this.at > this.#due) TIMERS.set(this, this.#due);
  }

  /** Stops the time, for as long as nobody could meet the deadline: a client that does not read. */
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
    TIMERS.clear(this);
    this.#due = this.#remaining = Number.POSITIVE_INFINITY;
  }

  onTimeout(): void {
    if (!Number.isFinite(this.#due)) return;
    if (performance.now() < this.#due) {
      TIMERS.set(this, this.#due);
    } else {
      this.clear();
      this.#owner.onTimeout();
    }
  }
}
