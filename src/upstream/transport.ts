import { validateHeaderName, validateHeaderValue } from "node:_http_common";
import { connect as connectPlainly } from "node:net";
import { connect as connectSecurely } from "node:tls";
import type { Secret } from "../core/secret.ts";
import { Connection, type Opening } from "./connection.ts";
import { literalOf, portOf, undotted } from "./hosts.ts";
import { KeptConnections } from "./kept.ts";
import type { Reply } from "./reply.ts";
import type { ResolvedAddress } from "./resolve.ts";
import { codeOf } from "./words.ts";

export interface Outgoing {
  readonly method: "GET" | "POST";
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string;
  /** How long a new connection may take to stand, in milliseconds. */
  readonly connectMs: number;
  readonly signal: AbortSignal;
  /** Whose request it is. */
  readonly secrets: readonly Secret[];
}

/**
 * How long a connection waits for its next request, in milliseconds. Less than servers allow (five seconds with Node
 * and uvicorn), because a request that meets a closing connection is lost; over TLS, where a new connection costs
 * more, less than a router on the way takes to forget it.
 */
const IDLE_MS = 4_000;
const IDLE_TLS_MS = 30_000;

/** A kept connection that was being closed says so within this time. */
const CLOSING_MS = 100;

/** By name and address, and by whose they are: an answer that goes astray at a provider must not reach somebody else. */
const KEPT = { http: new KeptConnections(IDLE_MS), https: new KeptConnections(IDLE_TLS_MS) };

/**
 * Sends one request to one judged address and settles when headers have come. The server sees the URL's name in `Host`,
 * and its certificate must be for that name.
 *
 * Neither `fetch`, which throws away what it has read when a connection breaks, nor `node:http`, which costs twice the
 * memory and a third more for each token: a socket and the parser that `node:http` uses.
 * @throws what the socket, TLS or the parser throw; the signal's reason where it aborts
 */
export async function exchange(url: URL, to: ResolvedAddress, outgoing: Outgoing): Promise<Reply> {
  const { signal } = outgoing;
  signal.throwIfAborted();
  const request = written(url, url.pathname + url.search, outgoing.headers, outgoing);
  const place = `${undotted(url.hostname)} ${to.address} ${portOf(url)} ${fingerprint(outgoing.secrets)}`;
  const kept = KEPT[isSecure(url) ? "https" : "http"].take(place);
  if (kept === undefined) return connected(place, url, to, outgoing).send(request, signal);
  const started = performance.now();
  try {
    return await kept.send(request, signal);
  } catch (error) {
    // The server was just closing it when the request met it. Later than that, the request may have been read.
    const metClosing = isReset(error) && !kept.heard && performance.now() - started < CLOSING_MS;
    if (signal.aborted || !metClosing) throw error;
    return await connected(place, url, to, outgoing).send(request, signal);
  }
}

/**
 * A request as text.
 * @param target what stands in its first line
 * @throws {TypeError} for headers that would not be read as what they are
 */
export function written(
  url: URL,
  target: string,
  headers: Readonly<Record<string, string>>,
  { method, body }: Pick<Outgoing, "method" | "body">,
): string {
  let head = `${method} ${target} HTTP/1.1\r\nhost: ${url.host}\r\nconnection: keep-alive\r\n`;
  for (const [name, value] of Object.entries(headers)) {
    validateHeaderName(name);
    validateHeaderValue(name, value);
    head += `${name}: ${value}\r\n`;
  }
  return body === undefined
    ? `${head}\r\n`
    : `${head}content-length: ${Buffer.byteLength(body)}\r\n\r\n${body}`;
}

/** A new connection, kept when it is free. */
function connected(
  place: string,
  url: URL,
  { address, family }: ResolvedAddress,
  { connectMs }: Outgoing,
): Connection {
  const at = { host: address, family, port: portOf(url) };
  return isSecure(url)
    ? new Connection(
        connectSecurely({ ...at, ...tlsOptions(url) }),
        opening(url, connectMs),
        place,
        KEPT.https,
      )
    : new Connection(connectPlainly(at), opening(url, connectMs), place, KEPT.http);
}

/** The name that the certificate must be for. TLS knows no trailing dot and no addresses (RFC 6066, section 3). */
function tlsOptions(url: URL) {
  return {
    ALPNProtocols: ["http/1.1"],
    ...(literalOf(url) === undefined ? { servername: undotted(url.hostname) } : {}),
  };
}

/** How a connection for this URL comes to stand. */
export function opening(url: URL, connectMs: number): Opening {
  return {
    event: isSecure(url) ? "secureConnect" : "connect",
    within: connectMs,
    late: { type: "network", message: `${url.host} does not accept connections.` },
  };
}

const SEED = crypto.getRandomValues(new Uint32Array(1))[0] ?? 0;

/** What tells callers apart, and says nothing of their keys. */
function fingerprint(secrets: readonly Secret[]): string {
  return Bun.hash(secrets.map((secret) => secret.reveal()).join("\n"), SEED).toString(36);
}

function isSecure(url: URL): boolean {
  return url.protocol === "https:";
}

function isReset(error: unknown): boolean {
  const code = codeOf(error);
  return code === "ECONNRESET" || code === "EPIPE";
}
