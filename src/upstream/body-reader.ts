import { Deadline } from "../core/deadline.ts";

/** As much of a body as is read while nobody asks for it, in bytes: then the provider has to wait. */
const MAX_BUFFERED = 256 * 1024;

/** As much as is handed out at once, in bytes. */
const SLICE = 64 * 1024;

/** How long a connection may take to end after the answer has, to serve the next request. */
const DRAIN_MS = 1_000;

/**
 * Reads a response's body, with a read always in flight: when a connection breaks, the runtime's `fetch` throws away what it
 * has received and not yet handed over. What arrived before a failure is handed out before it.
 */
export class BodyReader {
  readonly #reader: ReadableStreamDefaultReader<Uint8Array> | undefined;
  #chunks: Uint8Array[] = [];
  #buffered = 0;
  #isReading = false;
  #hasEnded = false;
  #failed = false;
  #failure: unknown;
  #waiting: { resolve(bytes: Uint8Array | undefined): void; reject(error: unknown): void } | undefined;

  /** @param body null for a response that has none */
  constructor(body: ReadableStream<Uint8Array> | null) {
    this.#reader = body?.getReader();
    this.#hasEnded = body === null;
    this.#fill();
  }

  /** All has been read: a read would give undefined. */
  get isDone(): boolean {
    return this.#hasEnded && this.#buffered === 0;
  }

  /** What has come since the last read, at most 64 KiB; undefined at the end. Rejects with why the body broke off. */
  read(): Promise<Uint8Array | undefined> {
    if (this.#buffered > 0) {
      const bytes = this.#take();
      this.#fill();
      return Promise.resolve(bytes);
    }
    if (this.#failed) return Promise.reject(this.#failure);
    if (this.#hasEnded) return Promise.resolve(undefined);
    return new Promise((resolve, reject) => {
      this.#waiting = { resolve, reject };
    });
  }

  /** Gives bytes back: they are what the next read begins with. */
  unread(bytes: Uint8Array): void {
    this.#chunks.unshift(bytes);
    this.#buffered += bytes.length;
  }

  #fill(): void {
    if (this.#isReading || this.#hasEnded || this.#failed || this.#buffered >= MAX_BUFFERED) return;
    this.#isReading = true;
    this.#reader?.read().then(this.#onChunk, this.#onFailure);
  }

  readonly #onChunk = ({ done, value }: { done: boolean; value?: Uint8Array | undefined }): void => {
    this.#isReading = false;
    if (done) this.#hasEnded = true;
    else if (value !== undefined && value.length > 0) {
      this.#chunks.push(value);
      this.#buffered += value.length;
    }
    const waiting = this.#waiting;
    if (waiting !== undefined && (done || this.#buffered > 0)) {
      this.#waiting = undefined;
      waiting.resolve(this.#buffered > 0 ? this.#take() : undefined);
    }
    this.#fill();
  };

  readonly #onFailure = (error: unknown): void => {
    this.#isReading = false;
    this.#failed = true;
    this.#failure = error;
    this.#waiting?.reject(error);
    this.#waiting = undefined;
  };

  #take(): Uint8Array {
    const [first] = this.#chunks;
    if (first !== undefined && this.#chunks.length === 1 && first.length <= SLICE) {
      this.#chunks = [];
      this.#buffered = 0;
      return first;
    }
    const all = this.#chunks.length === 1 && first !== undefined ? first : Buffer.concat(this.#chunks);
    const slice = all.subarray(0, SLICE);
    this.#chunks = all.length > SLICE ? [all.subarray(SLICE)] : [];
    this.#buffered = all.length - slice.length;
    return slice;
  }
}

/** The text of a body up to so many bytes, and whether that was all of it. Rejects as the body does. */
export async function readText(
  body: BodyReader,
  maxBytes: number,
): Promise<{ readonly text: string; readonly whole: boolean }> {
  const decoder = new TextDecoder();
  let text = "";
  let bytes = 0;
  for (;;) {
    const part = await body.read();
    if (part === undefined) return { text: text + decoder.decode(), whole: true };
    bytes += part.length;
    text += decoder.decode(part, { stream: true });
    if (bytes > maxBytes) return { text, whole: false };
  }
}

/** Reads what little is left behind the end of an answer, so that the connection can be used again; else it is closed. */
export async function drain(body: BodyReader, controller: AbortController): Promise<void> {
  const deadline = new Deadline({ onTimeout: () => controller.abort() });
  deadline.set(DRAIN_MS);
  try {
    while ((await body.read()) !== undefined);
  } catch {
    // Cut or given up behind its end: nothing of the answer is missing.
  } finally {
    deadline.clear();
  }
}
