import type { IncomingMessage } from "node:http";
import type { ReplyBody } from "./reply.ts";

/** Beyond so many bytes that nobody has read, the connection is read no further. */
const MAX_UNREAD_BYTES = 64 * 1024;

/** The other side closed the connection before its response was whole. */
export class ConnectionClosedError extends Error {
  override readonly name = "ConnectionClosedError";
  readonly code = "ECONNRESET";
}

/** A response of `node:http` as a body that is pulled. It keeps what came before a cut, and is paused by a slow reader. */
export class IncomingBody implements ReplyBody {
  readonly #message: IncomingMessage;
  #unread: Uint8Array[] = [];
  #unreadBytes = 0;
  #ended = false;
  #failure: { readonly error: unknown } | undefined;
  #reader: PromiseWithResolvers<Uint8Array | undefined> | undefined;

  constructor(message: IncomingMessage) {
    this.#message = message;
    message.on("data", (bytes: Uint8Array) => this.#received(bytes));
    message.on("end", () => {
      this.#ended = true;
      this.#answer();
    });
    message.on("error", (error) => this.fail(error));
    message.on("close", () => {
      if (!this.#ended) this.fail(new ConnectionClosedError());
    });
  }

  read(): Promise<Uint8Array | undefined> {
    this.#reader = Promise.withResolvers();
    const { promise } = this.#reader;
    this.#answer();
    return promise;
  }

  /** Nothing more will come. Has no effect once the end or a failure has. */
  fail(error: unknown): void {
    if (this.#ended) return;
    this.#failure ??= { error };
    this.#answer();
  }

  #received(bytes: Uint8Array): void {
    this.#unread.push(bytes);
    this.#unreadBytes += bytes.length;
    if (this.#unreadBytes >= MAX_UNREAD_BYTES) this.#message.pause();
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
    if (this.#message.isPaused()) this.#message.resume();
    return bytes;
  }
}
