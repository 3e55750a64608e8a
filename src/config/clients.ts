import { type Static, Type } from "@sinclair/typebox";
import type { Client, ClientLimits, Clients } from "../clients/client.ts";
import { isPattern } from "../routing/route-patterns.ts";
import type { Route } from "../routing/settings.ts";
import { ConfigError } from "./layers.ts";
import { Name, type Placed, refuseTwice, tablesIn } from "./tables.ts";

/** The key of `[[client]]`, several tables. As one table, `[client]`, it has the settings of `nash-llm client`. */
export const CLIENT_KEY = "client";

const count = (description: string) => Type.Optional(Type.Integer({ minimum: 1, description }));

/** A `[[client]]` of the file. */
const ClientTable = Type.Object(
  {
    name: Name,
    tokenSha256: Type.String({
      pattern: "^[0-9a-fA-F]{64}$",
      description: "the SHA-256 of its token as 64 hexadecimal digits, such as nash-llm token prints",
    }),
    models: Type.Array(Type.String({ minLength: 1 }), {
      minItems: 1,
      description: "routes and <provider>/<model> patterns that it reaches; * for everything",
    }),
    requestsPerMinute: count("most requests in a minute"),
    tokensPerMinute: count("most tokens in a minute"),
    streams: count("most answers at once"),
    costPerDay: Type.Optional(Type.Number({ minimum: 0.000001, description: "most US dollars in a day" })),
  },
  { additionalProperties: false },
);

/** What a client's `models` may name. */
export interface Nameable {
  /** The names of providers. */
  readonly providers: ReadonlySet<string>;
  readonly routes: readonly Route[];
}

/**
 * Reads the clients.
 * @returns nothing where the file has none
 * @throws {ConfigError} with the place
 */
export function readClients(
  file: Readonly<Record<string, unknown>>,
  path: string,
  nameable: Nameable,
): Clients | undefined {
  if (!Array.isArray(file[CLIENT_KEY])) return undefined;
  const tables = tablesIn(file, CLIENT_KEY, ClientTable, path);
  if (tables.length === 0) return undefined;
  refuseTwice(
    tables.map(({ name }) => name),
    (name) => `${path}: [[${CLIENT_KEY}]] ${name} is there twice.`,
  );
  const clients = new Map<string, Client>();
  for (const table of tables) {
    const hash = table.tokenSha256.toLowerCase();
    const other = clients.get(hash);
    if (other !== undefined) throw new ConfigError(`${table.place}token-sha256 is that of ${other.name}.`);
    clients.set(hash, client(table, nameable));
  }
  return clients;
}

function client(table: Placed<Static<typeof ClientTable>>, nameable: Nameable): Client {
  const { name, models, place, requestsPerMinute, tokensPerMinute, streams, costPerDay } = table;
  for (const model of models) {
    if (!isKnown(model, nameable))
      throw new ConfigError(
        `${place}models ${model}: no [[route]] has this name, and no provider the one before the slash. Write a route, <provider>/<model>, or * for everything.`,
      );
  }
  const limits: ClientLimits = {
    ...(requestsPerMinute === undefined ? {} : { requestsPerMinute }),
    ...(tokensPerMinute === undefined ? {} : { tokensPerMinute }),
    ...(streams === undefined ? {} : { streams }),
    ...(costPerDay === undefined ? {} : { costPerDay }),
  };
  return { name, models, limits };
}

/** Whether an entry can allow anything: one that cannot is most likely spelt wrong. */
function isKnown(model: string, { providers, routes }: Nameable): boolean {
  if (routes.some((route) => route.model === model)) return true;
  const slash = model.indexOf("/");
  if (slash === -1) return isPattern(model) || routes.some((route) => isPattern(route.model));
  const provider = model.slice(0, slash);
  return isPattern(provider) || (slash < model.length - 1 && providers.has(provider));
}
