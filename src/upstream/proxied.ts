import { request as httpRequest } from "node:http";
import { connect as connectPlainly, type Socket } from "node:net";
import { connect as connectTls } from "node:tls";
import { ChatError } from "../core/failure.ts";
import { Connection } from "./connection.ts";
import { literalOf, portOf, unbracketed, undotted } from "./hosts.ts";
import type { Reply } from "./reply.ts";
import { type Outgoing, opening, written } from "./transport.ts";

/**
 * Sends one request through a proxy, which resolves the name and connects. With TLS the proxy carries a tunnel and
 * sees nothing; without, it sees the request.
 * @throws {ChatError} where the proxy refuses or does not answer; what the socket, TLS or the parser throw
 */
export async function exchangeThrough(proxy: URL, url: URL, outgoing: Outgoing): Promise<Reply> {
  const { headers, connectMs, signal } = outgoing;
  signal.throwIfAborted();
  if (url.protocol === "http:") {
    const request = written(url, url.href, { ...headers, ...credentials(proxy) }, outgoing);
    return new Connection(connectPlainly(placeOf(proxy)), opening(url, connectMs)).send(request, signal);
  }
  const socket = await secured(url, await tunnel(proxy, url, outgoing), outgoing);
  return new Connection(socket).send(written(url, url.pathname + url.search, headers, outgoing), signal);
}

/** Has the proxy connect to the URL's host (RFC 9110, section 9.3.6). */
function tunnel(proxy: URL, url: URL, { connectMs, signal }: Outgoing): Promise<Socket> {
  const host = `${url.hostname}:${portOf(url)}`;
  const request = httpRequest({
    ...placeOf(proxy),
    method: "CONNECT",
    path: host,
    headers: { host, ...credentials(proxy) },
    agent: false,
  });
  const refused = (what: string) => {
    request.destroy();
    return new ChatError({ type: "network", message: `The proxy ${proxy.host} ${what}.` });
  };
  return within<Socket>(
    connectMs,
    signal,
    () => refused("does not answer"),
    (resolve, reject) => {
      request.on("connect", ({ statusCode = 0 }, socket: Socket, early: Uint8Array) => {
        if (statusCode < 200 || statusCode > 299) reject(refused(`answered ${statusCode}`));
        else if (early.length > 0) reject(refused("speaks before it is spoken to"));
        else resolve(socket);
      });
      request.on("response", ({ statusCode }) => reject(refused(`answered ${statusCode}`)));
      request.on("error", () => reject(refused("cannot be reached")));
      request.on("close", () => reject(refused("closed the connection")));
      request.end();
      return () => request.destroy();
    },
  );
}

function secured(url: URL, socket: Socket, { connectMs, signal }: Outgoing): Promise<Socket> {
  const name = undotted(unbracketed(url.hostname));
  // TLS knows no addresses as names (RFC 6066, section 3).
  const servername = literalOf(url) === undefined ? name : "";
  const late = () =>
    new ChatError({ type: "network", message: `${url.host} does not answer through the proxy.` });
  return within<Socket>(connectMs, signal, late, (resolve, reject) => {
    const tls = connectTls({ socket, host: name, servername, ALPNProtocols: ["http/1.1"] }, () =>
      resolve(tls),
    );
    tls.on("error", reject);
    return () => {
      tls.destroy();
      socket.destroy();
    };
  });
}

/** Waits for something that can be undone: it is, when the time is over or the signal aborts before, or when it fails. */
async function within<T>(
  milliseconds: number,
  signal: AbortSignal,
  late: () => Error,
  start: (resolve: (value: T) => void, reject: (error: unknown) => void) => () => void,
): Promise<T> {
  signal.throwIfAborted();
  const { promise, resolve, reject } = Promise.withResolvers<T>();
  const undo = start(resolve, reject);
  const timer = setTimeout(() => reject(late()), milliseconds);
  const abort = () => reject(signal.reason);
  signal.addEventListener("abort", abort, { once: true });
  try {
    return await promise;
  } catch (error) {
    undo();
    throw error;
  } finally {
    clearTimeout(timer);
    signal.removeEventListener("abort", abort);
  }
}

function placeOf(proxy: URL): { readonly host: string; readonly port: number } {
  return { host: unbracketed(proxy.hostname), port: portOf(proxy) };
}

/** The user and password in the proxy's URL. */
function credentials({ username, password }: URL): Record<string, string> {
  if (username === "") return {};
  const pair = `${decodeURIComponent(username)}:${decodeURIComponent(password)}`;
  return { "proxy-authorization": `Basic ${Buffer.from(pair).toString("base64")}` };
}
