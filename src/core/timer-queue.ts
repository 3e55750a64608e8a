/** Something that is to be called at a time. */
export interface Timer {
  /** When, on the process's monotonic clock, in milliseconds; infinite where it is not set. Kept by the queue. */
  at: number;
  /** Where it is in the heap, -1 where it is not set. Kept by the queue. */
  position: number;
  /** It is time. The timer is not set any more. */
  onTimeout(): void;
}

/**
 * Any number of timers behind one of the runtime's: a stream has two or three of them, and a timer of the runtime costs
 * more memory than all else that a deadline needs. A binary heap, the soonest first.
 */
export class TimerQueue {
  readonly #heap: Timer[] = [];
  #runtimeTimer: ReturnType<typeof setTimeout> | undefined;
  #firesAt = Number.POSITIVE_INFINITY;

  /** How many are set. */
  get size(): number {
    return this.#heap.length;
  }

  /** Sets a timer, or moves one that is set, earlier or later. */
  set(timer: Timer, at: number): void {
    timer.at = at;
    if (timer.position === -1) {
      timer.position = this.#heap.length;
      this.#heap.push(timer);
    }
    this.#reorder(timer);
    this.#schedule();
  }

  clear(timer: Timer): void {
    if (timer.position === -1) return;
    this.#remove(timer);
    // A runtime timer that fires too early finds nothing to do; without any timer it would only keep the process alive.
    if (this.#heap.length === 0) this.#schedule();
  }

  #remove(timer: Timer): void {
    const last = this.#heap.pop();
    if (last !== undefined && last !== timer) {
      last.position = timer.position;
      this.#heap[last.position] = last;
      this.#reorder(last);
    }
    timer.position = -1;
    timer.at = Number.POSITIVE_INFINITY;
  }

  /** Moves a timer to where it belongs. */
  #reorder(timer: Timer): void {
    for (
      let parent = this.#parent(timer);
      parent !== undefined && timer.at < parent.at;
      parent = this.#parent(timer)
    )
      this.#swap(timer, parent);
    for (
      let child = this.#soonerChild(timer);
      child !== undefined && child.at < timer.at;
      child = this.#soonerChild(timer)
    )
      this.#swap(timer, child);
  }

  #parent({ position }: Timer): Timer | undefined {
    return position === 0 ? undefined : this.#heap[(position - 1) >> 1];
  }

  #soonerChild({ position }: Timer): Timer | undefined {
    const left = this.#heap[2 * position + 1];
    const right = this.#heap[2 * position + 2];
    return left !== undefined && right !== undefined && right.at < left.at ? right : left;
  }

  #swap(one: Timer, other: Timer): void {
    [one.position, other.position] = [other.position, one.position];
    this.#heap[one.position] = one;
    this.#heap[other.position] = other;
  }

  /** Has the runtime's timer fire for the first in the queue, if it would fire later. */
  #schedule(): void {
    const at = this.#heap[0]?.at ?? Number.POSITIVE_INFINITY;
    if (at >= this.#firesAt && Number.isFinite(at)) return;
    clearTimeout(this.#runtimeTimer);
    this.#firesAt = at;
    // Of a time in the past the runtime would warn, on stderr.
    const left = Math.max(0, Math.ceil(at - performance.now()));
    this.#runtimeTimer = Number.isFinite(at) ? setTimeout(this.#fire, left) : undefined;
  }

  readonly #fire = (): void => {
    this.#firesAt = Number.POSITIVE_INFINITY;
    const now = performance.now();
    try {
      for (let timer = this.#heap[0]; timer !== undefined && timer.at <= now; timer = this.#heap[0]) {
        this.#remove(timer);
        timer.onTimeout();
      }
    } finally {
      this.#schedule();
    }
  };
}

/** Those of this process. */
export const TIMERS: TimerQueue = new TimerQueue();
