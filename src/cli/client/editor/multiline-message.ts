/** What a line does to the message that is being typed. */
export type Typed =
  /** More lines belong to it. */
  { readonly type: "more" } | { readonly type: "message"; readonly text: string };

const QUOTES = '"""';

/**
 * Puts a message together out of lines: between `"""` and `"""` each is part of it, and a line that ends with a
 * backslash goes on in the next.
 */
export class MessageLines {
  #lines: string[] = [];
  #isQuoted = false;

  /** Whether a message has been begun. */
  get isOpen(): boolean {
    return this.#isQuoted || this.#lines.length > 0;
  }

  add(line: string): Typed {
    if (!this.#isQuoted && this.#lines.length === 0 && line.trimStart().startsWith(QUOTES)) {
      this.#isQuoted = true;
      return this.#quoted(line.trimStart().slice(QUOTES.length), true);
    }
    if (this.#isQuoted) return this.#quoted(line, false);
    if (line.endsWith("\\")) {
      this.#lines.push(line.slice(0, -1));
      return { type: "more" };
    }
    return this.#take([...this.#lines, line]);
  }

  /** Forgets what was begun. */
  drop(): void {
    this.#lines = [];
    this.#isQuoted = false;
  }

  #quoted(line: string, isFirst: boolean): Typed {
    const end = line.trimEnd();
    const closes = end.endsWith(QUOTES);
    const text = closes ? end.slice(0, -QUOTES.length) : line;
    // Quotes on a line of their own are no line of the message.
    if (text !== "" || (!isFirst && !closes)) this.#lines.push(text);
    return closes ? this.#take(this.#lines) : { type: "more" };
  }

  #take(lines: readonly string[]): Typed {
    const text = lines.join("\n");
    this.drop();
    return { type: "message", text };
  }
}
