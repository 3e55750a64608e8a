import {
  type ClientRequest,
  Agent as HttpAgent,
  request as httpRequest,
  type IncomingMessage,
} from "node:http";
import { Agent as HttpsAgent, request as httpsRequest } from "node:https";
import { ChatError, type Failure } from "../core/failure.ts";
import { literalOf, portOf, undotted } from "./hosts.ts";
import { ConnectionClosedError, IncomingBody } from "./incoming.ts";
import type { Reply } from "./reply.ts";
import type { ResolvedAddress } from "./resolve.ts";

/** Most bytes of a response's headers. */
const MAX_HEADER_BYTES = 64 * 1024;

export interface Outgoing {
  readonly method: "GET" | "POST";
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string;
  /** How long a new connection may take to stand, in milliseconds. */
  readonly connectMs: number;
  readonly signal: AbortSignal;
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

/** Connections that wait for their next request, by address and, with TLS, by name. They know nothing of the last one. */
const KEPT = {
  http: new HttpAgent({ keepAlive: true, timeout: IDLE_MS }),
  https: new HttpsAgent({ keepAlive: true, timeout: IDLE_TLS_MS }),
};

/**
 * Sends one request to one judged address and settles when headers have come. The server sees the URL's name in `Host`,
 * and its certificate must be for that name.
 *
 * It is `node:http` and not `fetch`: when a connection breaks, Bun's `fetch` throws away what it has read and not yet
 * handed out; it does not tell whether a connection stands; and it holds at most 256 requests at once.
 * @throws what the socket, TLS or the parser throw; the signal's reason where it aborts
 */
export async function exchange(url: URL, to: ResolvedAddress, outgoing: Outgoing): Promise<Reply> {
  const started = performance.now();
  const first = sent(url, to, outgoing, true);
  try {
    return await first.reply;
  } catch (error) {
    // A kept connection that the server was just closing when the request met it. Later than that, it may have been read.
    const metClosing =
      first.request.reusedSocket && isReset(error) && performance.now() - started < CLOSING_MS;
    if (outgoing.signal.aborted || !metClosing) throw error;
    return await sent(url, to, outgoing, false).reply;
  }
}

function sent(url: URL, { address, family }: ResolvedAddress, outgoing: Outgoing, mayReuse: boolean) {
  const isSecure = url.protocol === "https:";
  const { method, signal } = outgoing;
  signal.throwIfAborted();
  const request = (isSecure ? httpsRequest : httpRequest)({
    host: address,
    family,
    port: portOf(url),
    method,
    path: url.pathname + url.search,
    headers: requestHeaders(url, outgoing),
    maxHeaderSize: MAX_HEADER_BYTES,
    // TLS knows no trailing dot and no addresses (RFC 6066, section 3).
    ...(isSecure && literalOf(url) === undefined ? { servername: undotted(url.hostname) } : {}),
    agent: mayReuse ? KEPT[isSecure ? "https" : "http"] : false,
  });
  return { request, reply: replyTo(request, outgoing, url) };
}

/** The headers of a request, with the name that was asked for in `Host`. */
export function requestHeaders(url: URL, { headers, body }: Outgoing): Record<string, string | number> {
  return {
    ...headers,
    host: url.host,
    ...(body === undefined ? {} : { "content-length": Buffer.byteLength(body) }),
  };
}

/** Sends the body of a request that has been made, and settles with the head of its response. */
export function replyTo(
  request: ClientRequest,
  { body, connectMs, signal }: Outgoing,
  url: URL,
): Promise<Reply> {
  const { promise, resolve, reject } = Promise.withResolvers<Reply>();
  let incoming: IncomingBody | undefined;
  const fail = (error: unknown) => {
    incoming?.fail(error);
    reject(error);
  };
  const abort = () => {
    fail(signal.reason);
    request.destroy();
  };
  const late = setTimeout(() => {
    fail(new ChatError(unreachable(url.host)));
    request.destroy();
  }, connectMs);
  signal.addEventListener("abort", abort, { once: true });
  request.on("socket", (socket) => {
    socket.setNoDelay(true);
    if (!socket.connecting) clearTimeout(late);
    else socket.once(url.protocol === "https:" ? "secureConnect" : "connect", () => clearTimeout(late));
  });
  request.on("response", (message) => {
    incoming = new IncomingBody(message);
    resolve({ status: message.statusCode ?? 0, headers: headersOf(message), body: incoming });
  });
  // Both of these without a listener would leave the request without an end.
  request.on("upgrade", (_, socket) => {
    socket.destroy();
    fail(new ChatError(otherProtocol(url.host)));
  });
  request.on("error", fail);
  request.on("close", () => {
    reject(new ConnectionClosedError());
    clearTimeout(late);
    signal.removeEventListener("abort", abort);
  });
  request.end(body);
  return promise;
}

function headersOf({ rawHeaders }: IncomingMessage): Headers {
  const headers = new Headers();
  for (let i = 0; i + 1 < rawHeaders.length; i += 2)
    headers.append(rawHeaders[i] ?? "", rawHeaders[i + 1] ?? "");
  return headers;
}

function isReset(error: unknown): boolean {
  const code = error instanceof Error && "code" in error ? error.code : undefined;
  return code === "ECONNRESET" || code === "EPIPE";
}

function otherProtocol(host: string): Failure {
  return { type: "bad_output", message: `${host} changed to another protocol.` };
}

/** A host that has not accepted a connection in time. */
function unreachable(host: string): Failure {
  return { type: "network", message: `${host} does not accept connections.` };
}
