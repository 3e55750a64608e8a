/** What an address is for: the classes of the address policy, and what hides inside an IPv6 address. */

import { networkInterfaces } from "node:os";
import ipaddr from "ipaddr.js";

export type Address = ipaddr.IPv4 | ipaddr.IPv6;

/**
 * - `never`: no setting allows it.
 * - `private`: loopback and networks that only this machine's surroundings can reach.
 * - `reserved`: neither private nor public (documentation, benchmarking, future use). Nobody on the public
 *   internet answers there, yet some do use these: proxies in "fake IP" mode hand out 198.18.0.0/15 for every
 *   name, clouds number machines in 240.0.0.0/4. So it is not forbidden, but has to pass the rules for private
 *   and for public addresses both.
 * - `public`: all else.
 */
export type Reach = "never" | "private" | "reserved" | "public";

/** One reading of an address: itself, or an IPv4 address that it carries. */
export interface Reading {
  readonly address: Address;
  readonly reach: Reach;
  /** For a sentence: `a link-local address`. */
  readonly what: string;
}

type Kind = readonly [reach: Reach, what: string];

/** Metadata and host services of clouds that lie outside the link-local ranges. */
const METADATA: readonly (readonly [Address, number])[] = [
  "100.100.100.200/32", // Alibaba
  "168.63.129.16/32", // Azure
  "192.0.0.192/32", // Oracle
  "fd00:ec2::/32", // AWS: metadata (::254), but pod credentials (::23) too
  "fd20:ce::254/128", // Google
  "fd00:c1::a9fe:a9fe/128", // Oracle
  "fd00:42::42/128", // Scaleway
  "fd00:a9fe:a9fe::1/128", // Akamai
  "fd00:100::100:200/128", // Alibaba
].map((range) => ipaddr.parseCIDR(range));

const PRIVATE_NETWORK: Kind = ["private", "a private address"];

/** By the names that ipaddr.js gives to ranges; one that is not here is reserved. */
const KINDS: Readonly<Record<string, Kind>> = {
  unspecified: ["never", "an unspecified address"],
  linkLocal: ["never", "a link-local address"],
  multicast: ["never", "a multicast address"],
  broadcast: ["never", "the broadcast address"],
  loopback: ["private", "a loopback address"],
  private: PRIVATE_NETWORK,
  uniqueLocal: PRIVATE_NETWORK,
  deprecatedSiteLocal: PRIVATE_NETWORK,
  carrierGradeNat: ["private", "a carrier-grade NAT address"],
  unicast: ["public", "a public address"],
};

const RESERVED: Kind = ["reserved", "a reserved address"];

/**
 * Reads an IP address in the plain form that `URL` and resolvers give; IPv4-mapped IPv6 becomes IPv4, which
 * is what the system connects to. Undefined for all else, and for addresses with a zone.
 */
export const parseAddress = remembered((text: string): Address | undefined => {
  // Loaded by the first who asks: with it come sockets and streams, a twentieth of the server's start.
  const { isIP }: typeof import("node:net") = require("node:net");
  return isIP(text) === 0 || text.includes("%") ? undefined : ipaddr.process(text);
});

/** Every reading of an address, never none. Each of them has to be allowed. */
export const readings = remembered((address: Address): readonly Reading[] => {
  const carried = address instanceof ipaddr.IPv6 ? carriedBy(address) : [];
  return (carried.length > 0 ? carried : [address]).map(read);
});

/** As many results as are kept: a request asks for the same host three times over, and so does the next one. */
const MOST_REMEMBERED = 256;

/** A function without side effects that keeps what it has worked out, until that is too much. */
function remembered<Argument, Result>(work: (argument: Argument) => Result): (argument: Argument) => Result {
  const known = new Map<Argument, Result>();
  return (argument) => {
    const before = known.get(argument);
    if (before !== undefined || known.has(argument)) return before as Result;
    if (known.size >= MOST_REMEMBERED) known.clear();
    const result = work(argument);
    known.set(argument, result);
    return result;
  };
}

function read(address: Address): Reading {
  const [reach, what] = kindOf(address);
  return { address, reach, what };
}

function kindOf(address: Address): Kind {
  if (METADATA.some((range) => covers(range, address))) return ["never", "a cloud-metadata address"];
  const kind = KINDS[address.range()] ?? RESERVED;
  // Beyond 2000::/3 nothing has been handed out as public.
  const unassigned = address.kind() === "ipv6" && ((address.toByteArray()[0] ?? 0) & 0xe0) !== 0x20;
  return kind[0] === "public" && unassigned ? RESERVED : kind;
}

/** Whether an address lies in a range, given as its base and the number of leading bits that count. */
export function covers(range: readonly [Address, number], address: Address): boolean {
  return range[0].kind() === address.kind() && address.match(range[0], range[1]);
}

/** Where RFC 6052 (section 2.2) puts the IPv4 address, for prefixes of 48, 56, 64 and 96 bits. */
const TRANSLATED = [
  [6, 7, 9, 10],
  [7, 9, 10, 11],
  [9, 10, 11, 12],
  [12, 13, 14, 15],
];
const LAST = [12, 13, 14, 15];

/** What an IPv6 address carries, as addresses to judge in its place; empty if it is only itself. */
function carriedBy(address: ipaddr.IPv6): readonly Address[] {
  const bytes = address.toByteArray();
  const at = (places: readonly number[], mask = 0) =>
    new ipaddr.IPv4(places.map((place) => (bytes[place] ?? 0) ^ mask));
  // The names are wider than the type that ipaddr.js declares for them.
  const range: string = address.range();

  if (range === "rfc6145") return [at(LAST)];
  if (range === "6to4") return [at([2, 3, 4, 5])];
  // RFC 4380, section 4: the Teredo server, and the client's address with its bits inverted.
  if (range === "teredo") return [at([4, 5, 6, 7]), at(LAST, 0xff)];
  if (range === "rfc6052") {
    if (bytes[5] === 0) return [at(LAST)];
    // RFC 8215: whoever runs the translator chooses the length of the prefix, so every place is looked at.
    // Where there is none the bits are mostly zeros.
    const all = TRANSLATED.map((places) => at(places));
    const filled = all.filter((inner) => inner.range() !== "unspecified");
    return filled.length > 0 ? filled : all;
  }
  // RFC 4291, section 2.5.5.1: "IPv4-compatible", long deprecated. `::` and `::1` have names of their own.
  if (range === "unicast" && bytes.slice(0, 12).every((byte) => byte === 0)) return [at(LAST)];
  // RFC 5214, section 6.1: ISATAP, under any prefix, which counts as well.
  const isatap = ((bytes[8] ?? 0) & 0xfc) === 0 && bytes[9] === 0 && bytes[10] === 0x5e && bytes[11] === 0xfe;
  return isatap ? [address, at(LAST)] : [];
}

/**
 * Whether an address leads back to this machine: the whole loopback range, its interfaces, and `others`, such
 * as the address bound to.
 */
export function isThisMachine(
  address: Address,
  others: readonly string[] = [],
  interfaces: ReturnType<typeof networkInterfaces> = networkInterfaces(),
): boolean {
  if (address.range() === "loopback") return true;
  const text = address.toString();
  const listed = Object.values(interfaces).flatMap((entries) =>
    (entries ?? []).map((entry) => entry.address),
  );
  return [...others, ...listed].some((own) => parseAddress(own)?.toString() === text);
}
