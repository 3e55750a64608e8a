import { HTTPParser } from "node:_http_common";

/** Most bytes of a response's headers. */
const MAX_HEADER_BYTES = 64 * 1024;

/** Most header fields of a response. Each costs more than its bytes, and the parser's own limit counts only those. */
const MAX_HEADERS = 500;

/** As many interim responses (RFC 9110, section 15.2) as may come before the one that was asked for. */
const MAX_INTERIM = 16;

/** No leniency. */
const STRICT = 0;

const SWITCHING_PROTOCOLS = 101;

const NO_HEADERS: readonly string[] = [];

/** Told of what a parser reads. What it throws comes out of `push`. */
export interface ResponseReceiver {
  /** @param headers names and values in turn */
  head(status: number, headers: readonly string[]): void;
  body(bytes: Uint8Array): void;
  /** @param persists the connection may serve another request */
  end(persists: boolean): void;
}

/** The other side sent something that no response is. */
class MalformedResponseError extends Error {
  override readonly name = "MalformedResponseError";
  /** Like the codes of Node's parser. */
  readonly code = "HPE_UNEXPECTED";
}

/** A parser that knows whom it reads for, as Node's own do: one set of callbacks serves all of them. */
interface Parser extends HTTPParser {
  reader: ResponseParser;
}

/** The bytes of one connection as responses, one after another, read by the parser of Node. */
export class ResponseParser {
  readonly #parser: Parser;
  readonly #receiver: ResponseReceiver;
  /** Those of the head that have come before it was whole: only where there are many. */
  #headers: string[] = [];
  #interim = 0;
  #isFinal = false;
  #persists = false;
  #idle = true;

  constructor(receiver: ResponseReceiver) {
    this.#receiver = receiver;
    const parser = Object.assign(new HTTPParser(), { reader: this });
    this.#parser = parser;
    parser.initialize(HTTPParser.RESPONSE, this, MAX_HEADER_BYTES, STRICT);
    parser[HTTPParser.kOnMessageBegin] = onMessageBegin;
    parser[HTTPParser.kOnHeaders] = onHeaders;
    parser[HTTPParser.kOnHeadersComplete] = onHeadersComplete;
    parser[HTTPParser.kOnBody] = onBody;
    parser[HTTPParser.kOnMessageComplete] = onMessageComplete;
  }

  /** A request goes out: from now on there may be a response. */
  expect(): void {
    this.#idle = false;
    this.#interim = 0;
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

  /** @throws {MalformedResponseError} */
  begin(): void {
    if (this.#idle) throw new MalformedResponseError("a response that nobody asked for");
    this.#isFinal = false;
    this.#headers = [];
  }

  /**
   * A part of the headers, of which the last comes with `head`; trailers come this way too, and nobody reads them.
   * @throws {MalformedResponseError}
   */
  someHeaders(headers: readonly string[]): void {
    if (this.#isFinal) return;
    if (this.#headers.length + headers.length > 2 * MAX_HEADERS)
      throw new MalformedResponseError("too many headers");
    this.#headers.push(...headers);
  }

  /** @throws {MalformedResponseError} */
  head(status: number, headers: readonly string[], persists: boolean): void {
    if (status < 100) throw new MalformedResponseError("a status that is none");
    if (status === SWITCHING_PROTOCOLS) throw new MalformedResponseError("another protocol");
    this.someHeaders(headers);
    // 100 and 103 say that the response is still to come.
    this.#isFinal = status >= 200;
    this.#persists = persists;
    if (this.#isFinal) this.#receiver.head(status, this.#headers);
    else if (++this.#interim > MAX_INTERIM) throw new MalformedResponseError("no end of interim responses");
    this.#headers = [];
  }

  body(bytes: Uint8Array): void {
    this.#receiver.body(bytes);
  }

  end(): void {
    if (!this.#isFinal) return;
    this.#idle = true;
    this.#receiver.end(this.#persists);
  }
}

function onMessageBegin(this: Parser): void {
  this.reader.begin();
}

function onHeaders(this: Parser, headers: readonly string[]): void {
  this.reader.someHeaders(headers);
}

function onHeadersComplete(
  this: Parser,
  _major: number,
  _minor: number,
  headers: readonly string[] | undefined,
  _method: unknown,
  _url: unknown,
  status: number,
  _reason: string,
  _upgrades: boolean,
  persists: boolean,
): number {
  this.reader.head(status, headers ?? NO_HEADERS, persists);
  return 0;
}

function onBody(this: Parser, bytes: Uint8Array): void {
  this.reader.body(bytes);
}

function onMessageComplete(this: Parser): void {
  this.reader.end();
}
