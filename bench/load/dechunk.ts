/** Takes the framing off a body sent with `transfer-encoding: chunked`. Bytes are characters here (latin1). */
export class Dechunker {
  /** Characters of the chunk that is being read, its CR LF included, still to come. */
  #left = 0;
  /** A size line that was cut by the network. */
  #line = "";
  over = false;

  /** The part of the body that these characters hold. */
  feed(text: string): string {
    if (this.#left > 2 && text.length <= this.#left - 2) {
      this.#left -= text.length;
      return text;
    }
    let body = "";
    let at = 0;
    while (at < text.length && !this.over) {
      if (this.#left > 0) {
        const end = Math.min(text.length, at + this.#left);
        const bodyEnd = Math.min(end, at + Math.max(0, this.#left - 2));
        body += text.slice(at, bodyEnd);
        this.#left -= end - at;
        at = end;
        continue;
      }
      const lineEnd = text.indexOf("\n", at);
      if (lineEnd === -1) {
        this.#line += text.slice(at);
        break;
      }
      const size = Number.parseInt(this.#line + text.slice(at, lineEnd), 16);
      if (Number.isNaN(size)) throw new Error("The server sent a chunk without a size.");
      this.#line = "";
      at = lineEnd + 1;
      // The last chunk is empty; what follows it is one more CR LF, which the caller drops.
      if (size === 0) this.over = true;
      else this.#left = size + 2;
    }
    return body;
  }
}
