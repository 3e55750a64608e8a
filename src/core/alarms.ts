/** Something that is to be called at a time. */
export interface Alarm {
  /** When, on the process's monotonic clock, in milliseconds; infinite where it is not set. Kept by the alarms. */
  at: number;
  /** Where it is in the heap. Kept by the alarms. */
  place: number;
  /** It is time. It is not set any more. */
  ring(): void;
}

/**
 * Any number of alarms behind one timer: a stream has two or three of them, and a timer of the runtime costs more
 * memory than the rest of a deadline. A binary heap, the soonest first.
 */
export class Alarms {
  readonly #heap: Alarm[] = [];
  #timer: ReturnType<typeof setTimeout> | undefined;
  #timerAt = Number.POSITIVE_INFINITY;

  /** How many are set. */
  get size(): number {
    return this.#heap.length;
  }

  /** Sets an alarm, or moves one that is set, earlier or later. */
  set(alarm: Alarm, at: number): void {
    alarm.at = at;
    if (alarm.place === -1) {
      alarm.place = this.#heap.length;
      this.#heap.push(alarm);
    }
    this.#settle(alarm);
    this.#wind();
  }

  unset(alarm: Alarm): void {
    if (alarm.place === -1) return;
    this.#remove(alarm);
    // A timer that goes off too early finds nothing to do; without any alarm it would only keep the process alive.
    if (this.#heap.length === 0) this.#wind();
  }

  #remove(alarm: Alarm): void {
    const last = this.#heap.pop();
    if (last !== undefined && last !== alarm) {
      last.place = alarm.place;
      this.#heap[last.place] = last;
      this.#settle(last);
    }
    alarm.place = -1;
    alarm.at = Number.POSITIVE_INFINITY;
  }

  /** Moves an alarm to where it belongs. */
  #settle(alarm: Alarm): void {
    for (
      let above = this.#above(alarm);
      above !== undefined && alarm.at < above.at;
      above = this.#above(alarm)
    )
      this.#swap(alarm, above);
    for (
      let below = this.#below(alarm);
      below !== undefined && below.at < alarm.at;
      below = this.#below(alarm)
    )
      this.#swap(alarm, below);
  }

  #above({ place }: Alarm): Alarm | undefined {
    return place === 0 ? undefined : this.#heap[(place - 1) >> 1];
  }

  /** The sooner of the two below. */
  #below({ place }: Alarm): Alarm | undefined {
    const left = this.#heap[2 * place + 1];
    const right = this.#heap[2 * place + 2];
    return left !== undefined && right !== undefined && right.at < left.at ? right : left;
  }

  #swap(one: Alarm, other: Alarm): void {
    [one.place, other.place] = [other.place, one.place];
    this.#heap[one.place] = one;
    this.#heap[other.place] = other;
  }

  /** Has the timer go off for the first alarm, if it would go off later. */
  #wind(): void {
    const at = this.#heap[0]?.at ?? Number.POSITIVE_INFINITY;
    if (at >= this.#timerAt && Number.isFinite(at)) return;
    clearTimeout(this.#timer);
    this.#timerAt = at;
    // Of a time in the past the runtime would warn, on stderr.
    const left = Math.max(0, Math.ceil(at - performance.now()));
    this.#timer = Number.isFinite(at) ? setTimeout(this.#ring, left) : undefined;
  }

  readonly #ring = (): void => {
    this.#timerAt = Number.POSITIVE_INFINITY;
    const now = performance.now();
    try {
      for (let alarm = this.#heap[0]; alarm !== undefined && alarm.at <= now; alarm = this.#heap[0]) {
        this.#remove(alarm);
        alarm.ring();
      }
    } finally {
      this.#wind();
    }
  };
}

/** Those of this process. */
export const ALARMS: Alarms = new Alarms();
