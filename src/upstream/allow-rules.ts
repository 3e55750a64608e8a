/** The rules of `--allow-upstream`: what may be reached although the address policy says no. */

import { isHostName, literalOf, portOf, unbracketed, undotted } from "./hosts.ts";
import { type Address, covers, parseAddress } from "./ip-address.ts";

/** One rule. It allows what matches every part that it has. */
export interface AllowRule {
  /** As it was written. */
  readonly text: string;
  readonly scheme?: "http:" | "https:";
  readonly port?: number;
  /** An exact host name, lower case, without a trailing dot. Either this or `range` is there. */
  readonly name?: string;
  readonly range?: readonly [Address, number];
}

/**
 * Reads a rule: `host`, `host:port`, an address in place of the host (`[::1]:11434`), a range (`10.0.0.0/8`),
 * or an origin (`http://host`). Without a port it holds for every port; an origin has its scheme's own port.
 *
 * @throws Error with a sentence for the person who wrote it.
 */
export function parseAllowRule(text: string): AllowRule {
  const wrong = (why: string) => new Error(`"${text}" cannot be allowed: ${why}.`);
  const rule = text.trim();
  if (rule === "") throw wrong("it names nothing");
  if (rule.includes("@")) throw wrong("a user or a password has no place in it");
  const scheme = /^([a-z][a-z0-9+.-]*:)\/\//i.exec(rule)?.[1]?.toLowerCase();
  if (scheme === undefined && rule.includes("/")) return { text, range: parseRange(rule, wrong) };
  if (scheme !== undefined && scheme !== "http:" && scheme !== "https:")
    throw wrong("only http and https exist here");

  const bare = scheme === undefined ? rule : rule.slice(scheme.length + 2).replace(/\/$/, "");
  // An IPv6 address may stand without brackets where no port can follow.
  const host = parseAddress(bare)?.kind() === "ipv6" ? `[${bare}]` : bare;
  const written = /:(\d*)$/.exec(host.replace(/^\[.*\]/, ""))?.[1];
  const origin = `${scheme ?? "http:"}//${host}`;
  if (written === "" || /[/?#\\]/.test(host) || !URL.canParse(origin))
    throw wrong("it is neither a host, an address nor a range");
  const url = new URL(origin);
  const port = written === undefined ? (scheme === undefined ? undefined : portOf(url)) : Number(written);
  if (port === 0) throw wrong("port 0 leads nowhere");

  const literal = literalOf(url);
  if (literal === undefined && !isHostName(url.hostname))
    throw wrong("a host is named in full, without wildcards");
  return {
    text,
    ...(literal === undefined
      ? { name: undotted(url.hostname) }
      : { range: [literal, bitsOf(literal)] as const }),
    ...(scheme === undefined ? {} : { scheme }),
    ...(port === undefined ? {} : { port }),
  };
}

function bitsOf(address: Address): number {
  return address.kind() === "ipv4" ? 32 : 128;
}

function parseRange(rule: string, wrong: (why: string) => Error): readonly [Address, number] {
  const [base = "", length = "", ...rest] = rule.split("/");
  const inner = unbracketed(base);
  const address = parseAddress(inner);
  if (address === undefined || rest.length > 0 || !/^\d{1,3}$/.test(length)) {
    throw wrong("a range is an address, a slash and a number of bits, such as 10.0.0.0/8");
  }
  if (inner.includes(":") && address.kind() === "ipv4") throw wrong("write the range in its IPv4 form");
  if (Number(length) > bitsOf(address)) throw wrong(`it has at most ${bitsOf(address)} bits`);
  return [address, Number(length)];
}

/** Whether one of the rules allows this URL at one of these addresses. */
export function isAllowed(rules: readonly AllowRule[], url: URL, addresses: readonly Address[]): boolean {
  const name = undotted(url.hostname);
  return rules.some((rule) => {
    if (rule.scheme !== undefined && rule.scheme !== url.protocol) return false;
    if (rule.port !== undefined && rule.port !== portOf(url)) return false;
    const range = rule.range;
    return range === undefined ? rule.name === name : addresses.some((address) => covers(range, address));
  });
}
