/** Of the time, drawing takes at most one part in so many: a very long answer is drawn less often. */
const SHARE = 5;

/** Draws at most once for each frame of the screen, however often it is asked to. */
export class Painter {
  readonly #draw: () => void;
  #isPlanned = false;
  #notBefore = 0;

  constructor(draw: () => void) {
    this.#draw = draw;
  }

  paint(): void {
    if (this.#isPlanned) return;
    this.#isPlanned = true;
    const plan = () => requestAnimationFrame(() => this.#drawTimed());
    const wait = this.#notBefore - performance.now();
    if (wait > 0) setTimeout(plan, wait);
    else plan();
  }

  #drawTimed(): void {
    const started = performance.now();
    this.#isPlanned = false;
    this.#draw();
    const ended = performance.now();
    this.#notBefore = ended + (ended - started) * (SHARE - 1);
  }
}
