/** Turns once a millisecond. */
const TICK_MS = 1;

interface Beat {
  readonly interval: number;
  readonly act: () => void;
  due: number;
}

/**
 * Thousands of beats on one timer. Each is due by the clock and not by the one before, so that the rate holds, and each
 * begins at a moment of its own, so that they do not all come at once.
 */
export class Wheel {
  readonly #beats = new Set<Beat>();
  #timer: ReturnType<typeof setInterval> | undefined;

  /** @param interval milliseconds between two beats @returns what ends them */
  add(interval: number, act: () => void): () => void {
    const beat: Beat = { interval, act, due: performance.now() + interval * Math.random() + TICK_MS };
    this.#beats.add(beat);
    this.#timer ??= setInterval(() => this.#turn(), TICK_MS);
    return () => this.#remove(beat);
  }

  #turn(): void {
    const now = performance.now();
    for (const beat of this.#beats) {
      if (beat.due > now) continue;
      beat.due = Math.max(beat.due + beat.interval, now - 10 * beat.interval);
      beat.act();
    }
  }

  #remove(beat: Beat): void {
    this.#beats.delete(beat);
    if (this.#beats.size > 0) return;
    clearInterval(this.#timer);
    this.#timer = undefined;
  }
}
