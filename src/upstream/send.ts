import { ChatError, type Failure } from "../core/failure.ts";
import type { Destination } from "./guard.ts";
import type { Reply } from "./reply.ts";
import { exchange, type Outgoing } from "./transport.ts";
import { codeOf, networkFailure } from "./words.ts";

/** Codes of a connection that was never made: the next address may do better. */
const NOT_CONNECTED = new Set(["ECONNREFUSED", "ENETUNREACH", "EHOSTUNREACH", "EADDRNOTAVAIL"]);

/** How the parser's complaints begin: what came is no HTTP. */
const PARSER_CODE = /^HPE_/;

/**
 * Sends one request to a judged destination and settles when headers have come. Redirects are handed back, not followed;
 * bodies are not unpacked; no variable of the environment has a say. Where nothing listens at one address of a name
 * (`localhost` often has two), the next is tried.
 * @throws {ChatError} `network` or `bad_output`; or the signal's reason, where that is a `ChatError`
 */
export async function send(destination: Destination, options: Outgoing): Promise<Reply> {
  const { url, proxy, addresses } = destination;
  const outgoing = { ...options, headers: { ...options.headers, "accept-encoding": "identity" } };
  let failure: unknown;
  try {
    if (proxy !== undefined) {
      // Loaded by the first who needs it: with it comes the whole of `node:http`.
      const { exchangeThrough } = await import("./proxied.ts");
      return await exchangeThrough(proxy, url, outgoing);
    }
    for (const address of addresses) {
      try {
        return await exchange(url, address, outgoing);
      } catch (error) {
        failure = error;
        if (options.signal.aborted || !NOT_CONNECTED.has(codeOf(error))) break;
      }
    }
  } catch (error) {
    failure = error;
  }
  const place = proxy === undefined ? url.host : `${url.host} through the proxy ${proxy.host}`;
  throw new ChatError(faultBehind(failure, options.signal, place));
}

/** Why a request or a read was given up: the reason that we gave ourselves, or what the network did. */
export function faultBehind(error: unknown, signal: AbortSignal, host: string): Failure {
  const reason: unknown = signal.reason;
  if (signal.aborted && reason instanceof ChatError) return reason.failure;
  if (error instanceof ChatError) return error.failure;
  if (isMalformed(error)) return { type: "bad_output", message: `${host} sent something that is no HTTP.` };
  return networkFailure(error, host);
}

/** What came is no HTTP: of that, nothing is an answer that was cut. */
export function isMalformed(error: unknown): boolean {
  return PARSER_CODE.test(codeOf(error));
}
