import type { Socket } from "bun";
import { Dechunker } from "./dechunk.ts";

/** What to send, ready made: the load must cost little beside what is measured. */
export interface Request {
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** Told of the status, and of each piece of the body as it leaves the socket. */
export interface Receiver {
  status?(status: number): void;
  body(text: string): void;
}

/** One connection, used for one request after another, over a bare socket. */
export class Connection {
  readonly #port: number;
  #socket: Socket | undefined;
  #exchange: Exchange | undefined;

  constructor(port: number) {
    this.#port = port;
  }

  /**
   * Sends a request and settles with the status when its answer is over.
   * @throws where the connection breaks before that
   */
  async send(request: Request | string, receiver: Receiver): Promise<number> {
    this.#socket ??= await this.#connect();
    const socket = this.#socket;
    const exchange = new Exchange(receiver);
    this.#exchange = exchange;
    const bytes = Buffer.from(typeof request === "string" ? request : serialize(request, this.#port));
    exchange.unsent = bytes.subarray(socket.write(bytes));
    const status = await exchange.done.promise;
    if (exchange.closes) this.close();
    return status;
  }

  close(): void {
    this.#socket?.terminate();
    this.#socket = undefined;
  }

  #connect(): Promise<Socket> {
    return Bun.connect({
      hostname: "127.0.0.1",
      port: this.#port,
      socket: {
        data: (_socket, bytes) => this.#exchange?.receive(bytes.toString("latin1")),
        drain: (socket) => this.#exchange?.sendOn(socket),
        close: () => {
          this.#socket = undefined;
          this.#exchange?.broken();
        },
      },
    });
  }
}

class Exchange {
  readonly done = Promise.withResolvers<number>();
  readonly #receiver: Receiver;
  readonly #dechunker = new Dechunker();
  unsent: Uint8Array = new Uint8Array();
  closes = false;
  #status: number | undefined;
  #head = "";
  #length: number | undefined;

  constructor(receiver: Receiver) {
    this.#receiver = receiver;
  }

  sendOn(socket: Socket): void {
    if (this.unsent.length > 0) this.unsent = this.unsent.subarray(socket.write(this.unsent));
  }

  receive(text: string): void {
    try {
      if (this.#status !== undefined) return this.#body(text);
      this.#head += text;
      const end = this.#head.indexOf("\r\n\r\n");
      if (end !== -1) this.#begin(this.#head.slice(0, end), this.#head.slice(end + 4));
    } catch (error) {
      this.done.reject(error);
    }
  }

  broken(): void {
    this.done.reject(
      new Error(`The connection was closed${this.#status ? " in the middle of an answer" : ""}.`),
    );
  }

  #begin(head: string, rest: string): void {
    this.#status = Number(head.slice(9, 12));
    this.closes = /\r\nconnection: *close/i.test(head);
    const length = /\r\ncontent-length: *(\d+)/i.exec(head)?.[1];
    this.#length = length === undefined ? undefined : Number(length);
    this.#receiver.status?.(this.#status);
    if (rest !== "" || this.#length === 0) this.#body(rest);
  }

  #body(text: string): void {
    const body = this.#length === undefined ? this.#dechunker.feed(text) : text;
    if (this.#length !== undefined) this.#length -= text.length;
    if (body !== "") this.#receiver.body(body);
    if (this.#dechunker.over || this.#length === 0) this.done.resolve(this.#status as number);
  }
}

/** A request as it goes over the wire. */
export function serialize({ path, headers, body }: Request, port: number): string {
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`);
  const method = body === "" ? "GET" : "POST";
  const length = body === "" ? "" : `content-length: ${Buffer.byteLength(body)}\r\n`;
  return `${method} ${path} HTTP/1.1\r\nhost: 127.0.0.1:${port}\r\n${lines.join("")}${length}\r\n${body}`;
}
