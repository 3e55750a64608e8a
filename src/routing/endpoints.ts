import { ChatError, type Failure } from "../core/failure.ts";
import type { Secret } from "../core/secret.ts";
import { PROTOCOL_NAMES, type ProtocolName } from "../core/translation.ts";
import { KNOWN_PROVIDER_NAMES, namedProvider } from "./named-providers.ts";
import { routeFor } from "./route-patterns.ts";
import type { ConfiguredProvider, RoutingSettings } from "./settings.ts";

/** Where a request may go, before it is said with whose key. */
export interface Endpoint {
  /** The name that chose it; none where an address did. */
  readonly name?: string;
  readonly baseUrl: URL;
  /** As the provider names it. */
  readonly model: string;
  /** The `model` of the route that chose it. */
  readonly route?: string;
  /** A route gave the model another name than the one asked for. */
  readonly renamed?: true;
  readonly protocol?: ProtocolName;
  /** The provider's own. */
  readonly key?: Secret;
}

/** What the way depends on. */
export interface EndpointQuery {
  readonly headers: Headers;
  /** The provider that the path began with. */
  readonly prefix?: string | undefined;
  /** As it was asked for; empty where the request has none. */
  readonly model: string;
}

/**
 * The endpoints to ask, in order; the first of the five ways that applies (docs/protocol.md 10). Nothing is guessed
 * from a model's name: a key never goes to a company that nobody named.
 * @throws {ChatError} `invalid_request`, 400, where none applies or one is not usable
 */
export function findEndpoints(
  { headers, prefix, model }: EndpointQuery,
  settings: RoutingSettings,
): readonly Endpoint[] {
  const address = headers.get("x-nash-llm-base-url");
  if (address !== null && address !== "") return [endpointInHeaders(address, headers, model)];

  if (prefix !== undefined) {
    const provider = namedProvider(prefix, settings);
    if (provider === undefined) throw noEndpoint(`No provider here is called ${shown(prefix)}.`, settings);
    return [endpointAt(provider, model)];
  }

  const route = routeFor(model, settings);
  if (route !== undefined) {
    return route.to.map((to) => {
      const found = endpointAt(required(to.provider, settings), to.model === "*" ? model : to.model);
      const endpoint = { ...found, route: route.model };
      return endpoint.model === model ? endpoint : { ...endpoint, renamed: true };
    });
  }

  const slash = model.indexOf("/");
  const provider = slash > 0 ? namedProvider(model.slice(0, slash), settings) : undefined;
  if (provider !== undefined && slash < model.length - 1)
    return [endpointAt(provider, model.slice(slash + 1))];

  if (settings.defaultProvider !== undefined) {
    return [endpointAt(required(settings.defaultProvider, settings), model)];
  }
  const what = model === "" ? "whose models are meant" : `who is to be asked for the model ${shown(model)}`;
  throw noEndpoint(`Nothing says ${what}.`, settings);
}

function endpointAt({ name, baseUrl, protocol, key }: ConfiguredProvider, model: string): Endpoint {
  return {
    name,
    baseUrl,
    model,
    ...(protocol === undefined ? {} : { protocol }),
    ...(key === undefined ? {} : { key }),
  };
}

/** Names of the settings were checked when they were read. */
function required(name: string, settings: RoutingSettings): ConfiguredProvider {
  const provider = namedProvider(name, settings);
  if (provider === undefined) {
    throw new ChatError({ type: "internal", message: `The settings name ${name}, which is no provider.` });
  }
  return provider;
}

function endpointInHeaders(address: string, headers: Headers, model: string): Endpoint {
  const baseUrl = /\s/.test(address) ? null : URL.parse(address);
  if (baseUrl === null) {
    throw badRequest("This is not one address such as https://api.openai.com/v1.", "x-nash-llm-base-url");
  }
  const wanted = headers.get("x-nash-llm-protocol") ?? "";
  if (wanted === "") return { baseUrl, model };
  const protocol = PROTOCOL_NAMES.find((name) => name === wanted);
  if (protocol === undefined) {
    throw badRequest(`Protocols are ${PROTOCOL_NAMES.join(", ")}.`, "x-nash-llm-protocol");
  }
  return { baseUrl, model, protocol };
}

function badRequest(message: string, param?: string): ChatError {
  const failure: Failure = { type: "invalid_request", status: 400, message };
  return new ChatError(param === undefined ? failure : { ...failure, param });
}

function noEndpoint(what: string, { providers }: RoutingSettings): ChatError {
  const names = [...new Set([...providers.map(({ name }) => name), ...KNOWN_PROVIDER_NAMES])];
  return badRequest(
    `${what} Say it in one of these ways: the header x-nash-llm-base-url with the provider's address; ` +
      "a path that begins with a provider's name, /<provider>/v1/…; a model that a [[route]] of the settings matches; " +
      "a model named <provider>/<model>; or the setting default-provider. " +
      `Providers by name: ${names.join(", ")}.`,
    "model",
  );
}

/** What was sent, fit for a sentence. */
function shown(text: string): string {
  const start = text.slice(0, 100);
  return JSON.stringify(start === text ? text : `${start}…`);
}
