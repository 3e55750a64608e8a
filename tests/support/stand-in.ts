/** A provider on a bare socket, for what no HTTP server lets a script do: it sends exactly the bytes that it is told. */

import { createServer, type Server, type Socket } from "node:net";
import { createServer as createTlsServer } from "node:tls";
import type { Certificate } from "../upstream/certificates.ts";

/** One request, and the connection to answer it on. */
export interface Visit {
  readonly method: string;
  readonly path: string;
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string>>;
  /** Every header as it came, for counting. */
  readonly rawHeaders: readonly (readonly [name: string, value: string])[];
  readonly body: string;
  readonly socket: Socket;
  /** Settles when the other side, or this one, has closed the connection. */
  readonly closed: Promise<void>;
}

export interface StandIn {
  readonly port: number;
  /** `http://127.0.0.1:<port>/v1`, or with `https` and `localhost`. */
  readonly url: string;
  /** Connections so far. */
  readonly connections: number;
  readonly visits: readonly Visit[];
  /** The next visit that nobody has taken yet. */
  next(): Promise<Visit>;
  stop(): Promise<void>;
}

/**
 * Starts a stand-in.
 * @param answer told of each request once its body is there
 */
export async function startStandIn(
  answer: (visit: Visit, index: number) => void,
  { certificate, port = 0 }: { certificate?: Certificate; port?: number } = {},
): Promise<StandIn> {
  const visits: Visit[] = [];
  const sockets = new Set<Socket>();
  const waiting: ((visit: Visit) => void)[] = [];
  let taken = 0;
  let connections = 0;

  const serve = (socket: Socket) => {
    connections++;
    sockets.add(socket);
    const closed = new Promise<void>((done) => socket.on("close", () => done()));
    closed.then(() => sockets.delete(socket));
    socket.on("error", () => undefined);
    let bytes: Buffer = Buffer.alloc(0);
    socket.on("data", (part: Buffer) => {
      bytes = bytes.length === 0 ? part : Buffer.concat([bytes, part]);
      const read = readRequest(bytes);
      if (read === undefined) return;
      bytes = bytes.subarray(read.length);
      const visit: Visit = { ...read.request, socket, closed };
      visits.push(visit);
      const next = waiting.shift();
      if (next !== undefined) {
        taken++;
        next(visit);
      }
      answer(visit, visits.length - 1);
    });
  };

  const server: Server =
    certificate === undefined
      ? createServer(serve)
      : createTlsServer({ cert: certificate.cert, key: certificate.key }, serve);
  if (certificate !== undefined) server.on("tlsClientError", () => undefined);
  await new Promise<void>((listening) => server.listen(port, "127.0.0.1", listening));
  const address = server.address();
  const bound = typeof address === "object" && address !== null ? address.port : 0;
  return {
    port: bound,
    url: certificate === undefined ? `http://127.0.0.1:${bound}/v1` : `https://localhost:${bound}/v1`,
    get connections() {
      return connections;
    },
    visits,
    next() {
      const visit = visits[taken];
      if (visit === undefined) return new Promise((resolve) => waiting.push(resolve));
      taken++;
      return Promise.resolve(visit);
    },
    async stop() {
      for (const socket of sockets) socket.destroy();
      await new Promise<void>((done) => server.close(() => done()));
    },
  };
}

function readRequest(
  bytes: Buffer,
): { request: Omit<Visit, "socket" | "closed">; length: number } | undefined {
  const end = bytes.indexOf("\r\n\r\n");
  if (end === -1) return undefined;
  const [line = "", ...lines] = bytes.subarray(0, end).toString("latin1").split("\r\n");
  const [method = "", path = ""] = line.split(" ");
  const rawHeaders = lines.map((header) => {
    const colon = header.indexOf(":");
    return [header.slice(0, colon), header.slice(colon + 1).trim()] as const;
  });
  const headers = Object.fromEntries(rawHeaders.map(([name, value]) => [name.toLowerCase(), value]));
  const length = end + 4 + Number(headers["content-length"] ?? 0);
  if (bytes.length < length) return undefined;
  const body = bytes.subarray(end + 4, length).toString("utf8");
  return { request: { method, path, headers, rawHeaders, body }, length };
}

/** The head of a 200 with a stream whose end is the end of the connection. */
export const STREAM_HEAD = "HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\nconnection: close\r\n\r\n";

/** The head of a 200 with a chunked stream. */
export const CHUNKED_HEAD =
  "HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\ntransfer-encoding: chunked\r\n\r\n";

/** One chunk of a chunked body. */
export function chunk(bytes: Uint8Array | string): Buffer {
  const body = Buffer.from(bytes);
  return Buffer.concat([Buffer.from(`${body.length.toString(16)}\r\n`), body, Buffer.from("\r\n")]);
}

/** A whole answer with a length. */
export function reply(
  status: number,
  headers: Readonly<Record<string, string>>,
  body: string | Uint8Array,
): Buffer {
  const bytes = Buffer.from(body);
  const lines = Object.entries({ ...headers, "content-length": String(bytes.length) });
  const head = `HTTP/1.1 ${status} X\r\n${lines.map(([name, value]) => `${name}: ${value}\r\n`).join("")}\r\n`;
  return Buffer.concat([Buffer.from(head), bytes]);
}
