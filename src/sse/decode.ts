import { createParser, type EventSourceParser } from "eventsource-parser";

/** One server-sent event, dispatched at its blank line. */
export interface SseMessage {
  /** Value of the `event:` field, absent where there was none. */
  readonly event?: string | undefined;
  /** The `data:` lines, joined with LF. */
  readonly data: string;
  /** The body ended before the blank line that should close this event: it may be cut short. */
  readonly unterminated?: true;
}

/** @returns how many characters it has read */
export type ReadRun = (stream: string) => number;

/** A line or event longer than allowed. The stream cannot be read on. */
export class SseTooLongError extends Error {
  override readonly name = "SseTooLongError";
}

const LF = "\n";
const CR = "\r";

/**
 * Bytes to messages, by WHATWG HTML 9.2, with two liberties that real servers ask for: an event at the very end
 * needs no blank line, and a field called `error` (llama.cpp until September 2025) counts as `event: error`.
 *
 * Only whole lines go to eventsource-parser. It throws away the start of a split line that cannot become a field it
 * knows, and an `error:` line cut by the network would vanish that way.
 *
 * @see https://html.spec.whatwg.org/multipage/server-sent-events.html#parsing-an-event-stream
 */
export class SseDecoder {
  // The parser takes one byte-order mark away; a second one is text.
  readonly #utf8 = new TextDecoder("utf-8", { ignoreBOM: true });
  readonly #maxLength: number;
  readonly #parser: EventSourceParser;
  #messages: SseMessage[] = [];
  #tail: string[] = [];
  #tailLength = 0;
  #overflow: SseTooLongError | undefined;
  /** All that has come so far are whole events. */
  #isBetweenEvents = false;

  /** @param maxLength most characters of one line or one event */
  constructor(maxLength: number) {
    this.#maxLength = maxLength;
    this.#parser = createParser({
      maxBufferSize: maxLength,
      onEvent: ({ event, data }) => {
        if (data.length > maxLength) throw tooLong(maxLength);
        this.#messages.push(event === undefined ? { data } : { event, data });
      },
      onError: (error) => {
        if (error.type === "max-buffer-size-exceeded") throw tooLong(maxLength);
        if (error.type === "unknown-field" && error.field === "error") {
          this.#messages.push({ event: "error", data: error.value ?? "" });
        }
      },
    });
  }

  /**
   * Takes the next bytes of the body, cut anywhere, and gives the messages that they complete.
   * @param readRun may read events before they are parsed: it is given whole lines, of which the first begins an event, and
   *   says how many characters of them it has read
   * @throws {SseTooLongError} once the messages before the line or event that is too long have been given
   */
  feed(bytes: Uint8Array, readRun?: ReadRun): readonly SseMessage[] {
    return this.#read(this.#utf8.decode(bytes, { stream: true }), readRun);
  }

  /** The body is over: gives a last event whose blank line never came. The specification would drop it. */
  flush(): readonly SseMessage[] {
    const complete = this.#read(this.#utf8.decode());
    const last = this.#read(LF + LF);
    return last.length === 0 ? complete : [...complete, ...last.map(cutShort)];
  }

  #read(text: string, readRun?: ReadRun): readonly SseMessage[] {
    if (this.#overflow !== undefined) throw this.#overflow;
    this.#messages = [];
    try {
      this.#readLines(text, readRun);
    } catch (error) {
      if (!(error instanceof SseTooLongError) || this.#messages.length === 0) throw error;
      this.#overflow = error;
    }
    return this.#messages;
  }

  #readLines(text: string, readRun: ReadRun | undefined): void {
    const end = text.endsWith(LF) ? text.length : Math.max(text.lastIndexOf(LF), text.lastIndexOf(CR)) + 1;
    if (end > 0) {
      let lines = end === text.length ? text : text.slice(0, end);
      if (this.#tailLength > 0) {
        lines = this.#tail.join("") + lines;
        this.#tail = [];
        this.#tailLength = 0;
      }
      this.#parse(this.#isBetweenEvents && readRun !== undefined ? this.#behindRun(lines, readRun) : lines);
    }
    if (end < text.length) {
      this.#tail.push(text.slice(end));
      this.#tailLength += text.length - end;
      if (this.#tailLength > this.#maxLength) throw tooLong(this.#maxLength);
    }
  }

  /** Lines that are too long are for the parser to find. */
  #behindRun(lines: string, readRun: ReadRun): string {
    return lines.length > this.#maxLength ? lines : lines.slice(readRun(lines));
  }

  #parse(lines: string): void {
    if (lines === "") return;
    this.#parser.feed(lines);
    this.#isBetweenEvents = lines.endsWith(LF + LF);
  }
}

function cutShort(message: SseMessage): SseMessage {
  return { ...message, unterminated: true };
}

function tooLong(maxLength: number): SseTooLongError {
  return new SseTooLongError(`a line or event of more than ${maxLength} characters`);
}
