import type { Socket } from "node:net";
import { ChatError, type Failure } from "../core/failure.ts";
import { type Flow, IncomingBody } from "./incoming.ts";
import type { Reply } from "./reply.ts";
import { ResponseParser, type ResponseReceiver } from "./response-parser.ts";

/** The other side closed the connection before its response was whole. */
class ConnectionClosedError extends Error {
  override readonly name = "ConnectionClosedError";
  readonly code = "ECONNRESET";
}

/** How a connection that does not stand yet comes to stand. */
export interface Opening {
  /** The socket's event for it. */
  readonly event: "connect" | "secureConnect";
  /** How long that may take, in milliseconds. */
  readonly within: number;
  /** What it means where it takes longer. */
  readonly late: Failure;
}

/** Where a connection goes when it is free, and from where it is gone when it has closed. */
export interface Home {
  free(connection: Connection): void;
  closed(connection: Connection): void;
}

/** A socket that knows whom it serves: one set of listeners does for all connections. */
interface ServingSocket extends Socket {
  connection: Connection;
}

/** HTTP/1.1 on a socket: one request after another, and nothing known of the last one. */
export class Connection implements ResponseReceiver, Flow {
  readonly #socket: ServingSocket;
  readonly #parser: ResponseParser;
  readonly #home: Home | undefined;
  /** Where it leads to, in the terms of its home. */
  readonly place: string;
  #stands = true;
  #late: ReturnType<typeof setTimeout> | undefined;
  #unsent = "";
  #heard = false;
  #head: { resolve(reply: Reply): void; reject(error: unknown): void } | undefined;
  #body: IncomingBody | undefined;

  /**
   * @param opening for a socket that does not stand yet. Until then nothing is sent: a certificate may not be right
   * @param home without one it closes after its first response
   */
  constructor(socket: Socket, opening?: Opening, place = "", home?: Home) {
    this.#socket = Object.assign(socket, { connection: this });
    this.#parser = new ResponseParser(this);
    this.#home = home;
    this.place = place;
    if (opening !== undefined) this.#open(opening);
    socket.setNoDelay(true);
    socket.on("data", onData);
    socket.on("end", onEnd);
    socket.on("error", onError);
    socket.on("timeout", onTimeout);
    socket.on("close", onClose);
  }

  /** Whether it can take a request. */
  get isFree(): boolean {
    return !this.#isAwaited && this.#socket.writable && this.#socket.readable;
  }

  /** Whether anything has come since the last request went out. */
  get heard(): boolean {
    return this.#heard;
  }

  /**
   * Sends a request and settles when the head of its response has come. From then on the reader of the body is who
   * can give it up.
   * @param signal gives the request up, and the connection with it
   * @throws what the socket, TLS or the parser throw; the signal's reason where it aborts
   */
  async send(request: string, signal: AbortSignal): Promise<Reply> {
    const abort = () => this.fail(signal.reason);
    const head = new Promise<Reply>((resolve, reject) => {
      this.#head = { resolve, reject };
    });
    signal.addEventListener("abort", abort, { once: true });
    this.#parser.expect();
    this.#heard = false;
    if (this.#stands) this.#socket.write(request);
    else this.#unsent = request;
    try {
      return await head;
    } finally {
      signal.removeEventListener("abort", abort);
    }
  }

  /** Waits for its next request, for so many milliseconds, and does not keep the process alive by that. */
  rest(milliseconds: number): void {
    this.#socket.setTimeout(milliseconds);
    this.#socket.unref();
  }

  /** The rest is over. */
  wake(): void {
    this.#socket.setTimeout(0);
    this.#socket.ref();
  }

  pause(): void {
    this.#socket.pause();
  }

  resume(): void {
    this.#socket.resume();
  }

  /** Closes the connection. A request under way ends with the error given. */
  fail(error: unknown): void {
    clearTimeout(this.#late);
    this.#socket.destroy();
    const head = this.#head;
    const body = this.#finish();
    head?.reject(error);
    body?.fail(error);
  }

  head(status: number, rawHeaders: readonly string[]): void {
    const head = this.#head;
    if (head === undefined) return;
    const headers = new Headers();
    for (let i = 0; i + 1 < rawHeaders.length; i += 2)
      headers.append(rawHeaders[i] ?? "", rawHeaders[i + 1] ?? "");
    this.#head = undefined;
    this.#body = new IncomingBody(this);
    head.resolve({ status, headers, body: this.#body });
  }

  body(bytes: Uint8Array): void {
    this.#body?.receive(bytes);
  }

  end(persists: boolean): void {
    this.#finish()?.end();
    // A server may answer before it has read all of the request.
    const isReusable = persists && this.isFree && this.#socket.writableLength === 0;
    if (isReusable && this.#home !== undefined) this.#home.free(this);
    else this.#socket.destroy();
  }

  /** The socket has read so much. */
  received(bytes: Uint8Array): void {
    this.#heard = true;
    try {
      this.#parser.push(bytes);
      this.#body?.flush();
    } catch (error) {
      this.fail(error);
    }
  }

  /** The other side sends no more. It may leave the socket open for as long as we have more to send. */
  ended(): void {
    this.#parser.close();
    if (this.#isAwaited) this.fail(new ConnectionClosedError());
  }

  /** The socket is no more, because of this or without a reason. What it has read and not yet handed out is not lost. */
  broken(error: unknown): void {
    for (let bytes = this.#leftover(); bytes !== null; bytes = this.#leftover()) this.received(bytes);
    this.fail(error);
  }

  closed(): void {
    this.broken(new ConnectionClosedError());
    this.#home?.closed(this);
  }

  get #isAwaited(): boolean {
    return this.#head !== undefined || this.#body !== undefined;
  }

  /** While it is paused, the socket goes on reading for a while. */
  #leftover(): Uint8Array | null {
    return this.#isAwaited ? this.#socket.read() : null;
  }

  #open(opening: Opening): void {
    this.#stands = false;
    this.#late = setTimeout(() => this.fail(new ChatError(opening.late)), opening.within);
    this.#socket.once(opening.event, () => {
      clearTimeout(this.#late);
      this.#late = undefined;
      this.#stands = true;
      this.#socket.write(this.#unsent);
      this.#unsent = "";
    });
  }

  /** The request is over. */
  #finish(): IncomingBody | undefined {
    const body = this.#body;
    this.#head = this.#body = undefined;
    return body;
  }
}

function onData(this: ServingSocket, bytes: Uint8Array): void {
  this.connection.received(bytes);
}

function onEnd(this: ServingSocket): void {
  this.connection.ended();
}

function onError(this: ServingSocket, error: Error): void {
  this.connection.broken(error);
}

function onTimeout(this: ServingSocket): void {
  this.destroy();
}

function onClose(this: ServingSocket): void {
  this.connection.closed();
}
