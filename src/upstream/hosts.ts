/** What the host of a URL is. `URL` is the only parser: it has already turned every spelling into one. */

import { type Address, parseAddress } from "./ip-address.ts";

/** The IP address that a URL's host is, if it is one. */
export function literalOf(url: URL): Address | undefined {
  return parseAddress(unbracketed(url.hostname));
}

/** An IPv6 address without the brackets that stand around it in a URL. */
export function unbracketed(host: string): string {
  return host.replace(/^\[(.*)\]$/, "$1");
}

/** Whether a host can be looked up: labels of letters, digits, `-` and `_`, perhaps with a trailing dot. */
export function isHostName(text: string): boolean {
  return text.length <= 254 && /^[a-z0-9_-]{1,63}(\.[a-z0-9_-]{1,63})*\.?$/.test(text);
}

/** A host name without its trailing dot. */
export function undotted(hostname: string): string {
  return hostname.replace(/\.$/, "");
}

/** The port that a URL leads to. */
export function portOf(url: URL): number {
  if (url.port !== "") return Number(url.port);
  return url.protocol === "https:" ? 443 : 80;
}
