import { connect as connectTcp, isIP } from "node:net";
import { connect as connectTls } from "node:tls";
import type { ResolvedAddress } from "./dns-cache.ts";

/** How long one address is waited for before the next is tried beside it (RFC 8305, section 8), in milliseconds. */
const ATTEMPT_DELAY_MS = 250;

/** A TCP port of a host. */
interface Endpoint {
  /** The name that was asked for; over TLS the server is told of it. */
  readonly host: string;
  readonly port: number;
}

/**
 * The address that accepts a TCP connection first, tried one after the other with a short delay between them (RFC 8305).
 * Nothing is sent. Rejects with the system's error where none does, with the signal's reason where it aborts.
 */
export function firstReachable(
  { host, port, addresses }: Endpoint & { readonly addresses: readonly ResolvedAddress[] },
  signal: AbortSignal,
): Promise<ResolvedAddress> {
  const socket = connectTcp({
    host,
    port,
    autoSelectFamily: true,
    autoSelectFamilyAttemptTimeout: ATTEMPT_DELAY_MS,
    lookup: (_name, _options, callback) => callback(null, [...addresses]),
  });
  return settled(socket, "connect", signal, () => {
    const connected = addresses.find(({ address }) => address === socket.remoteAddress);
    return connected ?? addresses[0];
  });
}

/**
 * Whether an address accepts connections, over TLS with a handshake: tells a host that swallows connections from one that
 * is slow to answer. Certificates are not looked at, for nothing is sent.
 */
export async function acceptsConnections(
  { host, port, address }: Endpoint & { readonly address: string },
  secure: boolean,
  signal: AbortSignal,
): Promise<boolean> {
  const to = { host: address, port };
  try {
    if (secure) {
      const name = isIP(host) === 0 ? { servername: host } : {};
      const socket = connectTls({ ...to, ...name, rejectUnauthorized: false, ALPNProtocols: ["http/1.1"] });
      await settled(socket, "secureConnect", signal, () => true);
    } else {
      await settled(connectTcp(to), "connect", signal, () => true);
    }
    return true;
  } catch {
    return false;
  }
}

/** Waits for an event of a socket, and closes it whatever comes. */
async function settled<T>(
  socket: ReturnType<typeof connectTcp>,
  event: "connect" | "secureConnect",
  signal: AbortSignal,
  result: () => T | undefined,
): Promise<T> {
  const { promise, resolve, reject } = Promise.withResolvers<T>();
  const abort = () => reject(signal.reason);
  signal.addEventListener("abort", abort, { once: true });
  if (signal.aborted) abort();
  socket.on("error", reject);
  socket.on("close", () => reject(new Error("closed")));
  socket.on(event, () => {
    const value = result();
    if (value === undefined) reject(new Error("no address"));
    else resolve(value);
  });
  try {
    return await promise;
  } finally {
    signal.removeEventListener("abort", abort);
    socket.destroy();
  }
}
