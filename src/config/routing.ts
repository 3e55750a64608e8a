import { type Static, Type } from "@sinclair/typebox";
import { Secret } from "../core/secret.ts";
import { PROTOCOL_NAMES } from "../core/translation.ts";
import { KNOWN_PROVIDER_NAMES } from "../routing/named-providers.ts";
import {
  type ConfiguredProvider,
  NO_ROUTING,
  RESERVED_NAMES,
  type Route,
  type RouteTarget,
  type RoutingSettings,
} from "../routing/settings.ts";
import { checkForm } from "../upstream/address-policy.ts";
import { CLIENT_KEY, readClients } from "./clients.ts";
import { ConfigError, type Environment, readFile, readText } from "./layers.ts";
import { Name, type Placed, refuseTwice, tablesIn, text } from "./tables.ts";

/** Where requests go: tables of the file alone, for which there are neither flags nor variables. */

/** A `[[provider]]` of the file. */
const ProviderTable = Type.Object(
  {
    name: Name,
    baseUrl: text("its address, such as https://api.openai.com/v1"),
    protocol: Type.Optional(
      Type.Union(
        PROTOCOL_NAMES.map((name) => Type.Literal(name)),
        { description: "what it speaks, where its host does not tell: openai, responses or anthropic" },
      ),
    ),
    keyEnv: Type.Optional(text("variable with its own key")),
    keyFile: Type.Optional(text("file with its own key")),
    models: Type.Optional(
      Type.Array(Type.String({ minLength: 1 }), { description: "models of it that GET /v1/models lists" }),
    ),
  },
  { additionalProperties: false },
);

/** A `[[route]]` of the file. */
const RouteTable = Type.Object(
  {
    model: text("the model asked for: a name, or a pattern in which * stands for any characters"),
    to: Type.Array(Type.String({ minLength: 1 }), {
      minItems: 1,
      description: "<provider>/<model> in the order to try them; <provider>/* keeps the name asked for",
    }),
  },
  { additionalProperties: false },
);

/** The keys at the file's top level that are read here. */
export const ROUTING_KEYS = ["default-provider", "default_provider", "provider", "route", CLIENT_KEY];

/**
 * Reads providers, routes, clients and the default.
 * @param path the TOML file; without one there are none
 * @throws {ConfigError} with the place
 */
export function readRouting(path: string | undefined, env: Environment): RoutingSettings {
  if (path === undefined) return NO_ROUTING;
  const file = readFile(path);
  const providers = tablesIn(file, "provider", ProviderTable, path).map((table) => provider(table, env));
  refuseTwice(
    providers.map(({ name }) => name),
    (name) => `${path}: [[provider]] ${name} is there twice.`,
  );
  const names = new Set([...KNOWN_PROVIDER_NAMES, ...providers.map(({ name }) => name)]);
  const routes = tablesIn(file, "route", RouteTable, path).map((table) => route(table, names));
  refuseTwice(
    routes.map(({ model }) => model),
    (model) => `${path}: [[route]] ${model} is there twice.`,
  );
  const clients = readClients(file, path, { providers: names, routes });
  const settings = { providers, routes, ...(clients === undefined ? {} : { clients }) };
  const preset = file["default-provider"] ?? file["default_provider"];
  if (preset === undefined) return settings;
  if (typeof preset !== "string" || !names.has(preset)) {
    throw new ConfigError(`${path}: default-provider ${unknownProvider(String(preset), names)}`);
  }
  return { ...settings, defaultProvider: preset };
}

function provider(table: Placed<Static<typeof ProviderTable>>, env: Environment): ConfiguredProvider {
  const { name, protocol, models = [], place } = table;
  if (RESERVED_NAMES.includes(name)) {
    throw new ConfigError(`${place}this name is reserved, as are ${RESERVED_NAMES.join(", ")}.`);
  }
  const key = ownKey(table, env);
  return {
    name,
    baseUrl: address(table.baseUrl, place),
    models,
    ...(protocol === undefined ? {} : { protocol }),
    ...(key === undefined ? {} : { key }),
  };
}

function address(written: string, place: string): URL {
  const url = URL.parse(written);
  if (url === null)
    throw new ConfigError(`${place}base-url is no address such as https://api.openai.com/v1.`);
  try {
    checkForm(url);
  } catch (error) {
    throw new ConfigError(
      `${place}base-url: ${error instanceof Error ? error.message : "it cannot be used"}`,
    );
  }
  return url;
}

/** A key that cannot be had is an error: the caller's own would go there in its place, unnoticed. */
function ownKey(
  { keyEnv, keyFile, place }: Placed<Static<typeof ProviderTable>>,
  env: Environment,
): Secret | undefined {
  if (keyEnv === undefined && keyFile === undefined) return undefined;
  if (keyEnv !== undefined && keyFile !== undefined) {
    throw new ConfigError(`${place}either key-env or key-file, not both.`);
  }
  const from = keyEnv === undefined ? `key-file ${keyFile}` : `key-env ${keyEnv}`;
  const value = keyFile === undefined ? env[keyEnv ?? ""] : readKeyFile(keyFile, place);
  if (value === undefined || value.trim() === "") {
    throw new ConfigError(`${place}${from} ${keyFile === undefined ? "is not set" : "is empty"}.`);
  }
  if (!/^[\x21-\x7e]+$/.test(value.trim())) {
    throw new ConfigError(`${place}${from} must hold printable ASCII without spaces.`);
  }
  return new Secret(value.trim());
}

function readKeyFile(path: string, place: string): string {
  try {
    return readText(path);
  } catch (error) {
    throw new ConfigError(`${place}key-file ${error instanceof Error ? error.message : ""}`);
  }
}

function route({ model, to, place }: Placed<Static<typeof RouteTable>>, names: ReadonlySet<string>): Route {
  const targets = to.map((written): RouteTarget => {
    const [provider = "", ...rest] = written.split("/");
    const name = rest.join("/");
    if (name === "") throw new ConfigError(`${place}to ${written}: write <provider>/<model>.`);
    if (!names.has(provider))
      throw new ConfigError(`${place}to ${written}: ${unknownProvider(provider, names)}`);
    return { provider, model: name };
  });
  return { model, to: targets };
}

function unknownProvider(name: string, names: ReadonlySet<string>): string {
  return `${name} is no provider of this file and none that is known: ${[...names].join(", ")}.`;
}
