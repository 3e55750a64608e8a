import { PROVIDERS } from "../providers/index.ts";
import type { Provider } from "../providers/provider.ts";
import type { ConfiguredProvider, RoutingSettings } from "./settings.ts";

/** The providers that the program knows with an address, by the names that paths, routes and models use. */
const KNOWN: ReadonlyMap<string, ConfiguredProvider> = new Map(
  PROVIDERS.flatMap((provider) => {
    const baseUrl = knownAddress(provider);
    const name = nameInPaths(provider);
    return baseUrl === undefined ? [] : [[name, { name, baseUrl, models: [] }] as const];
  }),
);

export const KNOWN_PROVIDER_NAMES: readonly string[] = [...KNOWN.keys()];

/** The provider of exactly this name: that of the settings, which may take the place of a known one. */
export function namedProvider(name: string, { providers }: RoutingSettings): ConfiguredProvider | undefined {
  return providers.find((provider) => provider.name === name) ?? KNOWN.get(name);
}

/** Names have no dots, or they would be mistaken for files: `llama.cpp` is `llama-cpp`. */
function nameInPaths({ name }: Provider): string {
  return name.toLowerCase().replaceAll(".", "-");
}

/** Where a provider is as a rule; nothing where each of its customers has a host of their own. */
function knownAddress({ baseUrl, hosts, localPorts, path }: Provider): URL | undefined {
  if (baseUrl !== undefined) return new URL(baseUrl);
  const [port] = localPorts ?? [];
  if (port !== undefined) return new URL(`http://127.0.0.1:${port}${path}`);
  const host = hosts.find((each) => !each.startsWith("*."));
  return host === undefined ? undefined : new URL(`https://${host}${path}`);
}
