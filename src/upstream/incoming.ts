import type { ReplyBody } from "./reply.ts";

/** Beyond so many bytes that nobody has read, the connection is read no further. */
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
    else if (this.#unreadBytes >= MAX_UNREAD_BYTES) this.#pause();
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

  #take(): Uint8Array {
    const [first] = this.#unread;
    const bytes =
      this.#unread.length === 1 && first !== undefined
        ? first
        : Buffer.concat(this.#unread, this.#unreadBytes);
    this.#unread = [];
    this.#unreadBytes = 0;
    this.#resume();
    return bytes;
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
