import type { Clients } from "../clients/client.ts";
import type { Secret } from "../core/secret.ts";
import type { ProtocolName } from "../core/translation.ts";
import { type AllowRule, parseAllowRule } from "../upstream/allow-rules.ts";

/** What the settings say of where requests go (docs/protocol.md 10). Replaced as a whole when it is read anew. */
export interface RoutingSettings {
  /** The name of a provider, of these or a known one. */
  readonly defaultProvider?: string;
  readonly providers: readonly ConfiguredProvider[];
  readonly routes: readonly Route[];
  /** Those who may ask, where the settings name them; absent where they do not. */
  readonly clients?: Clients;
}

/** A `[[provider]]`. */
export interface ConfiguredProvider {
  readonly name: string;
  readonly baseUrl: URL;
  readonly protocol?: ProtocolName;
  /** Its own key, spent for whoever may ask; without one the caller's is used. */
  readonly key?: Secret;
  /** Models of it that `GET /v1/models` lists. */
  readonly models: readonly string[];
}

/** A `[[route]]`. */
export interface Route {
  /** The name of a model, or a pattern in which `*` stands for any characters. */
  readonly model: string;
  /** Tried in this order. */
  readonly to: readonly RouteTarget[];
}

export interface RouteTarget {
  /** The name of a provider, of the settings or a known one. */
  readonly provider: string;
  /** As the provider names it; `*` for the name that was asked for. */
  readonly model: string;
}

export const NO_ROUTING: RoutingSettings = { providers: [], routes: [] };

/** Paths of this server, and the demo, that no provider of the settings may be named after. */
export const RESERVED_NAMES: readonly string[] = [
  "v1",
  "docs",
  "assets",
  "health",
  "ready",
  "metrics",
  "chat",
  "messages",
  "responses",
  "models",
  "demo",
];

/** The rules that let requests reach the base URLs of the settings, on top of `--allow-upstream`. */
export function allowRules({ providers }: RoutingSettings): readonly AllowRule[] {
  return providers.map(({ baseUrl }) => parseAllowRule(baseUrl.origin));
}
