import { type Exchange, type ExchangeEnd, now } from "./exchange.ts";
import type { IncomingRequest } from "./protocol.ts";

/** A request as the sandbox saw it, and what became of its answer. */
export interface SandboxRecord {
  readonly method: string;
  /** Without the query. */
  readonly path: string;
  /** With its question mark; empty where there is none. */
  readonly query: string;
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string>>;
  /** Parsed where it is JSON, else its text; undefined where there was none. */
  readonly body: unknown;
  /** Messages that Anthropic's API would have merged with a neighbour of the same role. */
  readonly merged: number;
  /** Milliseconds since 1970, with fractions. */
  readonly receivedAt: number;
  /** `finished` when the last byte was handed over, `cancelled` when the client left before. Never rejects. */
  readonly closed: Promise<ExchangeEnd>;
  /** When that was, in milliseconds since 1970; undefined until then. */
  readonly closedAt: number | undefined;
}

/** The record behind {@link SandboxRecord}; `merged` is known once the request has been read. */
export class LiveRecord implements SandboxRecord {
  readonly method: string;
  readonly path: string;
  readonly query: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: unknown;
  readonly receivedAt = now();
  merged = 0;
  readonly #exchange: Exchange;

  constructor({ method, path, headers, body }: IncomingRequest, query: string, exchange: Exchange) {
    this.method = method;
    this.path = path;
    this.query = query;
    this.headers = headers;
    this.body = body;
    this.#exchange = exchange;
  }

  get closed(): Promise<ExchangeEnd> {
    return this.#exchange.closed;
  }

  get closedAt(): number | undefined {
    return this.#exchange.closedAt;
  }
}
