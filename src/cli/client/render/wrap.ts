const ESC = "\u001b";
/** Scripts that are written without spaces: a line may end before each of their characters. */
const BREAKABLE = /[\u2e80-\u303f\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af\uf900-\ufaff\uff00-\uff60]/;
/** A style, a line break, spaces, or letters. */
const PIECE = new RegExp(`${ESC}\\[[\\d;]*m|\\n|[ \\t]+|[^${ESC}\\n \\t]+`, "g");

/**
 * Breaks lines between words, as they come: what is held back is the last word, for as long as it may go on. A word
 * that is longer than a line is left to the terminal.
 */
export class Wrap {
  readonly #columns: () => number;
  /** What stands before the further lines of a paragraph. */
  #hang = "";
  #column = 0;
  #spaces = "";
  #word = "";

  constructor(columns: () => number) {
    this.#columns = columns;
  }

  /** From here on, lines that are broken go on after this. */
  hang(prefix: string): void {
    this.#hang = prefix;
  }

  write(text: string): string {
    let shown = "";
    for (const [piece] of text.matchAll(PIECE)) {
      if (piece === "\n") {
        // Spaces at the end of a line are of no use to anybody.
        shown += `${this.#flush()}\n`;
        this.#column = 0;
        this.#spaces = "";
      } else if (piece.startsWith(ESC)) {
        this.#word += piece;
      } else if (/^[ \t]/.test(piece)) {
        shown += this.#flush();
        this.#spaces += piece.replaceAll("\t", "    ");
      } else {
        shown += this.#letters(piece);
      }
    }
    return shown;
  }

  /** Text that is not to be broken, such as the marker of a list item. */
  fixed(text: string): string {
    const shown = this.#flush() + this.#spaces + text;
    this.#column += this.#spaces.length + Bun.stringWidth(text);
    this.#spaces = "";
    return shown;
  }

  /** The word that was held back. */
  end(): string {
    return this.#flush();
  }

  #letters(text: string): string {
    let shown = "";
    let from = 0;
    for (let i = 0; i < text.length; i++) {
      if (!BREAKABLE.test(text[i] ?? "")) continue;
      this.#word += text.slice(from, i);
      shown += this.#flush();
      from = i;
    }
    this.#word += text.slice(from);
    return shown;
  }

  #flush(): string {
    if (this.#word === "") return "";
    const word = this.#word;
    const size = Bun.stringWidth(word);
    this.#word = "";
    const fits = this.#column + this.#spaces.length + size <= this.#columns();
    const isFirst = this.#column <= Bun.stringWidth(this.#hang);
    const gap = fits || isFirst ? this.#spaces : `\n${this.#hang}`;
    this.#column = gap.startsWith("\n")
      ? Bun.stringWidth(this.#hang) + size
      : this.#column + gap.length + size;
    this.#spaces = "";
    return gap + word;
  }
}
