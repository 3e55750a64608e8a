import { isAbsolute, join } from "node:path";
import { type Static, Type } from "@sinclair/typebox";
import { type ClientSettings, ClientSettingsSchema } from "./config/client.ts";
import { ConfigError, type Environment, layered, readText, variableOf } from "./config/layers.ts";
import { Secret } from "./core/secret.ts";
import type { Proxies } from "./upstream/proxy.ts";

export { type ClientSettings, ClientSettingsSchema } from "./config/client.ts";
export { ConfigError, kebab, variableOf } from "./config/layers.ts";

/** The table of the file that has the client's settings; all else is the server's. */
const CLIENT_TABLE = "client";

/**
 * The one list of settings. Flags (`--max-streams`), variables (`NASH_LLM_MAX_STREAMS`), keys of the TOML file
 * (`max-streams`) and the help text are all made from it. This file alone reads the environment.
 */
const Seconds = (seconds: number, description: string) =>
  Type.Number({
    minimum: 0.001,
    maximum: 86_400,
    default: seconds,
    description: `${description}, in seconds`,
  });

const Names = (description: string, placeholder: string) =>
  Type.Array(Type.String({ minLength: 1 }), { default: [], description, placeholder });

export const SettingsSchema = Type.Object(
  {
    host: Type.String({ minLength: 1, default: "127.0.0.1", description: "address to listen on" }),
    port: Type.Integer({
      minimum: 0,
      maximum: 65_535,
      default: 8001,
      description: "port to listen on; 0 picks a free one",
    }),
    tokenFile: Type.Optional(
      Type.String({
        description: "file with the token that every request to /v1 must carry",
        placeholder: "file",
      }),
    ),
    heliconeKeyFile: Type.Optional(
      Type.String({
        description: "file with the Helicone key, sent to Helicone's hosts alone",
        placeholder: "file",
      }),
    ),
    allowHost: Names("further name that the Host header may have; without a port, for any port", "name"),
    allowOrigin: Names("further origin whose pages may ask, such as https://app.example", "origin"),
    allowUpstream: Names(
      "host, address or network that may be reached though the address policy says no",
      "where",
    ),
    useProxy: Type.Boolean({ default: false, description: "reach providers through HTTP_PROXY and its kin" }),
    maxStreams: Type.Integer({ minimum: 1, default: 10_000, description: "most answers that run at once" }),
    maxBody: Type.Integer({ minimum: 1, default: 33_554_432, description: "largest request, in bytes" }),
    maxLine: Type.Integer({
      minimum: 1024,
      default: 1_048_576,
      description: "longest line or event of a provider, in characters",
    }),
    maxAnswer: Type.Integer({
      minimum: 1024,
      default: 67_108_864,
      description: "longest answer of a provider, in bytes",
    }),
    retries: Type.Integer({
      minimum: 0,
      maximum: 10,
      default: 2,
      description: "most retries, all before the first event",
    }),
    connectTimeout: Seconds(10, "until a provider has accepted the connection"),
    firstEventTimeout: Seconds(300, "until the first event of an answer"),
    gapTimeout: Seconds(120, "between two events of an answer"),
    answerTimeout: Seconds(3600, "for a whole answer"),
    drainTimeout: Seconds(30, "that running answers have to end when the server stops"),
    logLevel: Type.Union(
      ["debug", "info", "warn", "error", "silent"].map((level) => Type.Literal(level)),
      {
        default: "info",
        description: "how much to log on stderr: debug, info, warn, error or silent",
        placeholder: "level",
      },
    ),
    detect: Type.Boolean({ default: true, description: "look for model servers on this machine" }),
    quiet: Type.Boolean({ default: false, description: "print nothing at the start" }),
  },
  { additionalProperties: false },
);

export type Settings = Static<typeof SettingsSchema>;

export interface Secrets {
  /** What clients must show. */
  readonly token: Secret | undefined;
  readonly heliconeKey: Secret | undefined;
}

/** Settings that name a file with a secret, and the variable that may hold the secret itself. */
const SECRET_FILES = { tokenFile: "NASH_LLM_TOKEN", heliconeKeyFile: "HELICONE_API_KEY" } as const;

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
  const settings = layered(SettingsSchema, { flags, env, file: path, others: [CLIENT_TABLE] });
  // A secret in a variable comes before a file of secrets that only the settings' file names.
  for (const [name, variable] of Object.entries(SECRET_FILES)) {
    const isNamed = flags[name] !== undefined || Boolean(env[variableOf(name)]);
    if (!isNamed && env[variable]) delete settings[name as keyof typeof SECRET_FILES];
  }
  return settings;
}

