import { type ChatEvent, endsAnswer } from "../core/event.ts";
import type { Failure } from "../core/failure.ts";
import type { Decoder } from "../protocols/protocol.ts";
import { SseDecoder, type SseMessage, SseTooLongError } from "../sse/decode.ts";

export interface ResponseLimits {
  /** Most characters of one line or event. */
  readonly maxLine: number;
  /** Most bytes of a whole answer. */
  readonly maxAnswer: number;
}

/**
 * The bytes of one streamed response to events: SSE within limits, then the provider's protocol. It never throws: whatever is
 * wrong with the bytes becomes the one `error` event, unless the provider has already said that it is finished.
 */
export class ResponseDecoder {
  readonly #decoder: Decoder;
  readonly #sse: SseDecoder;
  readonly #limits: ResponseLimits;
  readonly #keepFrames: boolean;
  #bytes = 0;

  /** @param keepFrames put each message in front of the events that were decoded from it, to be passed on unchanged */
  constructor(decoder: Decoder, limits: ResponseLimits, keepFrames: boolean) {
    this.#decoder = decoder;
    this.#sse = new SseDecoder(limits.maxLine);
    this.#limits = limits;
    this.#keepFrames = keepFrames;
  }

  /** The provider has said that it is finished; only usage, a late error or `[DONE]` may come. */
  get finished(): boolean {
    return this.#decoder.finished;
  }

  /** The model that answers, as the provider names it. */
  get model(): string | undefined {
    return this.#decoder.model;
  }

  /** Tokens of the prompt, once the provider has reported them. */
  get promptTokens(): number | undefined {
    return this.#decoder.promptTokens;
  }

  /** Adds the events that these bytes complete. */
  decode(bytes: Uint8Array, events: ChatEvent[]): void {
    const room = this.#limits.maxAnswer - this.#bytes;
    this.#bytes += bytes.length;
    const isTooLong = bytes.length > room;
    try {
      const readRun = (stream: string) => this.#textRun(stream, events);
      this.#messages(this.#sse.feed(isTooLong ? bytes.subarray(0, room) : bytes, readRun), events);
      // What follows the end is nobody's.
      if (endsAnswer(events.at(-1))) return;
    } catch (error) {
      if (!(error instanceof SseTooLongError)) throw error;
      return this.#tooLong(error.message, events);
    }
    if (isTooLong) this.#tooLong(`an answer of more than ${this.#limits.maxAnswer} bytes`, events);
  }

  /** The body has ended: adds the `end` or `error`. */
  end(events: ChatEvent[]): void {
    this.#flush(events);
    if (!endsAnswer(events.at(-1))) this.#decoder.end(events);
  }

  /**
   * The body broke off. What came stands, and an answer that breaks after its finish is whole: nothing of it is missing.
   * @param failure what broke it
   */
  fail(failure: () => Failure, events: ChatEvent[]): void {
    if (endsAnswer(events.at(-1))) return;
    this.#flush(events);
    if (endsAnswer(events.at(-1))) return;
    if (this.#decoder.finished) this.#decoder.end(events);
    else this.#decoder.fail(failure(), events);
  }

  #textRun(stream: string, events: ChatEvent[]): number {
    const before = events.length;
    const read = this.#decoder.textRun?.(stream, events) ?? 0;
    if (read > 0 && this.#keepFrames)
      events.splice(before, 0, { type: "frames", stream: stream.slice(0, read) });
    return read;
  }

  #messages(messages: readonly SseMessage[], events: ChatEvent[]): void {
    for (const message of messages) {
      // Frames behind the end would hide it: whoever reads looks at the last event.
      if (endsAnswer(events.at(-1))) return;
      if (this.#keepFrames) events.push({ type: "frame", event: message.event, data: message.data });
      this.#decoder.message(message, events);
    }
  }

  /** An event whose blank line never came. */
  #flush(events: ChatEvent[]): void {
    try {
      this.#messages(this.#sse.flush(), events);
    } catch (error) {
      if (!(error instanceof SseTooLongError)) throw error;
      this.#tooLong(error.message, events);
    }
  }

  #tooLong(what: string, events: ChatEvent[]): void {
    if (endsAnswer(events.at(-1))) return;
    this.#decoder.fail(
      { type: "bad_output", message: `The provider sent ${what}, which is not read further.` },
      events,
    );
  }
}
