/**
 * Appends to a base URL what is missing of an endpoint's path, whatever the slashes; a query stays, a fragment goes.
 * `join(".../v1/chat", ["chat", "completions"])` adds only `completions`.
 */
export function join(base: URL, endpoint: readonly string[]): URL {
  // `blob:` and its kin have no path to append to; the address policy refuses them (docs/protocol.md 7).
  if (base.host === "") return base;
  const segments = segmentsOf(base);
  let shared = Math.min(segments.length, endpoint.length);
  while (
    shared > 0 &&
    !endpoint.slice(0, shared).every((part, i) => part === segments[segments.length - shared + i])
  ) {
    shared--;
  }
  // One look at it by the parser, where setting the path and the hash would take three.
  const path = `/${[...segments, ...endpoint.slice(shared)].join("/")}${base.search}`;
  // An address without a path, such as `data:`, is refused by whoever judges its scheme.
  return URL.parse(path, base) ?? base;
}

/** The parts of a path that are not empty. */
export function segmentsOf(url: URL): string[] {
  return url.pathname.split("/").filter((segment) => segment !== "");
}

/** The same address with the parts of a path taken off its end, if it ends in them. */
export function without(base: URL, ending: readonly string[]): URL {
  const segments = segmentsOf(base);
  const start = segments.length - ending.length;
  if (start < 0 || !ending.every((part, i) => part === segments[start + i])) return base;
  const url = new URL(base);
  url.pathname = `/${segments.slice(0, start).join("/")}`;
  return url;
}

/** What a whole address ends in, of either protocol, and how much of that is the endpoint. */
const ENDINGS = [
  { path: ["chat", "completions"], endpoint: ["chat", "completions"] },
  { path: ["v1", "chat"], endpoint: ["chat"] },
  { path: ["v1", "messages"], endpoint: ["messages"] },
];

/** The address that endpoints are appended to: a base URL may be given with one of them, whole or begun. */
export function baseOf(url: URL): URL {
  if (!/(?:completions|chat|messages)\/*$/.test(url.pathname)) return url;
  const known = ENDINGS.find(({ path }) => without(url, path) !== url);
  return known === undefined ? url : without(url, known.endpoint);
}
