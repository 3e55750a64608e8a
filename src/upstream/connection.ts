import type { Socket } from "node:net";
import { IncomingBody } from "./incoming.ts";
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
  late(): Error;
}

interface Exchange {
  readonly head: PromiseWithResolvers<Reply>;
  readonly signal: AbortSignal;
  readonly abort: () => void;
  body?: IncomingBody;
}

/** HTTP/1.1 on a socket: one request after another, and nothing known of the last one. */
export class Connection implements ResponseReceiver {
  readonly #socket: Socket;
  readonly #parser = new ResponseParser(this);
  #stands: boolean;
  #late: ReturnType<typeof setTimeout> | undefined;
  #unsent = "";
  #exchange: Exchange | undefined;
  /** Called when a response is whole and the connection can serve another request. Otherwise it closes then. */
  onFree: (() => void) | undefined;
  onClose: (() => void) | undefined;

  /** @param opening for a socket that does not stand yet. Until then nothing is sent: a certificate may not be right */
  constructor(socket: Socket, opening?: Opening) {
    this.#socket = socket;
    this.#stands = opening === undefined;
    if (opening !== undefined) {
      this.#late = setTimeout(() => this.fail(opening.late()), opening.within);
      socket.once(opening.event, () => this.#standing());
    }
    socket.setNoDelay(true);
    socket.on("data", (bytes: Uint8Array) => this.#receive(bytes));
    socket.on("end", () => this.#parser.close());
    socket.on("error", (error) => this.fail(error));
    socket.on("timeout", () => socket.destroy());
    socket.on("close", () => {
      this.fail(new ConnectionClosedError());
      this.onClose?.();
    });
  }

  /** Whether it can take a request. */
  get isFree(): boolean {
    return this.#exchange === undefined && this.#socket.writable && this.#socket.readable;
  }

  /**
   * Sends a request and settles when the head of its response has come.
   * @param signal gives the request up, and the connection with it; its reason is what the body rejects with, too
   * @throws what the socket, TLS or the parser throw; the signal's reason where it aborts
   */
  send(request: string, signal: AbortSignal): Promise<Reply> {
    const abort = () => this.fail(signal.reason);
    const exchange: Exchange = { head: Promise.withResolvers(), signal, abort };
    this.#exchange = exchange;
    signal.addEventListener("abort", abort, { once: true });
    this.#parser.expect();
    if (this.#stands) this.#socket.write(request);
    else this.#unsent = request;
    return exchange.head.promise;
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

  /** Closes the connection. A request under way ends with the error given. */
  fail(error: unknown): void {
    clearTimeout(this.#late);
    this.#socket.destroy();
    const exchange = this.#finish();
    exchange?.head.reject(error);
    exchange?.body?.fail(error);
  }

  head(status: number, rawHeaders: readonly string[]): void {
    if (this.#exchange === undefined) return;
    const headers = new Headers();
    for (let i = 0; i + 1 < rawHeaders.length; i += 2)
      headers.append(rawHeaders[i] ?? "", rawHeaders[i + 1] ?? "");
    const body = new IncomingBody(this.#socket);
    this.#exchange.body = body;
    this.#exchange.head.resolve({ status, headers, body });
  }

  body(bytes: Uint8Array): void {
    this.#exchange?.body?.receive(bytes);
  }

  end(persists: boolean): void {
    this.#finish()?.body?.end();
    // A server may answer before it has read all of the request.
    if (persists && this.isFree && this.#socket.writableLength === 0 && this.onFree !== undefined)
      this.onFree();
    else this.#socket.destroy();
  }

  #standing(): void {
    clearTimeout(this.#late);
    this.#stands = true;
    this.#socket.write(this.#unsent);
    this.#unsent = "";
  }

  #receive(bytes: Uint8Array): void {
    try {
      this.#parser.push(bytes);
    } catch (error) {
      this.fail(error);
    }
  }

  #finish(): Exchange | undefined {
    const exchange = this.#exchange;
    exchange?.signal.removeEventListener("abort", exchange.abort);
    this.#exchange = undefined;
    return exchange;
  }
}
