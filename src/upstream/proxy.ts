import { portOf } from "./hosts.ts";

/** Which proxy carries what, as the environment names it. */
export interface Proxies {
  readonly http: URL | undefined;
  readonly https: URL | undefined;
  /** Hosts that are reached without one: `*`, `name`, `.name` or `name:port`, each for its subdomains too. */
  readonly except: readonly string[];
}

/** The proxy for a URL, by curl's rules; undefined where it is reached directly. */
export function proxyFor(url: URL, { http, https, except }: Proxies): URL | undefined {
  return except.some((rule) => isExcepted(url, rule)) ? undefined : url.protocol === "https:" ? https : http;
}

function isExcepted(url: URL, rule: string): boolean {
  if (rule === "*") return true;
  const [, name = "", port] = /^\.?(.*?)(?::(\d+))?$/.exec(rule.toLowerCase()) ?? [];
  if (name === "" || (port !== undefined && Number(port) !== portOf(url))) return false;
  const host = url.hostname.replace(/\.$/, "");
  return host === name || host === `[${name}]` || host.endsWith(`.${name}`);
}