/**
 * The client's settings, from the table `[client]` of the same file.
 * @throws {ConfigError}
 */
export function loadClientSettings(
  flags: Readonly<Record<string, unknown>>,
  file?: string,
  env: Environment = process.env,
): ClientSettings {
  const path = file ?? env["NASH_LLM_CONFIG"];
  return layered(ClientSettingsSchema, { flags, env, file: path, table: CLIENT_TABLE });
}

/** @throws {ConfigError} where a file cannot be read or holds no usable secret */
export function loadSecrets(settings: Settings, env: Environment = process.env): Secrets {
  return {
    token: secretFrom("NASH_LLM_TOKEN", settings.tokenFile, env),
    heliconeKey: secretFrom("HELICONE_API_KEY", settings.heliconeKeyFile, env),
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
  readonly openai: KeyPair;
  readonly anthropic: KeyPair;
  /** What the server at `--server` wants from its clients. */
  readonly token: Secret | undefined;
}

export interface KeyPair {
  readonly key: Secret | undefined;
  readonly baseUrl: string | undefined;
}

/** @throws {ConfigError} where a key or token could not be sent */
export function loadClientEnvironment(env: Environment = process.env): ClientEnvironment {
  const pair = (name: string): KeyPair => ({
    key: secretFrom(`${name}_API_KEY`, undefined, env),
    baseUrl: env[`${name}_BASE_URL`] || undefined,
  });
  return {
    ...loadCommonEnvironment(env),
    openai: pair("OPENAI"),
    anthropic: pair("ANTHROPIC"),
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
  return names.filter((name) => Boolean(env[name]));
}

/** Variables under our own prefix that mean nothing: most likely a setting spelt wrong. */
export function unknownVariables(env: Environment = process.env): readonly string[] {
  const known = new Set([
    "NASH_LLM_CONFIG",
    "NASH_LLM_TOKEN",
    ...Object.keys({ ...SettingsSchema.properties, ...ClientSettingsSchema.properties }).map(variableOf),
  ]);
  return Object.keys(env).filter((name) => name.startsWith("NASH_LLM_") && !known.has(name));
}

/** The file with further certificates that the runtime trusts. */
export function extraCertificates(env: Environment = process.env): string | undefined {
  return env["NODE_EXTRA_CA_CERTS"] || undefined;
}

/** A value of the first of these variables that has one, in capitals or not, as is the custom. */
function customary(env: Environment, ...names: readonly string[]): string | undefined {
  return names
    .flatMap((name) => [env[name.toLowerCase()], env[name]])
    .find((value) => value !== undefined && value !== "");
}

/**
 * The proxies that the environment names, which is then rid of them: whether a request goes through one is decided
 * for each request and by nobody else.
 * @throws {ConfigError} where one is no address
 */
export function takeProxies(env: Record<string, string | undefined> = process.env): Proxies {
  const all = customary(env, "ALL_PROXY");
  const proxies = {
    http: proxyUrl(customary(env, "HTTP_PROXY") ?? all),
    https: proxyUrl(customary(env, "HTTPS_PROXY") ?? all),
    except: (customary(env, "NO_PROXY") ?? "")
      .split(",")
      .map((rule) => rule.trim())
      .filter((rule) => rule !== ""),
  };
  dropProxies(env);
  return proxies;
}

/** Rids the environment of what the runtime's `fetch` would obey by itself: proxies, and a log that prints keys. */
export function dropProxies(env: Record<string, string | undefined> = process.env): undefined {
  for (const name of ["ALL_PROXY", "HTTP_PROXY", "HTTPS_PROXY", "NO_PROXY", "BUN_CONFIG_VERBOSE_FETCH"]) {
    delete env[name];
    delete env[name.toLowerCase()];
  }
}

function proxyUrl(text: string | undefined): URL | undefined {
  if (text === undefined) return undefined;
  const url = URL.parse(/^[a-z][a-z0-9+.-]*:\/\//i.test(text) ? text : `http://${text}`);
  if (url !== null && (url.protocol === "http:" || url.protocol === "https:")) return url;
  throw new ConfigError("A proxy variable holds no http address.");
}

/** As many requests as the runtime's `fetch` holds at once: main.ts lifts its limit where that can be done. */
export function requestLimit(env: Environment = process.env): number {
  const limit = Number(env["BUN_CONFIG_MAX_HTTP_REQUESTS"]);
  return Number.isInteger(limit) && limit > 0 ? limit : DEFAULT_REQUEST_LIMIT;
}

const DEFAULT_REQUEST_LIMIT = 256;
