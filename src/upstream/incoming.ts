import type { ReplyBody } from "./reply.ts";

/**
 * Beyond so many bytes that nobody has read, the connection is read no further. Nor is more handed out at once: what
 * is made of it would have to wait for a reader that has stopped, many times as large.
 */
const MAX_UNREAD_BYTES = 64 * 1024;

/** Where the bytes come from. */
export interface Flow {
  pause(): void;
  resume(): void;
  /** Closes it, and has the body fail. */
  fail(error: unknown): void;
}

/** A body that is pulled. It keeps what came before a cut, and a slow reader pauses it. */
export class IncomingBody implements ReplyBody {
  readonly #flow: Flow;
  #unread: Uint8Array[] = [];
  #unreadBytes = 0;
  #paused = false;
  #ended = false;
  #failure: { readonly error: unknown } | undefined;
  #resolve: ((bytes: Uint8Array | undefined) => void) | undefined;
  #reject: ((error: unknown) => void) | undefined;

  constructor(flow: Flow) {
    this.#flow = flow;
  }

  read(): Promise<Uint8Array | undefined> {
    if (this.#unreadBytes > 0) return Promise.resolve(this.#take());
    if (this.#ended) return Promise.resolve(undefined);
    if (this.#failure !== undefined) return Promise.reject(this.#failure.error);
    return new Promise((resolve, reject) => {
      this.#resolve = resolve;
      this.#reject = reject;
    });
  }

  get isOver(): boolean {
    return this.#ended && this.#unreadBytes === 0;
  }

  cancel(reason: unknown): void {
    if (!this.#ended && this.#failure === undefined) this.#flow.fail(reason);
  }

  /** A piece of the body, of which more may come at once: `flush` hands them out together. */
  receive(bytes: Uint8Array): void {
    this.#unread.push(bytes);
    this.#unreadBytes += bytes.length;
  }

  flush(): void {
    if (this.#unreadBytes > 0 && this.#resolve !== undefined) this.#settle(this.#resolve, this.#take());
    if (this.#unreadBytes >= MAX_UNREAD_BYTES) this.#pause();
  }

  /** All has come. The connection may serve somebody else from now on. */
  end(): void {
    this.flush();
    this.#ended = true;
    this.#resume();
    if (this.#resolve !== undefined) this.#settle(this.#resolve, undefined);
  }

  /** Nothing more will come. Has no effect once the end or a failure has. */
  fail(error: unknown): void {
    if (this.#ended || this.#failure !== undefined) return;
    this.flush();
    this.#failure = { error };
    if (this.#reject !== undefined) this.#settle(this.#reject, error);
  }

  #settle<T>(reader: (result: T) => void, result: T): void {
    this.#resolve = this.#reject = undefined;
    reader(result);
  }

  /** As much of what came first as is handed out at once. */
  #take(): Uint8Array {
    const taken: Uint8Array[] = [];
    let bytes = 0;
    for (let room = MAX_UNREAD_BYTES; room > 0; room = MAX_UNREAD_BYTES - bytes) {
      const piece = this.#unread.shift();
      if (piece === undefined) break;
      if (piece.length > room) this.#unread.unshift(piece.subarray(room));
      taken.push(piece.length > room ? piece.subarray(0, room) : piece);
      bytes += Math.min(piece.length, room);
    }
    this.#unreadBytes -= bytes;
    if (this.#unreadBytes < MAX_UNREAD_BYTES) this.#resume();
    return taken.length === 1 && taken[0] !== undefined ? taken[0] : Buffer.concat(taken, bytes);
  }

  #pause(): void {
    if (!this.#paused) this.#flow.pause();
    this.#paused = true;
  }

  #resume(): void {
    if (this.#paused) this.#flow.resume();
    this.#paused = false;
  }
}
