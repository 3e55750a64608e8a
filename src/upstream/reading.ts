import { type Batch, type ChatEvent, endsAnswer } from "../core/event.ts";
import type { Failure } from "../core/failure.ts";
import type { Decoder } from "../protocols/protocol.ts";
import { SseDecoder, SseTooLongError } from "../sse/decode.ts";
import type { ReplyBody } from "./reply.ts";

export interface ReadingLimits {
  /** Most characters of one line or event. */
  readonly maxLine: number;
  /** Most bytes of a whole answer. */
  readonly maxAnswer: number;
}

export interface ReadingHooks {
  /** Called once, when the provider has said that it is finished; only usage, a late error or `[DONE]` may come. */
  finished(): void;
  /** What a rejected read means. */
  faultOf(error: unknown): Failure;
}

/**
 * One response body, decoded read by read. It never throws: whatever happens becomes the one `error` event,
 * unless the provider has already said that it is finished.
 */
export class Reading {
  readonly #body: ReplyBody;
  readonly #decoder: Decoder;
  readonly #sse: SseDecoder;
  readonly #limits: ReadingLimits;
  readonly #hooks: ReadingHooks;
  #bytes = 0;
  #over = false;
  #give: ((events: Batch) => void) | undefined;

  constructor(body: ReplyBody, decoder: Decoder, limits: ReadingLimits, hooks: ReadingHooks) {
    this.#body = body;
    this.#decoder = decoder;
    this.#sse = new SseDecoder(limits.maxLine);
    this.#limits = limits;
    this.#hooks = hooks;
  }

  /** The provider has said that it is finished. */
  get finished(): boolean {
    return this.#decoder.finished;
  }

  /** The events of the next read that has any. The last of the last batch is an `end` or `error`; then comes undefined. */
  next(): Promise<Batch | undefined> {
    if (this.#over) return Promise.resolve(undefined);
    return new Promise((resolve) => {
      this.#give = resolve;
      this.#read();
    });
  }

  /** No function waits here: this is done for each token, and one that waits costs more memory and time. */
  #read(): void {
    this.#body.read().then(this.#received, this.#broken);
  }

  readonly #received = (bytes: Uint8Array | undefined): void => {
    const events: ChatEvent[] = [];
    try {
      if (bytes === undefined) this.#decodeEnd(events);
      else this.#decode(bytes, events);
    } catch (error) {
      this.#fail(error, events);
    }
    this.#settle(events);
  };

  readonly #broken = (error: unknown): void => {
    const events: ChatEvent[] = [];
    this.#fail(error, events);
    this.#settle(events);
  };

  #settle(events: Batch): void {
    const last = events.at(-1);
    if (last === undefined) return this.#read();
    this.#over = endsAnswer(last);
    this.#give?.(events);
  }

  #decode(bytes: Uint8Array, events: ChatEvent[]): void {
    const { maxAnswer } = this.#limits;
    const room = maxAnswer - this.#bytes;
    const wasFinished = this.#decoder.finished;
    this.#bytes += bytes.length;
    const readable = bytes.length > room ? bytes.subarray(0, room) : bytes;
    for (const message of this.#sse.feed(readable)) this.#decoder.message(message, events);
    if (bytes.length > room) throw new AnswerTooLongError(maxAnswer);
    if (this.#decoder.finished && !wasFinished) this.#hooks.finished();
  }

  #decodeEnd(events: ChatEvent[]): void {
    this.#decodeRest(events);
    this.#decoder.end(events);
  }

  /** An event whose blank line never came. */
  #decodeRest(events: ChatEvent[]): void {
    for (const message of this.#sse.flush()) this.#decoder.message(message, events);
  }

  /** What came stands. A stream that breaks after its finish is whole: nothing of the answer is missing. */
  #fail(error: unknown, events: ChatEvent[]): void {
    if (endsAnswer(events.at(-1))) return;
    if (error instanceof SseTooLongError || error instanceof AnswerTooLongError) {
      return this.#decoder.fail(outsized(error), events);
    }
    this.#decodeRest(events);
    if (endsAnswer(events.at(-1))) return;
    if (this.#decoder.finished) this.#decoder.end(events);
    else this.#decoder.fail(this.#hooks.faultOf(error), events);
  }
}

class AnswerTooLongError extends Error {
  constructor(maxBytes: number) {
    super(`an answer of more than ${maxBytes} bytes`);
  }
}

function outsized(error: Error): Failure {
  return { type: "bad_output", message: `The provider sent ${error.message}, which is not read further.` };
}
