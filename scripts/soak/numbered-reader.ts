/** Reads a stream of numbered tokens (`17@1763836800000.5 `) and knows what is lost, twice there, or out of order. */

const TOKEN = /"content":"((?:\d+@[\d.]+ )+)"/g;

export class NumberedReader {
  readonly #told: (sentAt: number) => void;
  #rest = "";
  #last = 0;
  #wrong: string | undefined;
  #over = false;
  #failure: string | undefined;

  /** @param told of each token: when the provider sent it */
  constructor(told: (sentAt: number) => void) {
    this.#told = told;
  }

  /** Takes what came. Gives true once the stream is over. */
  feed(text: string): boolean {
    this.#rest += text;
    const end = this.#rest.lastIndexOf("\n\n");
    if (end === -1) return this.#over;
    const lines = this.#rest.slice(0, end);
    this.#rest = this.#rest.slice(end);
    for (const [, tokens = ""] of lines.matchAll(TOKEN))
      for (const token of tokens.trimEnd().split(" ")) this.#take(token);
    if (lines.includes('"error":'))
      this.#failure ??= lines.slice(lines.indexOf('"error":'), lines.indexOf('"error":') + 200);
    this.#over ||= lines.includes("data: [DONE]");
    return this.#over;
  }

  #take(token: string): void {
    const [number, sentAt] = token.split("@").map(Number);
    if (number !== this.#last + 1) this.#wrong ??= `${number} after ${this.#last}`;
    this.#last = number ?? Number.NaN;
    this.#told(sentAt ?? 0);
  }

  /** What was wrong with the stream; undefined where it held all tokens, each once, in their order. */
  complaint(tokens: number): string | undefined {
    if (this.#wrong !== undefined) return this.#wrong;
    if (this.#failure !== undefined) return this.#failure;
    if (!this.#over) return `it ended after ${this.#last} without [DONE]`;
    return this.#last === tokens ? undefined : `${this.#last} tokens`;
  }
}
