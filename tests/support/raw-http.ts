/** HTTP over a bare socket: requests that no client library would send, and answers byte for byte. */

import { connect, type Socket } from "node:net";

export interface RawAnswer {
  /** 0 where the connection ended without a status line. */
  readonly status: number;
  /** Names in lower case; several of one name are joined by a line feed. */
  readonly headers: Readonly<Record<string, string>>;
  /** The body, taken out of its chunks, as UTF-8. */
  readonly body: string;
  readonly ended: "end" | "reset" | "until";
}

export type HeaderList = readonly (readonly [name: string, value: string])[];

/** A request as text. `Host` and `Content-Length` are the caller's affair. */
export function rawRequest(line: string, headers: HeaderList, body = ""): string {
  return `${line}\r\n${headers.map(([name, value]) => `${name}: ${value}\r\n`).join("")}\r\n${body}`;
}

/**
 * Sends bytes and reads what comes, until the server closes, an answer with a length is whole, or `until` says so.
 * Never rejects once connected.
 */
export function exchange(
  port: number,
  request: string | Uint8Array,
  until: (text: string) => boolean = () => false,
): Promise<RawAnswer> {
  return new Promise((resolve, reject) => {
    const parts: Buffer[] = [];
    let connected = false;
    const socket = connect(port, "127.0.0.1", () => {
      connected = true;
      socket.write(request);
    });
    const finish = (ended: RawAnswer["ended"]) => {
      socket.destroy();
      resolve(parseAnswer(Buffer.concat(parts), ended));
    };
    socket.on("data", (part: Buffer) => {
      parts.push(part);
      const bytes = Buffer.concat(parts);
      if (isWhole(bytes) || until(bytes.toString("latin1"))) finish("until");
    });
    socket.on("end", () => finish("end"));
    socket.on("close", () => finish("end"));
    socket.on("error", (error) => (connected ? finish("reset") : reject(error)));
  });
}

/** An open connection on which a request was sent, and what has come on it so far. */
export interface OpenExchange {
  readonly socket: Socket;
  text(): string;
  /** Settles once what has come fits; rejects when the connection ends before. */
  came(fits: (text: string) => boolean): Promise<void>;
  readonly closed: Promise<void>;
}

/** Sends bytes and leaves the connection open. */
export function openExchange(port: number, request: string | Uint8Array): Promise<OpenExchange> {
  return new Promise((resolve, reject) => {
    let text = "";
    let ended = false;
    const waiting = new Set<() => void>();
    const wake = () => {
      for (const check of [...waiting]) check();
    };
    const socket = connect(port, "127.0.0.1", () => {
      socket.write(request);
      resolve({
        socket,
        text: () => text,
        came: (fits) =>
          new Promise((found, gone) => {
            const check = () => {
              if (!fits(text) && !ended) return;
              waiting.delete(check);
              if (fits(text)) found();
              else gone(new Error(`The connection ended after: ${text}`));
            };
            waiting.add(check);
            check();
          }),
        closed,
      });
    });
    const closed = new Promise<void>((done) => socket.on("close", () => done()));
    socket.on("data", (part: Buffer) => {
      text += part.toString("latin1");
      wake();
    });
    socket.on("error", (error) => reject(error));
    closed.then(() => {
      ended = true;
      wake();
    });
  });
}

function split(bytes: Buffer): { head: string; rest: Buffer } | undefined {
  const end = bytes.indexOf("\r\n\r\n");
  return end === -1
    ? undefined
    : { head: bytes.subarray(0, end).toString("latin1"), rest: bytes.subarray(end + 4) };
}

function isWhole(bytes: Buffer): boolean {
  const { head, rest } = split(bytes) ?? {};
  if (head === undefined || rest === undefined) return false;
  if (/^HTTP\/1\.1 (?:204|304)/.test(head)) return true;
  const length = /^content-length: *(\d+)\r?$/im.exec(head)?.[1];
  if (length !== undefined) return rest.length >= Number(length);
  return /^transfer-encoding: *chunked\r?$/im.test(head) && rest.toString("latin1").endsWith("\r\n0\r\n\r\n");
}

/** Reads an answer, as far as it came. */
export function parseAnswer(bytes: Buffer, ended: RawAnswer["ended"]): RawAnswer {
  const { head = "", rest = Buffer.alloc(0) } = split(bytes) ?? {};
  const [status = "", ...lines] = head.split("\r\n");
  const headers: Record<string, string> = {};
  for (const line of lines) {
    const [, name = "", value = ""] = /^([^:]*): *(.*)$/.exec(line) ?? [];
    const known = headers[name.toLowerCase()];
    headers[name.toLowerCase()] = known === undefined ? value : `${known}\n${value}`;
  }
  const body = headers["transfer-encoding"] === "chunked" ? unchunk(rest) : rest;
  return {
    status: Number(/^HTTP\/1\.[01] (\d{3})/.exec(status)?.[1] ?? 0),
    headers,
    body: body.toString("utf8"),
    ended,
  };
}

function unchunk(bytes: Buffer): Buffer {
  const parts: Buffer[] = [];
  for (let at = 0; at < bytes.length; ) {
    const lineEnd = bytes.indexOf("\r\n", at);
    const size = Number.parseInt(bytes.subarray(at, lineEnd).toString("latin1"), 16);
    if (lineEnd === -1 || !(size > 0)) break;
    parts.push(bytes.subarray(lineEnd + 2, lineEnd + 2 + size));
    at = lineEnd + 2 + size + 2;
  }
  return Buffer.concat(parts);
}
