/** FNV-1a, 32 bits. */
const OFFSET = 0x811c9dc5;
const PRIME = 0x01000193;

/**
 * What was said so far, as far as it takes to know it again: a digest without white space, since servers that repeat a
 * whole answer at its end trim it. The text itself is not kept; thousands of answers are open at a time.
 */
export class SaidText {
  #digest = OFFSET;
  #count = 0;
  #spaces = 0;

  add(text: string): void {
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

  /**
   * What a text adds to what was said, if it begins with all of that; `shorter` if it is too short for it, `other` if it
   * begins in another way.
   */
  compare(text: string): { readonly adds: string } | "shorter" | "other" {
    let digest = OFFSET;
    let seen = 0;
    let i = 0;
    for (; i < text.length && seen < this.#count; i++) {
      const unit = text.charCodeAt(i);
      if (isSpace(unit)) continue;
      digest = Math.imul(digest ^ unit, PRIME);
      seen++;
    }
    if (seen < this.#count) return "shorter";
    if (digest !== this.#digest) return "other";
    for (let spaces = this.#spaces; spaces > 0 && isSpace(text.charCodeAt(i)); spaces--) i++;
    return { adds: text.slice(i) };
  }
}

function isSpace(unit: number): boolean {
  return unit === 32 || (unit >= 9 && unit <= 13) || unit === 0xa0;
}
