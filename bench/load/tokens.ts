const MARK = "tok-";
const TOKEN_LENGTH = MARK.length + 4;
const DONE = "[DONE]";

/**
 * Reads the numbered tokens (`tok-0001`, `tok-0002`, …) out of a stream in whatever frames they come, and notices each
 * one that is lost, doubled or swapped.
 */
export class TokenReader {
  /** Tokens so far. */
  count = 0;
  #tail = "";
  #end = "";

  /**
   * Takes the next characters, cut anywhere.
   * @throws where a token is not the next one
   */
  feed(text: string): void {
    const all = this.#tail + text;
    let next = 0;
    for (
      let at = all.indexOf(MARK);
      at !== -1 && at + TOKEN_LENGTH <= all.length;
      at = all.indexOf(MARK, next)
    ) {
      next = at + TOKEN_LENGTH;
      const number = Number(all.slice(at + MARK.length, next));
      if (number !== ++this.count) throw new Error(`Token ${this.count} was expected and ${number} came.`);
    }
    this.#tail = all.slice(Math.max(next, all.length - TOKEN_LENGTH + 1));
    this.#end = (this.#end + text).slice(-32);
  }

  /** @throws unless the answer was whole: so many tokens, and its end */
  finish(expected: number): void {
    if (this.count !== expected) throw new Error(`${expected} tokens were expected and ${this.count} came.`);
    if (!this.#end.includes(DONE)) throw new Error("An answer stopped before its end.");
  }
}
