import type { Page, Position } from "./held-frames.ts";

/** What a reader reads. */
export interface ReadAnswer {
  readonly isOver: boolean;
  /** A reader has caught up, or read on. */
  onRead(): void;
  onClose(reader: HeldReader): void;
}

/** One of those who read a held answer, at a place of its own. */
export class HeldReader {
  readonly #answer: ReadAnswer;
  #page: Page;
  #offset: number;
  #waiting: ((bytes: Uint8Array | undefined) => void) | undefined;
  #isClosed = false;
  /** What it gets in place of the rest, where it fell too far behind. */
  #farewell: Uint8Array | undefined;

  constructor(answer: ReadAnswer, { page, offset }: Position) {
    this.#answer = answer;
    this.#page = page;
    this.#offset = offset;
  }

  /** How many bytes of the answer it has been given. */
  get position(): number {
    return this.#page.start + this.#offset;
  }

  /** Something can be read without waiting. */
  get isReady(): boolean {
    return this.#offset < this.#page.used || this.#page.next !== undefined;
  }

  /** What came next, as much of it as there is in one piece; undefined where nothing comes any more. */
  next(): Promise<Uint8Array | undefined> {
    const bytes = this.#take();
    if (bytes !== undefined) return Promise.resolve(bytes);
    if (this.#isClosed || this.#answer.isOver) return Promise.resolve(undefined);
    this.#answer.onRead();
    const { promise, resolve } = Promise.withResolvers<Uint8Array | undefined>();
    this.#waiting = resolve;
    return promise;
  }

  /** More has come, or the answer is over. */
  wake(): void {
    const waiting = this.#waiting;
    if (waiting === undefined) return;
    const bytes = this.#take();
    if (bytes === undefined && !this.#isClosed && !this.#answer.isOver) return;
    this.#waiting = undefined;
    waiting(bytes);
  }

  /** It reads no more. */
  close(): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    this.#answer.onClose(this);
    this.wake();
  }

  /** It has fallen too far behind. @param farewell the last that it is given */
  cut(farewell: Uint8Array): void {
    this.#farewell = farewell;
    this.close();
  }

  #take(): Uint8Array | undefined {
    if (this.#isClosed) {
      const farewell = this.#farewell;
      this.#farewell = undefined;
      return farewell;
    }
    if (this.#offset === this.#page.used && this.#page.next !== undefined) {
      this.#page = this.#page.next;
      this.#offset = 0;
    }
    const { bytes, used } = this.#page;
    if (this.#offset === used) return undefined;
    const piece = bytes.subarray(this.#offset, used);
    this.#offset = used;
    return piece;
  }
}
