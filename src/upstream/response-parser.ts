import { HTTPParser } from "node:_http_common";

/** Most bytes of a response's headers. */
const MAX_HEADER_BYTES = 64 * 1024;

/** No leniency. */
const STRICT = 0;

const SWITCHING_PROTOCOLS = 101;

/** Told of what a parser reads. What it throws comes out of `push`. */
export interface ResponseReceiver {
  /** @param headers names and values in turn */
  head(status: number, headers: readonly string[]): void;
  body(bytes: Uint8Array): void;
  /** @param persists the connection may serve another request */
  end(persists: boolean): void;
}

/** The other side sent something that no response is. */
export class MalformedResponseError extends Error {
  override readonly name = "MalformedResponseError";
  /** Like the codes of Node's parser. */
  readonly code = "HPE_UNEXPECTED";
}

/** The bytes of one connection as responses, one after another, read by the parser of Node. */
export class ResponseParser {
  readonly #parser = new HTTPParser();
  readonly #receiver: ResponseReceiver;
  #headers: readonly string[] = [];
  #isFinal = false;
  #persists = false;
  #idle = true;

  constructor(receiver: ResponseReceiver) {
    this.#receiver = receiver;
    const parser = this.#parser;
    parser.initialize(HTTPParser.RESPONSE, this, MAX_HEADER_BYTES, STRICT);
    parser[HTTPParser.kOnMessageBegin] = () => this.#begin();
    // The head comes in parts only where there are many headers; trailers come this way too.
    parser[HTTPParser.kOnHeaders] = (headers: readonly string[]) => {
      this.#headers = [...this.#headers, ...headers];
    };
    parser[HTTPParser.kOnHeadersComplete] = this.#head;
    parser[HTTPParser.kOnBody] = (bytes: Uint8Array) => receiver.body(bytes);
    parser[HTTPParser.kOnMessageComplete] = () => this.#end();
  }

  /** A request goes out: from now on there may be a response. */
  expect(): void {
    this.#idle = false;
  }

  /** @throws an error with a `code` that begins with `HPE_` where the bytes are not what they should be */
  push(bytes: Uint8Array): void {
    const read = this.#parser.execute(bytes);
    if (read instanceof Error) throw read;
  }

  /** The connection has ended, and with it a response whose length was not said. */
  close(): void {
    this.#parser.finish();
  }

  #begin(): void {
    if (this.#idle) throw new MalformedResponseError("a response that nobody asked for");
    this.#headers = [];
  }

  readonly #head = (
    _major: number,
    _minor: number,
    headers: readonly string[] | undefined,
    _method: unknown,
    _url: unknown,
    status: number,
    _reason: string,
    _upgrades: boolean,
    persists: boolean,
  ): number => {
    if (status === SWITCHING_PROTOCOLS) throw new MalformedResponseError("another protocol");
    // 100 and 103 say that the response is still to come.
    this.#isFinal = status >= 200;
    this.#persists = persists;
    if (this.#isFinal) this.#receiver.head(status, [...this.#headers, ...(headers ?? [])]);
    return 0;
  };

  #end(): void {
    if (!this.#isFinal) return;
    this.#idle = true;
    this.#receiver.end(this.#persists);
  }
}
