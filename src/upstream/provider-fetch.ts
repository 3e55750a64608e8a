import { Deadline } from "../core/deadline.ts";
import { ChatError, type Failure } from "../core/failure.ts";
import type { Destination } from "./address-policy.ts";
import type { ResolvedAddress } from "./dns-cache.ts";
import { codeOf, networkFailure } from "./error-messages.ts";
import { literalOf, portOf, unbracketed, undotted } from "./hosts.ts";

/** The part of a request that the platform's `fetch` takes beside the URL. */
export interface ProviderRequestInit {
  readonly method: "GET" | "POST";
  readonly headers: Readonly<Record<string, string>>;
  /** JSON text. */
  readonly body?: string;
  readonly signal: AbortSignal;
}

/**
 * `fetch`, held to an address that was judged: the one place where a request leaves this server. Settles when the response's
 * headers have come. Redirects are handed back, not followed; bodies are not unpacked; no variable of the environment has
 * a say.
 * @throws {ChatError} `forbidden`, `network` or `bad_output`; or the signal's reason, where that is a `ChatError`
 */
export type ProviderFetch = (url: URL, init: ProviderRequestInit) => Promise<Response>;

/** The platform's own `fetch`, or what stands in for it in tests and for whoever embeds the server. */
export type PlatformFetch = (url: string, init: BunFetchRequestInit) => Promise<Response>;

export interface ProviderFetchOptions {
  /**
   * Where a URL may be reached.
   * @throws {ChatError} `forbidden` or `network`
   */
  readonly locate: (url: URL, signal: AbortSignal) => Promise<Destination>;
  /** Milliseconds that a new connection may take. */
  readonly connectTimeout: number;
  readonly fetch?: PlatformFetch;
}

/** Most time that the probe of a host takes, in milliseconds. */
const PROBE_MS = 3_000;

/** How long the reachable one of several addresses is remembered: as long as a look-up, in milliseconds. */
const REMEMBER_MS = 10_000;

/** Makes the `fetch` that providers are asked with. Where it rejects, the caller aborts its signal: that ends what is under way. */
export function createProviderFetch(options: ProviderFetchOptions): ProviderFetch {
  const platformFetch = options.fetch ?? fetch;
  const { connectTimeout } = options;
  const reachable = new ReachableAddresses(connectTimeout);
  return async (url, init) => {
    const destination = await options.locate(url, init.signal);
    const unreachable = Promise.withResolvers<never>();
    let address: ResolvedAddress | undefined;
    const probe = new Deadline({
      onTimeout: () => probeConnection(destination, address, connectTimeout).catch(unreachable.reject),
    });
    try {
      address = await reachable.choose(destination, init.signal);
      await restOfPacket(init.signal);
      const response = platformFetch(...fetchArguments(destination, address, init));
      probe.set(connectTimeout - probeTime(connectTimeout));
      return await Promise.race([response, unreachable.promise]);
    } catch (error) {
      if (!init.signal.aborted) reachable.forget(destination);
      throw new ChatError(failureBehind(error, init.signal, placeOf(destination)), { cause: error });
    } finally {
      probe.clear();
    }
  };
}

/**
 * Waits until Bun has looked at all that came in the same packet as a client's request. A second request there, or a
 * trailer, makes it close the connection, and then nobody is to be asked in vain (docs/reliability.md, Known gaps).
 */
async function restOfPacket(signal: AbortSignal): Promise<void> {
  await new Promise((resolve) => setImmediate(resolve));
  signal.throwIfAborted();
}

/** URL and options for the platform's `fetch`. They go into its second argument: a `Request` drops half of them in silence. */
function fetchArguments(
  { url, proxy }: Destination,
  address: ResolvedAddress | undefined,
  { method, headers, body, signal }: ProviderRequestInit,
): [string, BunFetchRequestInit] {
  const init: BunFetchRequestInit = {
    method,
    headers: { ...headers, host: url.host, "accept-encoding": "identity" },
    ...(body === undefined ? {} : { body }),
    signal,
    redirect: "manual",
    decompress: false,
    // Timeouts are ours: a model may think for longer than the runtime would wait.
    timeout: false,
    // Said explicitly, so that no variable can switch the check off.
    tls: { rejectUnauthorized: true, ...serverName(url) },
  };
  if (address === undefined) return [url.href, proxy === undefined ? init : { ...init, proxy: proxy.href }];
  if (address.address === url.hostname) return [url.href, init];
  const pinned = new URL(url);
  pinned.hostname = address.family === 6 ? `[${address.address}]` : address.address;
  return [pinned.href, init];
}

