/** Raw requests to the program, and the table form in which tests write them. */

import type { Program } from "./program.ts";
import { exchange, type HeaderList, type RawAnswer, rawRequest } from "./raw-http.ts";

export interface Asked {
  /** `GET /health HTTP/1.1` unless said. */
  readonly line?: string;
  /** Beside or instead of the usual `Host`; `{host}` in a value stands for the program's own address and port. */
  readonly headers?: HeaderList;
  readonly body?: string;
  /** Leaves the usual `Host` out. */
  readonly noHost?: boolean;
}

/** Asks over a connection of its own, with exactly these headers after `Host`. */
export function askRaw(program: Pick<Program, "port">, asked: Asked): Promise<RawAnswer> {
  const { line = "GET /health HTTP/1.1", headers = [], body = "", noHost = false } = asked;
  const own = `127.0.0.1:${program.port}`;
  const all: HeaderList = [
    ...(noHost ? [] : [["host", own] as const]),
    ...headers.map(([name, value]) => [name, value.replaceAll("{host}", own)] as const),
  ];
  return exchange(program.port, rawRequest(line, all, body));
}

/** The headers of a JSON body. */
export function json(body: string): HeaderList {
  return [
    ["content-type", "application/json"],
    ["content-length", String(Buffer.byteLength(body))],
  ];
}

/** The error in an answer. @throws where it is not the JSON that docs/protocol.md 2 promises, with an id */
export function errorIn({ headers, body, status }: RawAnswer): {
  type: string;
  param?: string;
  message: string;
} {
  if (!headers["content-type"]?.startsWith("application/json"))
    throw new Error(`${status} without JSON: ${body}`);
  if (!headers["x-request-id"]) throw new Error("no x-request-id");
  return JSON.parse(body).error;
}
