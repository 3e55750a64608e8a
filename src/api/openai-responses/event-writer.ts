/** Writes a stream's events, each with the number that rises by one. */
export class EventWriter {
  #next = 0;

  /** Goes on after an event that somebody else wrote. */
  follow(number = this.#next): void {
    this.#next = number + 1;
  }

  /** One event as a frame. */
  event(type: string, fields: Readonly<Record<string, unknown>>): string {
    return this.json(type, JSON.stringify(fields).slice(1, -1));
  }

  /** One event as a frame. @param fields as JSON without the braces around it; at least one */
  json(type: string, fields: string): string {
    return `event: ${type}\ndata: {"type":"${type}",${fields},"sequence_number":${this.#next++}}\n\n`;
  }
}
