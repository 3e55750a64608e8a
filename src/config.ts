import { isAbsolute, join } from "node:path";
import { type ClientSettings, ClientSettingsSchema } from "./config/client.ts";
import { ConfigError, type Environment, kebab, layered, readText, variableOf } from "./config/layers.ts";
import { KEYED_PROVIDERS, type KeyedProvider, PROVIDER_KEY_VARIABLES } from "./config/provider-keys.ts";
import { proxiesIn, RUNTIME_VARIABLES } from "./config/proxies.ts";
import { ROUTING_KEYS, readRouting } from "./config/routing.ts";
import { type Settings, SettingsSchema } from "./config/server.ts";
import { type TelemetrySettings, telemetryIn } from "./config/telemetry.ts";
import { Secret } from "./core/secret.ts";
import type { RoutingSettings } from "./routing/settings.ts";
import type { Proxies } from "./upstream/proxy.ts";

export { type ClientSettings, ClientSettingsSchema } from "./config/client.ts";
export { ConfigError, kebab, variableOf } from "./config/layers.ts";
export { reloadable } from "./config/reload.ts";
export { type Settings, SettingsSchema } from "./config/server.ts";
export type { TelemetrySettings } from "./config/telemetry.ts";

/** This file alone reads the environment. */

/** The table of the file that has the client's settings; all else is the server's. */
const CLIENT_TABLE = "client";

/** Settings that are the client's alone: they may stand at the top of the file too. */
const CLIENT_KEYS = Object.keys(ClientSettingsSchema.properties)
  .filter((name) => !(name in SettingsSchema.properties))
  .map(kebab);

export interface Secrets {
  /** What clients must show. */
  readonly token: Secret | undefined;
  readonly heliconeKey: Secret | undefined;
  /** Of a PostgreSQL ledger. */
  readonly ledgerPassword?: Secret | undefined;
}

/** Settings that name a file with a secret, and the variable that may hold the secret itself. */
const SECRET_FILES = {
  tokenFile: "NASH_LLM_TOKEN",
  heliconeKeyFile: "HELICONE_API_KEY",
  ledgerPasswordFile: "NASH_LLM_LEDGER_PASSWORD",
} as const;

/**
 * The settings in force: flags over variables over the file over defaults.
 * @param flags values of flags that were given, by setting
 * @param file the TOML file named by `--config`
 * @throws {ConfigError}
 */
export function loadSettings(
  flags: Readonly<Record<string, unknown>>,
  file?: string,
  env: Environment = process.env,
): Settings {
  const path = file ?? env["NASH_LLM_CONFIG"];
  const settings = layered(SettingsSchema, {
    flags,
    env,
    file: path,
    others: [CLIENT_TABLE, ...ROUTING_KEYS],
    othersKeys: CLIENT_KEYS,
  });
  checkLedger(settings.ledger, flags["ledger"] !== undefined);
  // A secret in a variable comes before a file of secrets that only the settings' file names.
  for (const [name, variable] of Object.entries(SECRET_FILES)) {
    const isNamed = flags[name] !== undefined || Boolean(env[variableOf(name)]);
    if (!isNamed && env[variable]) delete settings[name as keyof typeof SECRET_FILES];
  }
  return settings;
}

/** What stands in a flag is there for all to read who can list processes. @throws {ConfigError} */
function checkLedger(ledger: string | undefined, isFlag: boolean): void {
  if (ledger === undefined || ledger.startsWith("sqlite:")) return;
  const url = URL.parse(ledger);
  if (url === null) throw new ConfigError("ledger is no address such as postgres://user@host/database.");
  if (!isFlag || url.password === "") return;
  throw new ConfigError(
    "--ledger must have no password in it: others on this machine can read flags. Put it into NASH_LLM_LEDGER_PASSWORD or --ledger-password-file.",
  );
}

/**
 * The client's settings, from the table `[client]` of the same file, and those that are its alone from its top.
 * @throws {ConfigError}
 */
export function loadClientSettings(
  flags: Readonly<Record<string, unknown>>,
  file?: string,
  env: Environment = process.env,
): ClientSettings {
  const path = file ?? env["NASH_LLM_CONFIG"];
  return layered(ClientSettingsSchema, { flags, env, file: path, table: CLIENT_TABLE, alsoTop: CLIENT_KEYS });
}

/**
 * Providers, routes and the default provider, from the same file alone. Read anew for SIGHUP.
 * @throws {ConfigError} with the place
 */
export function loadRouting(file?: string, env: Environment = process.env): RoutingSettings {
  return readRouting(file ?? env["NASH_LLM_CONFIG"], env);
}

/** @throws {ConfigError} where a file cannot be read or holds no usable secret */
export function loadSecrets(settings: Settings, env: Environment = process.env): Secrets {
  return {
    token: secretFrom("NASH_LLM_TOKEN", settings.tokenFile, env),
    heliconeKey: secretFrom("HELICONE_API_KEY", settings.heliconeKeyFile, env),
    ledgerPassword: secretFrom("NASH_LLM_LEDGER_PASSWORD", settings.ledgerPasswordFile, env),
  };
}

function secretFrom(variable: string, file: string | undefined, env: Environment): Secret | undefined {
  const value = (file === undefined ? env[variable] : readText(file))?.trim();
  if (value === undefined || (value === "" && file === undefined)) return undefined;
  if (!/^[\x21-\x7e]+$/.test(value)) {
    throw new ConfigError(`${file ?? variable} must hold printable ASCII without spaces.`);
  }
  return new Secret(value);
}