/** The name that the certificate must be for. TLS knows no trailing dot and no addresses (RFC 6066, section 3). */
function serverName(url: URL): { serverName?: string } {
  return url.protocol === "https:" && literalOf(url) === undefined
    ? { serverName: undotted(url.hostname) }
    : {};
}

/** Of several addresses of one name, the one that answers. Kept for a short while, as look-ups are. */
class ReachableAddresses {
  readonly #known = new Map<string, { readonly address: ResolvedAddress; readonly until: number }>();
  readonly #connectTimeout: number;

  constructor(connectTimeout: number) {
    this.#connectTimeout = connectTimeout;
  }

  /** The one that was chosen failed: another may answer. */
  forget(destination: Destination): void {
    this.#known.delete(keyOf(destination));
  }

  async choose(
    { url, addresses, proxy }: Destination,
    signal: AbortSignal,
  ): Promise<ResolvedAddress | undefined> {
    if (proxy !== undefined) return undefined;
    if (addresses.length < 2) return addresses[0];
    const key = keyOf({ url, addresses });
    const now = performance.now();
    for (const [name, { until }] of this.#known) if (until <= now) this.#known.delete(name);
    const known = this.#known.get(key);
    if (known !== undefined) return known.address;
    const endpoint = { host: url.hostname, addresses, port: portOf(url) };
    const tooLate = AbortSignal.timeout(this.#connectTimeout);
    try {
      const { firstReachable } = await import("./happy-eyeballs.ts");
      const address = await firstReachable(endpoint, AbortSignal.any([signal, tooLate]));
      this.#known.set(key, { address, until: now + REMEMBER_MS });
      return address;
    } catch (error) {
      throw tooLate.aborted && !signal.aborted ? new ChatError(notAccepting(url.host)) : error;
    }
  }
}

function keyOf({ url, addresses }: Pick<Destination, "url" | "addresses">): string {
  return `${url.host} ${addresses.map(({ address }) => address).join(" ")}`;
}

/** How long before the connect timeout a host that has not answered is probed. */
function probeTime(connectTimeout: number): number {
  return Math.min(PROBE_MS, connectTimeout / 2);
}

/**
 * The runtime does not tell when a connection is established. Where headers are late, a second connection shows whether the
 * host is slow or swallows connections.
 * @param address the one that was asked; of others that the name has nothing follows. Absent where a proxy was
 * @throws {ChatError} `network` where it does
 */
async function probeConnection(
  destination: Destination,
  address: ResolvedAddress | undefined,
  connectTimeout: number,
): Promise<void> {
  const { url, proxy } = destination;
  const to = proxy ?? url;
  const host = undotted(unbracketed(to.hostname));
  const endpoint = { host, address: address?.address ?? host, port: portOf(to) };
  const signal = AbortSignal.timeout(probeTime(connectTimeout));
  const { acceptsConnections } = await import("./happy-eyeballs.ts");
  if (!(await acceptsConnections(endpoint, to.protocol === "https:", signal)))
    throw new ChatError(notAccepting(placeOf(destination)));
}

function placeOf({ url, proxy }: Pick<Destination, "url" | "proxy">): string {
  return proxy === undefined ? url.host : `${url.host} through the proxy ${proxy.host}`;
}

function notAccepting(place: string): Failure {
  return { type: "network", message: `${place} does not accept connections.` };
}

/** Codes of the runtime for bytes that are no HTTP response. */
const MALFORMED =
  /^(?:InvalidHTTPResponse|Malformed|InvalidContentLength|ResponseHeadersTooLarge|UnrequestedUpgrade|HPE_)/i;

/** Why a request or a read was given up: the reason that we gave ourselves, or what the network did. */
export function failureBehind(error: unknown, signal: AbortSignal, place: string): Failure {
  const reason: unknown = signal.reason;
  if (signal.aborted && reason instanceof ChatError) return reason.failure;
  if (error instanceof ChatError) return error.failure;
  if (isMalformed(error)) return { type: "bad_output", message: `${place} sent something that is no HTTP.` };
  return networkFailure(error, place);
}

/** What came is no HTTP: of that, nothing is an answer that was cut. */
export function isMalformed(error: unknown): boolean {
  return MALFORMED.test(codeOf(error));
}
