import { connect } from "node:net";
import { ChatError, type Failure } from "../core/failure.ts";
import { type Destination, type FetchTarget, fetchTarget } from "./guard.ts";
import { codeOf, networkFailure } from "./words.ts";

/** How long the plain connection may take that tells a dead host from a slow one. */
const PROBE_MS = 3_000;

export interface SendOptions {
  readonly method: "GET" | "POST";
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string;
  readonly signal: AbortSignal;
}

/** Codes of a connection that was never made: the next address may do better. */
const NOT_CONNECTED = new Set([
  "ConnectionRefused",
  "ECONNREFUSED",
  "FailedToOpenSocket",
  "ENETUNREACH",
  "EHOSTUNREACH",
]);

/**
 * Sends one request to a judged destination and settles when headers have come. Redirects are handed back, not
 * followed; bodies are not unpacked; no timer of the runtime applies. Where nothing listens at one address of a name
 * (`localhost` often has two), the next is tried.
 * @throws {ChatError} `network`; or the signal's reason, where that is a `ChatError`
 */
export async function send(destination: Destination, options: SendOptions): Promise<Response> {
  let failure: unknown;
  for (const address of destination.addresses.length === 0 ? [undefined] : destination.addresses) {
    try {
      return await sendTo(fetchTarget(destination, address), options);
    } catch (error) {
      failure = error;
      if (options.signal.aborted || !NOT_CONNECTED.has(codeOf(error))) break;
    }
  }
  throw new ChatError(faultBehind(failure, options.signal, destination.url.host));
}

function sendTo(target: FetchTarget, options: SendOptions): Promise<Response> {
  return fetch(target.url, {
    method: options.method,
    headers: { ...options.headers, "accept-encoding": "identity", ...target.headers },
    ...(options.body === undefined ? {} : { body: options.body }),
    ...(target.tls === undefined ? {} : { tls: target.tls }),
    redirect: "manual",
    decompress: false,
    timeout: false,
    signal: options.signal,
  });
}

/** Why a request or a read was given up: the reason that we gave ourselves, or what the network did. */
export function faultBehind(error: unknown, signal: AbortSignal, host: string): Failure {
  const reason: unknown = signal.reason;
  return signal.aborted && reason instanceof ChatError ? reason.failure : networkFailure(error, host);
}

/**
 * Whether anything accepts a connection there. `fetch` cannot tell that a connection stands, and a host that drops
 * packets looks just like a model that thinks.
 */
export function accepts(destination: Destination): Promise<boolean> {
  const { url, address } = destination;
  if (address === undefined) return Promise.resolve(true);
  return new Promise((resolve) => {
    const socket = connect({
      host: address,
      port: Number(url.port || (url.protocol === "https:" ? 443 : 80)),
    });
    const settle = (accepted: boolean) => {
      clearTimeout(timer);
      socket.destroy();
      resolve(accepted);
    };
    const timer = setTimeout(settle, PROBE_MS, false);
    socket.once("connect", () => settle(true));
    socket.once("error", () => settle(false));
  });
}

/** A host that has not accepted a connection in time. */
export function unreachable(host: string): Failure {
  return { type: "network", message: `${host} does not accept connections.` };
}
