import { type Client, tokenHash } from "../clients/client.ts";
import { ChatError, invalidField } from "../core/failure.ts";
import { isLoopbackHost } from "../core/loopback.ts";
import type { Secret } from "../core/secret.ts";
import type { ProtocolName } from "../core/translation.ts";
import { resolveProvider, withPath } from "../providers/index.ts";
import type { Provider } from "../providers/provider.ts";
import { type CallerDialect, type CallerKey, callerKey } from "./caller-key.ts";
import { refuseUnlessReached } from "./client-models.ts";
import { type Endpoint, findEndpoints } from "./endpoints.ts";
import { mayUseOwnKeys, type OwnKeyAccess } from "./own-keys.ts";
import type { RoutingSettings } from "./settings.ts";
import type { Target } from "./target.ts";

/** What of a request decides where it goes, and with whose key. */
export interface RoutedRequest {
  readonly dialect: CallerDialect;
  readonly headers: Headers;
  /** The provider that the path began with (`splitPrefix`). */
  readonly prefix?: string | undefined;
  /** Empty where the request names none, as for a list of models. */
  readonly model: string;
  /** The native `api_base_url`. */
  readonly baseUrl?: URL | undefined;
  /** The native `api_key`. */
  readonly apiKey?: Secret | undefined;
  /** The native `provider`: the protocol to speak where the settings have none. */
  readonly protocol?: ProtocolName | undefined;
  /** The request carries tools and does not switch reasoning off. */
  readonly hasTools?: boolean;
  /** Who asks, where the server tells its clients apart. */
  readonly client?: Client | undefined;
}

/**
 * Whom to ask, in this order, each with the key that goes there and nowhere else (docs/protocol.md 10).
 * Synchronous; nothing is looked up. Never empty.
 * @throws {ChatError} where no way applies (400), a key is missing (401, or 422 beside `api_base_url`), a page of another
 *   origin would spend a provider's own key (403), or the client may not reach the model (403)
 */
export function targetsFor(
  request: RoutedRequest,
  settings: RoutingSettings,
  access: OwnKeyAccess,
): readonly Target[] {
  const { baseUrl, apiKey, model } = request;
  if (baseUrl !== undefined) {
    if (apiKey === undefined)
      throw invalidField("api_key", "Beside api_base_url a key has to stand as well.");
    refuseUnlessReached([{ baseUrl, model }], request, settings);
    return [targetAt({ baseUrl, model }, apiKey, request)];
  }
  const endpoints = findEndpoints(request, settings);
  refuseUnlessReached(endpoints, request, settings);
  const caller = callerKey(request, (value) => isToken(value, access, settings));
  const targets = endpoints.flatMap((endpoint, i): Target[] => {
    const key = endpoint.key ?? (i === 0 ? caller.key : undefined);
    return key === undefined && wantsKey(endpoint.baseUrl) ? [] : [targetAt(endpoint, key, request)];
  });
  if (targets.length === 0) throw noKey(endpoints, caller);
  if (targets.some(({ ownKey }) => ownKey) && !mayUseOwnKeys(request.headers, access, settings))
    throw foreignPage(request);
  return targets;
}

function isToken(value: string, { token }: OwnKeyAccess, { clients }: RoutingSettings): boolean {
  return token?.equals(value) === true || clients?.has(tokenHash(value)) === true;
}

function targetAt(endpoint: Endpoint, apiKey: Secret | undefined, request: RoutedRequest): Target {
  const provider = providerAt(endpoint, request);
  return {
    provider,
    ...(endpoint.name === undefined ? {} : { name: endpoint.name }),
    baseUrl: withPath(endpoint.baseUrl, provider),
    model: endpoint.model,
    apiKey,
    ownKey: endpoint.key !== undefined,
    askedModel: endpoint.renamed === true ? request.model : endpoint.model,
    ...(endpoint.route === undefined ? {} : { route: endpoint.route }),
  };
}

function providerAt(
  { baseUrl, model, protocol: settled }: Endpoint,
  { protocol: asked, hasTools }: RoutedRequest,
): Provider {
  const protocol = settled ?? asked;
  const provider = resolveProvider(baseUrl, model, protocol);
  if (protocol !== undefined || hasTools !== true || provider.traits.toolsNeedResponses?.test(model) !== true)
    return provider;
  return resolveProvider(baseUrl, model, "responses");
}

/** Servers on this machine and those reached by plain http, where a key would be for all to read, need none as a rule. */
function wantsKey({ protocol, hostname }: URL): boolean {
  return protocol === "https:" && !isLoopbackHost(hostname);
}

function noKey(endpoints: readonly Endpoint[], { tokenInPlace }: CallerKey): ChatError {
  const [endpoint] = endpoints;
  const whose = endpoint?.name ?? endpoint?.baseUrl.host ?? "the provider";
  const message = tokenInPlace
    ? `This server's token stands where a key for ${whose} is wanted, and is never sent on: ${whose} has no key of its own ` +
      "here. Send the token as `x-nash-llm-token` and your key as `authorization: Bearer …` or `x-api-key`."
    : `There is no key for ${whose}: send yours as \`authorization: Bearer …\` or \`x-api-key\`` +
      (endpoint?.name === undefined
        ? "."
        : ", or give the provider one in the settings (`key-env`, `key-file`).");
  return new ChatError({ type: "authentication", message });
}

function foreignPage({ headers }: RoutedRequest): ChatError {
  const origin = headers.get("origin") ?? "";
  const page = /^[\x21-\x7e]{1,200}$/.test(origin) ? origin : "another site";
  return new ChatError({
    type: "forbidden",
    message:
      `This would spend a key of the server's settings for a page of ${page}: ` +
      "that takes this server's token, or --allow-origin for that page.",
  });
}
