import type { Client } from "../clients/client.ts";
import { ChatError } from "../core/failure.ts";
import { resolveProvider, withPath } from "../providers/index.ts";
import { type Endpoint, type EndpointQuery, findEndpoints } from "./endpoints.ts";
import { KNOWN_PROVIDER_NAMES, namedProvider } from "./named-providers.ts";
import { isPattern, matches } from "./route-patterns.ts";
import type { RoutingSettings } from "./settings.ts";

/** The entry of a client's `models` that allows everything, also addresses that are no provider's. */
const EVERYTHING = "*";

export function reachesEverything({ models }: Client): boolean {
  return models.includes(EVERYTHING);
}

/**
 * Whether all of these endpoints are the client's to ask (docs/protocol.md 12). A route is allowed by its name, or by
 * what it leads to. However an endpoint was named, by a header, a prefix, an address or a default, it counts as
 * `<provider>/<model>`: no way of naming it leads around this.
 * @param model as it was asked for; empty for a list of models, which any entry for the provider allows
 */
export function mayReach(
  client: Client,
  endpoints: readonly Endpoint[],
  model: string,
  settings: RoutingSettings,
): boolean {
  if (reachesEverything(client)) return true;
  const route = endpoints[0]?.route;
  if (route !== undefined && client.models.some((entry) => allowsRoute(entry, route, model))) return true;
  return endpoints.every((endpoint) =>
    namesOf(endpoint, settings).some((name) =>
      client.models.some((entry) => allowsModel(entry, name, endpoint.model)),
    ),
  );
}

/** @throws {ChatError} `forbidden` */
export function refuseUnlessReached(
  endpoints: readonly Endpoint[],
  { client, model }: { readonly client?: Client | undefined; readonly model: string },
  settings: RoutingSettings,
): void {
  if (client === undefined || mayReach(client, endpoints, model, settings)) return;
  const what = model === "" ? "this provider" : `the model ${JSON.stringify(model.slice(0, 100))} there`;
  throw new ChatError({
    type: "forbidden",
    message: `The client ${client.name} may not ask for ${what}: its \`models\` are ${client.models.join(", ")}.`,
    ...(model === "" ? {} : { param: "model" }),
  });
}

/** Whether a client would be let through with this model, by the same way as the rest of its request. */
export function wouldReach(client: Client, way: EndpointQuery, settings: RoutingSettings): boolean {
  try {
    return mayReach(client, findEndpoints(way, settings), way.model, settings);
  } catch (error) {
    if (error instanceof ChatError) return false;
    throw error;
  }
}

/** By the route's own name, or a pattern without a provider that fits the name asked for. */
function allowsRoute(entry: string, route: string, model: string): boolean {
  return entry === route || (!entry.includes("/") && fits(entry, model));
}

function allowsModel(entry: string, provider: string, model: string): boolean {
  const slash = entry.indexOf("/");
  if (slash === -1) return false;
  if (!fits(entry.slice(0, slash), provider)) return false;
  // Whoever may ask for one of its models may ask which there are.
  return model === "" || fits(entry.slice(slash + 1), model);
}

function fits(entry: string, name: string): boolean {
  return entry === name || (isPattern(entry) && matches(entry, name));
}

/** The names of the providers that are at an endpoint: an address may be that of several, or of none. */
function namesOf({ name, baseUrl, model }: Endpoint, settings: RoutingSettings): readonly string[] {
  if (name !== undefined) return [name];
  const address = addressOf(baseUrl, model);
  const known = [...settings.providers.map((provider) => provider.name), ...KNOWN_PROVIDER_NAMES];
  return [...new Set(known)].filter((each) => {
    const provider = namedProvider(each, settings);
    return provider !== undefined && addressOf(provider.baseUrl, model) === address;
  });
}

/** With the provider's own path where there is none; a slash at the end makes no difference, all else does. */
function addressOf(baseUrl: URL, model: string): string {
  return withPath(baseUrl, resolveProvider(baseUrl, model)).href.replace(/\/$/, "");
}
