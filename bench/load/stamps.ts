import { microseconds } from "../shared-clock.ts";

const TOKEN = /tok-(\d{4}) (\d{16}) /g;
const TOKEN_LENGTH = "tok-0001 0000000000000000 ".length;

/** Reads tokens that bear the moment of their writing, and says how long each was on its way. */
export class StampReader {
  /** Tokens so far. */
  count = 0;
  #tail = "";

  /**
   * @param told of each token: its way from the provider's write to here, in milliseconds
   * @throws where a token is not the next one
   */
  feed(text: string, told: (milliseconds: number) => void): void {
    const now = microseconds();
    const all = this.#tail + text;
    let next = 0;
    for (const match of all.matchAll(TOKEN)) {
      const number = Number(match[1]);
      if (number !== ++this.count) throw new Error(`Token ${this.count} was expected and ${number} came.`);
      told((now - Number(match[2])) / 1e3);
      next = match.index + TOKEN_LENGTH;
    }
    this.#tail = all.slice(Math.max(next, all.length - TOKEN_LENGTH + 1));
  }
}