/**
 * Where OpenTelemetry goes, where anybody wants it.
 * @throws {ConfigError}
 */
export function loadTelemetry(
  settings: Settings,
  env: Environment = process.env,
): TelemetrySettings | undefined {
  return telemetryIn(settings.otlpEndpoint, env);
}

/** What any command may read of the environment beside its settings. */
export interface CommonEnvironment {
  readonly ollamaHost: string | undefined;
  /** The customs of terminals: `NO_COLOR` set to anything, and `TERM`. */
  readonly noColor: boolean;
  readonly term: string | undefined;
  /** The folder for what outlives a run; absent where there is no home. */
  readonly stateFolder: string | undefined;
}

/** What the client reads of the environment beside its settings. */
export interface ClientEnvironment extends CommonEnvironment {
  /** Key and address that belong together: a key goes to no address from elsewhere. */
  readonly providers: Readonly<Record<KeyedProvider, KeyPair>>;
  /** What the server at `--server` wants from its clients. */
  readonly token: Secret | undefined;
}

export interface KeyPair {
  readonly key: Secret | undefined;
  readonly baseUrl: string | undefined;
}

/** @throws {ConfigError} where a key or token could not be sent */
export function loadClientEnvironment(env: Environment = process.env): ClientEnvironment {
  const pairOf = (name: KeyedProvider): KeyPair => ({
    key: secretFrom(PROVIDER_KEY_VARIABLES[name], undefined, env),
    // Others have no such variable of their own.
    baseUrl:
      ((name === "openai" || name === "anthropic") && env[`${name.toUpperCase()}_BASE_URL`]) || undefined,
  });
  const pairs = KEYED_PROVIDERS.map((name) => [name, pairOf(name)]);
  return {
    ...loadCommonEnvironment(env),
    providers: Object.fromEntries(pairs) as Record<KeyedProvider, KeyPair>,
    token: secretFrom("NASH_LLM_TOKEN", undefined, env),
  };
}

export function loadCommonEnvironment(env: Environment = process.env): CommonEnvironment {
  const home = env["HOME"] || env["USERPROFILE"];
  const state = env["XDG_STATE_HOME"] || (home ? join(home, ".local", "state") : undefined);
  return {
    ollamaHost: env["OLLAMA_HOST"] || undefined,
    noColor: Boolean(env["NO_COLOR"]),
    term: env["TERM"],
    stateFolder: state && isAbsolute(state) ? join(state, "nash-llm") : undefined,
  };
}

/** Those of the variables that are set, by name. What they hold is left where it is. */
export function variablesSet(names: readonly string[], env: Environment = process.env): readonly string[] {
  return names.filter((name) => Boolean(env[name] ?? taken.get(env)?.[name]));
}

/** Variables under our own prefix that mean nothing: most likely a setting spelt wrong. */
export function unknownVariables(env: Environment = process.env): readonly string[] {
  const known = new Set([
    "NASH_LLM_CONFIG",
    "NASH_LLM_TOKEN",
    "NASH_LLM_LEDGER_PASSWORD",
    ...Object.keys({ ...SettingsSchema.properties, ...ClientSettingsSchema.properties }).map(variableOf),
  ]);
  return Object.keys(env).filter((name) => name.startsWith("NASH_LLM_") && !known.has(name));
}

/** This process's environment for one that it starts: without some variables, and with others. */
export function childEnvironment(
  without: readonly string[],
  further: Readonly<Record<string, string>>,
  env: Environment = process.env,
): Record<string, string> {
  const kept = Object.entries({ ...env, ...taken.get(env) }).filter(
    (entry): entry is [string, string] => entry[1] !== undefined && !without.includes(entry[0]),
  );
  return { ...Object.fromEntries(kept), ...further };
}

/** The file with further certificates that the runtime trusts. */
export function extraCertificates(env: Environment = process.env): string | undefined {
  return env["NODE_EXTRA_CA_CERTS"] || undefined;
}

/** What was taken out of an environment, by name. */
const taken = new WeakMap<Environment, Environment>();

/**
 * The proxies that the environment names. It is rid of them, and of all else that the runtime's `fetch` would obey:
 * whether a request goes through a proxy is decided for each request and by nobody else.
 * @returns nothing where they are not wanted (`--use-proxy`)
 * @throws {ConfigError} where one cannot be used
 */
export function takeProxies(
  wanted: boolean,
  env: Record<string, string | undefined> = process.env,
): Proxies | undefined {
  const kept = taken.get(env) ?? Object.fromEntries(RUNTIME_VARIABLES.map((name) => [name, env[name]]));
  taken.set(env, kept);
  for (const name of RUNTIME_VARIABLES) delete env[name];
  return wanted ? proxiesIn(kept) : undefined;
}

/** As many requests as the runtime's `fetch` holds at once: main.ts lifts its limit where that can be done. */
export function requestLimit(env: Environment = process.env): number {
  const limit = Number(env["BUN_CONFIG_MAX_HTTP_REQUESTS"]);
  return Number.isInteger(limit) && limit > 0 ? limit : DEFAULT_REQUEST_LIMIT;
}

const DEFAULT_REQUEST_LIMIT = 256;
