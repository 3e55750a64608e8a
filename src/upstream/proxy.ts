import { isLoopbackHost } from "../core/loopback.ts";
import { literalOf, portOf, unbracketed, undotted } from "./hosts.ts";
import { type Address, covers, parseAddress } from "./ip-address.ts";

/** Which proxy carries what, as the environment names it. */
export interface Proxies {
  readonly http: URL | undefined;
  readonly https: URL | undefined;
  /** The rules of `NO_PROXY`: hosts that are reached without one. */
  readonly except: readonly string[];
}

/**
 * The proxy for a URL; undefined where it is reached directly. Exceptions are taken as curl takes them
 * (https://curl.se/docs/manpage.html, `--noproxy`), and in the forms that other programs have added: ports, `*`.
 * What is on this machine never goes to a proxy on another one, whatever the exceptions: its key would leave for nothing,
 * since the proxy would look for it on its own machine.
 */
export function proxyFor(url: URL, { http, https, except }: Proxies): URL | undefined {
  const proxy = url.protocol === "https:" ? https : http;
  if (proxy === undefined || except.some((rule) => isExcepted(url, rule))) return undefined;
  return isLoopbackHost(url.hostname) && !isLoopbackHost(proxy.hostname) ? undefined : proxy;
}

/** One rule: `*`, a name (its subdomains too), an address or a range, each but the last with a port perhaps. */
function isExcepted(url: URL, rule: string): boolean {
  const { host, port } = partsOf(rule.trim().toLowerCase());
  if (host === "" || (port !== undefined && port !== portOf(url))) return false;
  if (host === "*") return true;
  const literal = literalOf(url);
  if (literal !== undefined && isWithin(literal, host)) return true;
  const name = undotted(url.hostname);
  // `127.*` and `*.local` are no forms of curl's, but of people's.
  if (host.includes("*")) return globOf(host).test(name);
  return literal === undefined && (name === host || name.endsWith(`.${host}`));
}

function partsOf(rule: string): { readonly host: string; readonly port?: number } {
  // The colons of an address without brackets are its own.
  const [, text = "", digits] =
    parseAddress(rule) === undefined ? (/^(.*?)(?::(\d+))?$/.exec(rule) ?? []) : [rule, rule];
  const host = undotted(text).replace(/^(?:\*?\.)+(?=.)/, "");
  return digits === undefined ? { host } : { host, port: Number(digits) };
}

/** Whether an address is this one, or lies in this range. */
function isWithin(literal: Address, rule: string): boolean {
  const [base = "", bits, ...rest] = rule.split("/");
  const address = parseAddress(unbracketed(base));
  if (address === undefined || rest.length > 0) return false;
  const all = address.kind() === "ipv4" ? 32 : 128;
  if (bits === undefined) return covers([address, all], literal);
  return /^\d{1,3}$/.test(bits) && Number(bits) <= all && covers([address, Number(bits)], literal);
}

function globOf(pattern: string): RegExp {
  return new RegExp(`^${pattern.split(/\*+/).map(RegExp.escape).join(".*")}$`);
}
