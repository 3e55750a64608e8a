import { createParser } from "eventsource-parser";

/** One server-sent event, dispatched at its blank line. */
export interface SseMessage {
  /** Value of the `event:` field, absent where there was none. */
  readonly event?: string | undefined;
  /** The `data:` lines, joined with LF. */
  readonly data: string;
  /** The body ended before the blank line that should close this event: it may be cut short. */
  readonly unterminated?: true;
}

/** A line or event longer than allowed. The stream cannot be read on. */
export class SseTooLongError extends Error {
  override readonly name = "SseTooLongError";
}

export interface SseDecoder {
  /**
   * Takes the next bytes of the body, cut anywhere, and gives the messages that they complete.
   * @throws {SseTooLongError} once the messages before the line or event that is too long have been given
   */
  feed(bytes: Uint8Array): readonly SseMessage[];
  /** The body is over: gives a last event whose blank line never came. The specification would drop it. */
  flush(): readonly SseMessage[];
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
 * @param maxLength most characters of one line or one event
 * @see https://html.spec.whatwg.org/multipage/server-sent-events.html#parsing-an-event-stream
 */
export function createSseDecoder(maxLength: number): SseDecoder {
  // The parser takes one byte-order mark away; a second one is text.
  const utf8 = new TextDecoder("utf-8", { ignoreBOM: true });
  let messages: SseMessage[] = [];
  let tail: string[] = [];
  let tailLength = 0;
  let overflow: SseTooLongError | undefined;

  const parser = createParser({
    maxBufferSize: maxLength,
    onEvent({ event, data }) {
      if (data.length > maxLength) throw tooLong(maxLength);
      messages.push(event === undefined ? { data } : { event, data });
    },
    onError(error) {
      if (error.type === "max-buffer-size-exceeded") throw tooLong(maxLength);
      if (error.type === "unknown-field" && error.field === "error") {
        messages.push({ event: "error", data: error.value ?? "" });
      }
    },
  });

  function read(text: string): readonly SseMessage[] {
    if (overflow !== undefined) throw overflow;
    messages = [];
    try {
      readLines(text);
    } catch (error) {
      if (!(error instanceof SseTooLongError) || messages.length === 0) throw error;
      overflow = error;
    }
    return messages;
  }

  function readLines(text: string): void {
    const end = Math.max(text.lastIndexOf(LF), text.lastIndexOf(CR)) + 1;
    if (end > 0) {
      tail.push(end === text.length ? text : text.slice(0, end));
      parser.feed(tail.length === 1 ? (tail[0] as string) : tail.join(""));
      tail = [];
      tailLength = 0;
    }
    if (end < text.length) {
      tail.push(text.slice(end));
      tailLength += text.length - end;
      if (tailLength > maxLength) throw tooLong(maxLength);
    }
  }

  return {
    feed: (bytes) => read(utf8.decode(bytes, { stream: true })),
    flush() {
      const complete = read(utf8.decode());
      const last = read(LF + LF);
      return last.length === 0 ? complete : [...complete, ...last.map(cutShort)];
    },
  };
}

function cutShort(message: SseMessage): SseMessage {
  return { ...message, unterminated: true };
}

function tooLong(maxLength: number): SseTooLongError {
  return new SseTooLongError(`a line or event of more than ${maxLength} characters`);
}
