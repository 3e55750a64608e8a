import type { Secret } from "../core/secret.ts";
import type { RoutingSettings } from "./settings.ts";

/** What decides who may spend the keys that providers have in the settings. */
export interface OwnKeyAccess {
  /** This server's token: where there is one, the request guard has seen it. */
  readonly token: Secret | undefined;
  /** Origins that `--allow-origin` names. */
  readonly allowOrigins: readonly string[];
}

/**
 * Whether whoever sent these headers may spend a provider's own key: a program may, and this server's own pages; a page
 * of another origin, on this machine too, only with the token or where `--allow-origin` names it.
 */
export function mayUseOwnKeys(
  headers: Headers,
  { token, allowOrigins }: OwnKeyAccess,
  { clients }: Pick<RoutingSettings, "clients">,
): boolean {
  if (token !== undefined || clients !== undefined) return true;
  const origin = headers.get("origin");
  // A page's request may come without an origin; then the browser still says whether it was ours.
  if (origin === null) return ["same-origin", "none", null].includes(headers.get("sec-fetch-site"));
  return isOwnPage(origin, headers.get("host") ?? "") || allowOrigins.includes(origin);
}

/** Whether an origin is this server's own. @param host the `Host` that was accepted */
export function isOwnPage(origin: string, host: string): boolean {
  return origin === `http://${host}` || origin === `https://${host}`;
}

/** For the start: which keys of the settings can be spent, and by whom. Nothing where there are none. */
export function ownKeysSentence(
  { providers, clients }: RoutingSettings,
  { token, allowOrigins, exposed }: OwnKeyAccess & { readonly exposed: boolean },
): string | undefined {
  const names = providers.filter(({ key }) => key !== undefined).map(({ name }) => name);
  if (names.length === 0) return undefined;
  const keys = `${names.length === 1 ? "the key" : "the keys"} of ${listed(names)}`;
  const where = exposed ? "who reaches this server" : "on this computer";
  if (clients !== undefined)
    return `${keys} can be spent, as far as their \`models\` reach, by ${listed([...clients.values()].map(({ name }) => name))}`;
  if (token !== undefined) return `${keys} can be spent by whoever has the token`;
  const pages = [
    "this server's pages",
    ...(allowOrigins.length > 0 ? [`those of ${listed(allowOrigins)}`] : []),
  ];
  return `${keys} can be spent by any program ${where}, and by ${pages.join(" and ")}`;
}

function listed(names: readonly string[]): string {
  const last = names.at(-1) ?? "";
  return names.length < 2 ? last : `${names.slice(0, -1).join(", ")} and ${last}`;
}
