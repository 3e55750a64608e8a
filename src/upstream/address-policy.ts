/** Where a request may go: the address policy (docs/protocol.md, section 7), and how to connect to what it judged. */

import { ChatError, invalidField } from "../core/failure.ts";
import { type AllowRule, isAllowed } from "./allow-rules.ts";
import { RESOLVE_TIMEOUT, type ResolvedAddress, type Resolver, resolveWithin } from "./dns-cache.ts";
import { isHostName, literalOf, portOf, undotted } from "./hosts.ts";
import { type Address, isThisMachine, parseAddress, type Reading, readings } from "./ip-address.ts";
import { systemResolver } from "./system-resolver.ts";

export interface UpstreamPolicy {
  /** Bound beyond loopback: others than this machine's users can make requests. */
  readonly exposed: boolean;
  /** What `--allow-upstream` names. */
  readonly allow: readonly AllowRule[];
  /** This server: the port it listens on, and addresses of its own beside those of its interfaces. */
  readonly own: () => { readonly port: number; readonly addresses: readonly string[] };
  /**
   * A proxy carries this very request: names resolve there, and only literal addresses can be judged. Must be
   * false for a URL that goes past the proxy (`NO_PROXY`, no proxy for its scheme), or nobody judges its name.
   */
  readonly proxied: boolean;
}

export interface Destination {
  readonly url: URL;
  /** The address to connect to, the first of `addresses`; absent for a name that a proxy resolves. */
  readonly address?: string;
  readonly family?: 4 | 6;
  /** All addresses, each of them judged, in the resolver's order. What connects uses these and no others. */
  readonly addresses: readonly ResolvedAddress[];
  /** The proxy that carries the request, where there is one. */
  readonly proxy?: URL;
}

/**
 * Judges a URL and every address that its host stands for. The name is looked up once, here; what connects
 * later uses the addresses of this answer and does not look up again.
 *
 * @throws ChatError `invalid_request` (scheme, user or password, host, port), `forbidden` (the policy),
 *   `network` (no such name); the signal's reason if it aborts meanwhile.
 */
export async function judge(
  url: URL,
  policy: UpstreamPolicy,
  resolve: Resolver = systemResolver,
  signal?: AbortSignal,
): Promise<Destination> {
  checkForm(url);
  const literal = literalOf(url);
  if (literal === undefined && policy.proxied) return { url, addresses: [] };

  const found = literal === undefined ? await lookUp(url.hostname, resolve, signal) : [literal];
  const refusals: Refusal[] = [];
  for (const address of found) refusals.push(...refusalsOf(address, url, policy));
  const refusal = refusals.find(({ isFinal }) => isFinal) ?? refusals[0];
  if (refusal !== undefined) {
    const subject = literal === undefined ? `The name ${url.hostname} leads to` : `${url.hostname} is`;
    throw new ChatError({ type: "forbidden", message: `${subject} ${refusal.why}.` });
  }
  const addresses = found.filter((address) => address !== undefined).map(asResolved);
  return { url, ...addresses[0], addresses };
}

/** @throws {ChatError} `invalid_request` for a scheme, a user or a port that no policy can allow */
export function checkForm(url: URL): void {
  const wrong = (message: string) => invalidField("api_base_url", message);
  if (url.protocol !== "http:" && url.protocol !== "https:") throw wrong("Only http and https can be used.");
  if (url.username !== "" || url.password !== "") throw wrong("A user or a password has no place in a URL.");
  if (literalOf(url) === undefined && !isHostName(url.hostname)) throw wrong("This is no name of a host.");
  if (url.port === "0") throw wrong("Port 0 leads nowhere.");
}

async function lookUp(
  hostname: string,
  resolve: Resolver,
  signal?: AbortSignal,
): Promise<readonly (Address | undefined)[]> {
  let cause: unknown;
  try {
    const found = await resolveWithin(resolve, hostname, RESOLVE_TIMEOUT, signal);
    if (found.length > 0) return found.map(({ address }) => parseAddress(address));
  } catch (error) {
    signal?.throwIfAborted();
    cause = error;
  }
  if (isLocalhost(hostname)) return LOOPBACK.map(parseAddress);
  throw unresolved(hostname, cause);
}

const LOOPBACK = ["127.0.0.1", "::1"];

/** RFC 6761, section 6.3: these names always mean loopback, but few resolvers know more than the first. */
function isLocalhost(hostname: string): boolean {
  return /(^|\.)localhost$/.test(undotted(hostname));
}

function unresolved(hostname: string, cause?: unknown): ChatError {
  return new ChatError({ type: "network", message: `The name ${hostname} does not resolve.` }, { cause });
}

interface Refusal {
  /** The end of a sentence. */
  readonly why: string;
  /** Whether no setting can change it. */
  readonly isFinal: boolean;
}

/** Why an address may not be reached; nothing if it may. */
function refusalsOf(address: Address | undefined, url: URL, policy: UpstreamPolicy): readonly Refusal[] {
  if (address === undefined) return [never("no address that can be judged")];
  const judged = readings(address);
  const own = policy.own();
  if (portOf(url) === own.port) {
    const all = [address, ...judged.map((reading) => reading.address)];
    if (all.some((each) => isThisMachine(each, own.addresses))) return [never("this server itself")];
  }
  return judged
    .map((reading) => refusalOf(reading, address, url, policy))
    .filter((refusal) => refusal !== undefined);
}

function refusalOf(
  { address, reach, what }: Reading,
  whole: Address,
  url: URL,
  { exposed, allow }: UpstreamPolicy,
): Refusal | undefined {
  if (reach === "never") return never(what);
  const isBarred = exposed && reach !== "public";
  const isReadable = url.protocol === "http:" && reach !== "private";
  if ((!isBarred && !isReadable) || isAllowed(allow, url, [whole, address])) return undefined;
  const why = isBarred
    ? `${what}, and this server is bound beyond loopback: it connects there only with --allow-upstream ${url.host}`
    : `${what}: plain http would carry the key there in the clear. Use https, or --allow-upstream ${url.host}`;
  return { why, isFinal: false };
}

function never(what: string): Refusal {
  return {
    why: `${what}. No connection is ever made there, and --allow-upstream cannot change that`,
    isFinal: true,
  };
}

function asResolved(address: Address): ResolvedAddress {
  return { address: address.toString(), family: address.kind() === "ipv6" ? 6 : 4 };
}
