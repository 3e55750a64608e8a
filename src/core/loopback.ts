const LOOPBACK_HOST = /^(?:(?:.+\.)?localhost\.?|127(?:\.\d{1,3}){3}|::1|\[::1\])$/i;

/**
 * Whether a host always means this machine: `localhost` and the names below it (RFC 6761, section 6.3), 127.0.0.0/8 and
 * `::1`. Nothing is looked up.
 * @param host a name or an address, an IPv6 one with or without brackets, as `URL.hostname` gives it; no port
 */
export function isLoopbackHost(host: string): boolean {
  return LOOPBACK_HOST.test(host);
}
