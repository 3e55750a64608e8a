/** FNV-1a, 32 bits. */
const OFFSET = 0x811c9dc5;
const PRIME = 0x01000193;
const HEAD = 12;

/**
 * What was said so far, as far as it takes to know it again: a digest without white space, since servers that repeat a
 * whole answer at its end trim it. The text itself is not kept; thousands of answers are open at a time.
 */
export class SaidText {
  #digest = OFFSET;
  #count = 0;
  #spaces = 0;
  /** The first characters, without white space, and the last piece. */
  #head = "";
  #last = "";

  add(text: string): void {
    if (this.#head.length < HEAD) this.#head = (this.#head + text.replaceAll(/\s+/g, "")).slice(0, HEAD);
    if (text.trim() !== "") this.#last = text;
    let digest = this.#digest;
    for (let i = 0; i < text.length; i++) {
      const unit = text.charCodeAt(i);
      if (isSpace(unit)) {
        this.#spaces++;
      } else {
        digest = Math.imul(digest ^ unit, PRIME);
        this.#count++;
        this.#spaces = 0;
      }
    }
    this.#digest = digest;
  }

  get isEmpty(): boolean {
    return this.#count === 0;
  }

  /** Whether a text is what was said, written another way: it begins alike, or ends in the last piece. */
  resembles(text: string): boolean {
    const plain = text.replaceAll(/\s+/g, "");
    return plain.startsWith(this.#head) || text.trimEnd().endsWith(this.#last.trimEnd());
  }

  /** What a text adds to what was said, beyond white space; undefined if it does not begin with all of that. */
  newsIn(text: string): string | undefined {
    let digest = OFFSET;
    let seen = 0;
    let i = 0;
    for (; i < text.length && seen < this.#count; i++) {
      const unit = text.charCodeAt(i);
      if (isSpace(unit)) continue;
      digest = Math.imul(digest ^ unit, PRIME);
      seen++;
    }
    if (seen < this.#count || digest !== this.#digest) return undefined;
    for (let spaces = this.#spaces; spaces > 0 && isSpace(text.charCodeAt(i)); spaces--) i++;
    const news = text.slice(i);
    return news.trim() === "" ? "" : news;
  }
}

function isSpace(unit: number): boolean {
  return unit === 32 || (unit >= 9 && unit <= 13) || unit === 0xa0;
}
