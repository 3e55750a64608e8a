import { Deadline, type Timed } from "../../core/deadline.ts";
import type { Batch } from "../../core/event.ts";
import type { Answer } from "../../upstream/open.ts";
import type { FrameEncoder } from "./frames.ts";

/** What becomes of the frames' story beside the frames themselves. */
export interface FrameHooks {
  /** Told of each batch before it is encoded. */
  batch(batch: Batch): void;
  /** Something of ours failed. @returns the batch that ends the answer in place of what failed */
  fault(error: unknown): Batch;
  /** Called once: the answer is over, or nobody reads it any more. */
  over(): void;
}

type Result = IteratorResult<Uint8Array, undefined>;

/**
 * A running answer as encoded frames: one write for each read of the provider's body, and a comment whenever nothing
 * has been written for too long. It never throws and never rejects.
 *
 * Written by hand where an async generator would do, because this is done for each token: a generator costs four
 * promises more, and one that waits cannot be ended.
 */
export class AnswerFrames implements AsyncIterator<Uint8Array, undefined>, Timed {
  readonly #answer: Answer;
  readonly #encoder: FrameEncoder;
  readonly #silenceMs: number;
  readonly #hooks: FrameHooks;
  readonly #deadline = new Deadline(this);
  /** Who waits for the next frames. */
  #reader: ((result: Result) => void) | undefined;
  /** Frames that came while nobody waited: a comment had been given in their place. */
  #held: Uint8Array | undefined;
  #begun = false;
  #asked = false;
  #silent = false;
  #over = false;

  /** @param silenceMs after so long a comment is sent */
  constructor(answer: Answer, encoder: FrameEncoder, silenceMs: number, hooks: FrameHooks) {
    this.#answer = answer;
    this.#encoder = encoder;
    this.#silenceMs = silenceMs;
    this.#hooks = hooks;
  }

  next(): Promise<Result> {
    const result = new Promise<Result>((resolve) => {
      this.#reader = resolve;
    });
    if (this.#held !== undefined) this.#give(this.#held);
    else if (this.#over) this.#end();
    else if (!this.#begun) this.#begin();
    else if (this.#silent) this.#give(this.#encoder.idle());
    else if (!this.#asked) this.#ask();
    return result;
  }

  /** The client has left. */
  return(): Promise<Result> {
    this.#held = undefined;
    this.#end();
    return Promise.resolve({ done: true, value: undefined });
  }

  /** At once; together with the first events where they are there. */
  #begin(): void {
    this.#begun = true;
    if (this.#answer.isReady) this.#ask();
    else this.#give(this.#encoder.begin());
  }

  #ask(): void {
    this.#asked = true;
    this.#answer.next().then(this.#receive, this.#fail);
  }

  readonly #receive = (batch: Batch | undefined): void => {
    this.#asked = false;
    if (this.#over) return;
    if (batch === undefined) return this.#end();
    try {
      this.#hooks.batch(batch);
      const bytes = this.#encoder.batch(batch);
      if (bytes.length === 0) this.#ask();
      else this.#give(bytes);
    } catch (error) {
      this.#fail(error);
    }
  };

  readonly #fail = (error: unknown): void => {
    if (this.#over) return;
    const batch = this.#hooks.fault(error);
    this.#give(this.#encoder.batch(batch));
    this.#end();
  };

  #give(bytes: Uint8Array): void {
    const reader = this.#reader;
    if (reader === undefined) {
      this.#held = bytes;
      return;
    }
    this.#reader = this.#held = undefined;
    this.#silent = false;
    if (!this.#over) this.#deadline.set(this.#silenceMs);
    reader({ done: false, value: bytes });
  }

  /** Nothing has been written for too long. */
  missed(): void {
    if (this.#reader === undefined) this.#silent = true;
    else this.#give(this.#encoder.idle());
  }

  #end(): void {
    if (!this.#over) {
      this.#over = true;
      this.#deadline.clear();
      this.#hooks.over();
    }
    this.#reader?.({ done: true, value: undefined });
    this.#reader = undefined;
  }
}
