/** As many characters know a text again. */
const HEAD = 64;

/**
 * What was said so far, as far as it takes to know it again: its beginning without white space, since servers that repeat a
 * whole answer at its end trim it; its length; and its last piece. The text itself is not kept, as thousands of answers are
 * open at a time.
 */
export class EmittedText {
  #head = "";
  /** Where the head ends in the text. */
  #headEnd = 0;
  #length = 0;
  #last = "";

  add(text: string): void {
    if (this.#head.length < HEAD) this.#addToHead(text);
    this.#length += text.length;
    this.#last = text;
  }

  #addToHead(text: string): void {
    for (let i = 0; i < text.length && this.#head.length < HEAD; i++) {
      if (isSpace(text.charCodeAt(i))) continue;
      this.#head += text.charAt(i);
      this.#headEnd = this.#length + i + 1;
    }
  }

  get isEmpty(): boolean {
    return this.#head === "";
  }

  /** Whether a text is what was said, written another way: it begins alike, or ends in the last piece. */
  resembles(text: string): boolean {
    const head = this.#head.slice(0, 12);
    const last = this.#last.trimEnd();
    return text.replaceAll(/\s+/g, "").startsWith(head) || (last !== "" && text.trimEnd().endsWith(last));
  }

  /** What a text adds to what was said, beyond white space; undefined if it does not begin with all of that. */
  newsIn(text: string): string | undefined {
    let at = 0;
    for (let known = 0; known < this.#head.length; at++) {
      if (at >= text.length) return undefined;
      if (isSpace(text.charCodeAt(at))) continue;
      if (text.charCodeAt(at) !== this.#head.charCodeAt(known)) return undefined;
      known++;
    }
    const end = at + this.#length - this.#headEnd;
    const last = this.#last.trimEnd();
    // It may lack white space at its end.
    if (end > text.length) return end - text.length <= this.#last.length - last.length ? "" : undefined;
    if (!text.slice(0, end).trimEnd().endsWith(last)) return undefined;
    const news = text.slice(end);
    return news.trim() === "" ? "" : news;
  }
}

function isSpace(unit: number): boolean {
  return unit === 32 || (unit >= 9 && unit <= 13) || unit === 0xa0;
}
