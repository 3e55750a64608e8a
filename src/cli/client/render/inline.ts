import { judgeMark, MARK, type Mark } from "./marks.ts";

const ESC = "\u001b[";

/** A style: how it is switched on and off. */
export interface Sgr {
  readonly on: string;
  readonly off: string;
}

const sgr = (on: string, off: string): Sgr => ({ on: `${ESC}${on}m`, off: `${ESC}${off}m` });

const STRONG = sgr("1", "22");
const EMPHASIS = sgr("3", "23");
const STRIKE = sgr("9", "29");
const CODE = sgr("36", "39");
const LINK = sgr("4", "24");
export const DIM = sgr("2", "22");
export const HEADING = sgr("1;35", "22;39");
export const BULLET = sgr("36", "39");

/** The text in a style; what holds around it is switched on again after it. */
export function styled(text: string, style: Sgr, around?: Sgr): string {
  return `${style.on}${text}${style.off}${around?.on ?? ""}`;
}

/** The inline marks of one line, in whatever pieces it comes. */
export class InlineText {
  readonly #around: Sgr | undefined;
  #held = "";
  #before = "";

  /** @param around a style that holds for the whole line */
  constructor(around?: Sgr) {
    this.#around = around;
  }

  /**
   * What can be shown. Held back is only what follows a mark that may still find its end.
   * @param isWhole nothing more follows on this line
   */
  write(text: string, isWhole: boolean): string {
    this.#held += text;
    let shown = "";
    while (this.#held !== "") {
      const at = this.#held.search(MARK);
      const length = at < 0 ? this.#held.length : at;
      if (length > 0) {
        shown += this.#held.slice(0, length);
        this.#take(length);
        continue;
      }
      const mark = judgeMark(this.#held, this.#before, isWhole);
      if (mark.type === "open") break;
      shown += this.#show(mark);
      this.#take(mark.length);
    }
    return shown;
  }

  #take(length: number): void {
    this.#before = this.#held[length - 1] ?? "";
    this.#held = this.#held.slice(length);
  }

  #show(mark: Exclude<Mark, { type: "open" }>): string {
    switch (mark.type) {
      case "text":
        return mark.shown ?? this.#held.slice(0, mark.length);
      case "code":
        return styled(mark.text, CODE, this.#around);
      case "strong":
        return styled(inlineText(mark.text, STRONG), STRONG, this.#around);
      case "emphasis":
        return styled(inlineText(mark.text, EMPHASIS), EMPHASIS, this.#around);
      case "strike":
        return styled(inlineText(mark.text, STRIKE), STRIKE, this.#around);
      case "link": {
        const text = styled(inlineText(mark.text, LINK), LINK, this.#around);
        const isPlain = mark.url === "" || mark.url === mark.text || mark.url === `mailto:${mark.text}`;
        return isPlain ? text : `${text} ${styled(`(${mark.url})`, DIM, this.#around)}`;
      }
    }
  }
}

/** A text that is at hand whole. */
function inlineText(text: string, around: Sgr): string {
  return new InlineText(around).write(text, true);
}
