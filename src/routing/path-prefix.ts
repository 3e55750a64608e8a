import { namedProvider } from "./named-providers.ts";
import { RESERVED_NAMES, type RoutingSettings } from "./settings.ts";

/** What follows a prefix: clients end their base URL in `/v1` or not. */
const API_SEGMENTS: ReadonlySet<string> = new Set(["v1", "chat", "messages", "responses", "models"]);
/** The demo has no path of its own: its name is kept from the settings, not from prefixes. */
const NO_PREFIX: ReadonlySet<string> = new Set(RESERVED_NAMES.filter((name) => name !== "demo"));

/** A path, parted from the provider that it begins with. */
export interface PrefixedPath {
  /** May be the name of nobody: then the request is refused with what there is. */
  readonly prefix: string | undefined;
  /** The path behind the prefix, `/` where nothing follows. */
  readonly path: string;
}

/** `/groq/v1/models` as `groq` and `/v1/models`; a path without a prefix stays whole. */
export function splitPrefix(path: string): PrefixedPath {
  const [, prefix = "", next, ...rest] = path.split("/");
  const isPrefix = /^[a-z0-9-]+$/.test(prefix) && !NO_PREFIX.has(prefix);
  if (!isPrefix || next === undefined || !API_SEGMENTS.has(next)) return { prefix: undefined, path };
  return { prefix, path: `/${[next, ...rest].join("/")}` };
}

/** Whether a path is a provider's name and nothing more: programs probe their base URL with `HEAD` or `GET`. */
export function isBarePrefix(path: string, settings: RoutingSettings): boolean {
  const name = /^\/([a-z0-9-]+)\/?$/.exec(path)?.[1];
  return name !== undefined && !NO_PREFIX.has(name) && namedProvider(name, settings) !== undefined;
}
