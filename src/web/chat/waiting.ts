import { element } from "../shared/dom.ts";

/** Below so many seconds there is nothing worth saying. */
const WORTH_SAYING = 2;

/** A sign of life before the first word, with the seconds that have passed. */
export class Waiting {
  readonly node: HTMLElement = element("p", { class: "waiting", hidden: true, "aria-hidden": "true" });
  #timer: ReturnType<typeof setInterval> | undefined;

  show(isWaiting: boolean, isThinking: boolean): void {
    this.node.hidden = !isWaiting;
    if (!isWaiting) {
      clearInterval(this.#timer);
      this.#timer = undefined;
      return;
    }
    this.node.dataset["what"] = isThinking ? "Thinking" : "Waiting for the first word";
    if (this.#timer !== undefined) return;
    const started = Date.now();
    const tell = () => {
      const passed = Math.round((Date.now() - started) / 1000);
      this.node.textContent = passed < WORTH_SAYING ? "" : `${this.node.dataset["what"]}, ${passed} s`;
    };
    this.#timer = setInterval(tell, 250);
  }
}
