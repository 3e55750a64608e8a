import type { ReplyBody } from "./reply.ts";

/** Beyond so many bytes that nobody has read, the connection is read no further. */
const MAX_UNREAD_BYTES = 64 * 1024;

/** Where the bytes come from. */
export interface Flow {
  pause(): void;
  resume(): void;
}

/** A body that is pulled. It keeps what came before a cut, and a slow reader pauses it. */
export class IncomingBody implements ReplyBody {
  readonly #flow: Flow;
  #unread: Uint8Array[] = [];
  #unreadBytes = 0;
  #paused = false;
  #ended = false;
  #failure: { readonly error: unknown } | undefined;
  #reader: PromiseWithResolvers<Uint8Array | undefined> | undefined;

  constructor(flow: Flow) {
    this.#flow = flow;
  }

  read(): Promise<Uint8Array | undefined> {
    this.#reader = Promise.withResolvers();
    const { promise } = this.#reader;
    this.#answer();
    return promise;
  }

  receive(bytes: Uint8Array): void {
    this.#unread.push(bytes);
    this.#unreadBytes += bytes.length;
    if (this.#unreadBytes >= MAX_UNREAD_BYTES) this.#pause();
    this.#answer();
  }

  /** All has come. The connection may serve somebody else from now on. */
  end(): void {
    this.#ended = true;
    this.#resume();
    this.#answer();
  }

  /** Nothing more will come. Has no effect once the end or a failure has. */
  fail(error: unknown): void {
    if (this.#ended) return;
    this.#failure ??= { error };
    this.#answer();
  }

  #answer(): void {
    const reader = this.#reader;
    if (reader === undefined) return;
    if (this.#unreadBytes > 0) reader.resolve(this.#take());
    else if (this.#ended) reader.resolve(undefined);
    else if (this.#failure !== undefined) reader.reject(this.#failure.error);
    else return;
    this.#reader = undefined;
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
