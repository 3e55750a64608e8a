import { ALARMS, type Alarm } from "./alarms.ts";

/** What has a deadline. */
export interface Timed {
  /** Called once each time that a deadline passes. */
  missed(): void;
}

/**
 * A deadline that is moved with every event, thousands of times in a stream. Moving it only notes a number;
 * the alarm behind it is set anew when it goes off too early.
 */
export class Deadline implements Alarm {
  readonly #timed: Timed;
  #due = Number.POSITIVE_INFINITY;
  #remaining = Number.POSITIVE_INFINITY;
  /** When the alarm goes off; kept by the alarms, as is the place among them. */
  at = Number.POSITIVE_INFINITY;
  place = -1;

  constructor(timed: Timed) {
    this.#timed = timed;
  }

  /** Sets the deadline, in milliseconds from now. */
  set(milliseconds: number): void {
    this.#due = performance.now() + milliseconds;
    if (this.at > this.#due) ALARMS.set(this, this.#due);
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
    ALARMS.unset(this);
    this.#due = this.#remaining = Number.POSITIVE_INFINITY;
  }

  ring(): void {
    if (!Number.isFinite(this.#due)) return;
    if (performance.now() < this.#due) {
      ALARMS.set(this, this.#due);
    } else {
      this.clear();
      this.#timed.missed();
    }
  }
}
