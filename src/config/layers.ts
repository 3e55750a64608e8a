import { readFileSync } from "node:fs";
import type { Static, TObject, TSchema } from "@sinclair/typebox";
import { Value } from "@sinclair/typebox/value";

/** Settings of any schema out of flags, variables and a file, each with errors in the words of where it was set. */

/** A setting that cannot be used. The message is one line for whoever started the program. */
export class ConfigError extends Error {
  override readonly name = "ConfigError";
}

export type Environment = Readonly<Record<string, string | undefined>>;

/** `maxStreams` as `max-streams`. */
export function kebab(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
}

/** `max-streams` or `max_streams` as `maxStreams`. */
export function camel(key: string): string {
  return key.replace(/[-_]([a-z])/g, (_, letter: string) => letter.toUpperCase());
}

/** `maxStreams` as `NASH_LLM_MAX_STREAMS`. */
export function variableOf(name: string): string {
  return `NASH_LLM_${kebab(name).replaceAll("-", "_").toUpperCase()}`;
}

/** Where settings come from, the nearest first. */
export interface Sources {
  /** Values of flags that were given, by setting. */
  readonly flags: Readonly<Record<string, unknown>>;
  readonly env: Environment;
  /** The TOML file, and the table in it that has these settings; its top level where none is named. */
  readonly file: string | undefined;
  readonly table?: string;
  /** Keys that may stand at the top level too; the table's come first. */
  readonly alsoTop?: readonly string[];
  /** Tables of the file that are for others, and single keys. */
  readonly others?: readonly string[];
  readonly othersKeys?: readonly string[];
}

/**
 * The settings in force: flags over variables over the file over defaults.
 * @throws {ConfigError}
 */
export function layered<T extends TObject>(
  schema: T,
  { flags, env, file, table, alsoTop = [], others = [], othersKeys = [] }: Sources,
): Static<T> {
  return Object.assign(
    {},
    defaultsOf(schema),
    file ? fromFile(schema, file, { table, alsoTop, others, othersKeys }) : {},
    fromEnvironment(schema, env),
    checked(schema, flags, "--", kebab),
  );
}

/** They need no check: the schema is ours. */
function defaultsOf({ properties }: TObject): Record<string, unknown> {
  const presets = Object.entries(properties).map(([name, schema]) => [name, schema["default"]] as const);
  return Object.fromEntries(presets.filter(([, preset]) => preset !== undefined));
}

function fromEnvironment(schema: TObject, env: Environment): Record<string, unknown> {
  const given: Record<string, unknown> = {};
  for (const name of Object.keys(schema.properties)) {
    const value = env[variableOf(name)];
    if (value !== undefined && value !== "") given[name] = value;
  }
  return checked(schema, given, "", variableOf);
}

function fromFile(
  schema: TObject,
  path: string,
  {
    table,
    alsoTop,
    others,
    othersKeys,
  }: Required<Pick<Sources, "alsoTop" | "others" | "othersKeys">> & { table: string | undefined },
): Record<string, unknown> {
  const whole = readFile(path);
  const named = table === undefined ? whole : (whole[table] ?? {});
  // Several tables of this name, `[[client]]`, are somebody else's (docs/protocol.md 12).
  const part = table !== undefined && Array.isArray(named) ? {} : named;
  if (typeof part !== "object" || part === null) throw new ConfigError(`${path}: ${table} must be a table.`);
  // A list of tables of the same name is the server's: `[[provider]]`.
  const atTop = Object.entries(whole).filter(
    ([key, value]) => alsoTop.includes(kebab(camel(key))) && !Array.isArray(value),
  );
  const isTable = (value: unknown) => typeof value === "object" && !Array.isArray(value);
  const isOthers = (name: string, value: unknown) =>
    others.includes(name) || (othersKeys.includes(name) && !isTable(value));
  const entries = [
    ...atTop,
    ...Object.entries(part).filter(([key, value]) => !isOthers(kebab(camel(key)), value)),
  ];
  const values = Object.fromEntries(entries.map(([key, value]) => [camel(key), value]));
  return checked(schema, values, `${path}: `, kebab);
}

/** The top level of a TOML file. @throws {ConfigError} */
export function readFile(path: string): Record<string, unknown> {
  // Most servers start without a file.
  const { parse, TomlError }: typeof import("smol-toml") = require("smol-toml");
  try {
    return parse(readText(path));
  } catch (error) {
    if (error instanceof TomlError)
      throw new ConfigError(`${path} is not TOML: line ${error.line}, column ${error.column}.`);
    throw error;
  }
}

/** @throws {ConfigError} */
export function readText(path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch (error) {
    const code = error instanceof Error && "code" in error ? ` (${error.code})` : "";
    throw new ConfigError(`${path} cannot be read${code}.`);
  }
}

/** Each value of the type that its setting has, or an error in the words of where it was set. */
export function checked(
  settings: TObject,
  given: Readonly<Record<string, unknown>>,
  prefix: string,
  shown: (name: string) => string,
): Record<string, unknown> {
  const values: Record<string, unknown> = {};
  for (const [name, value] of Object.entries(given)) {
    if (value === undefined) continue;
    const schema: TSchema | undefined = settings.properties[name];
    if (schema === undefined) throw new ConfigError(`${prefix}${shown(name)} is no setting.`);
    values[name] = convert(value, schema);
    if (!Value.Check(schema, values[name]))
      throw new ConfigError(`${prefix}${shown(name)} must be ${wanted(schema)}.`);
  }
  return values;
}

/** Text from flags and variables in the type of the schema; several values are parted by commas. */
function convert(value: unknown, schema: TSchema): unknown {
  if (schema["type"] === "array" && typeof value === "string")
    return value.split(",").map((item) => item.trim());
  if (typeof value !== "string") return value;
  if (schema["type"] === "boolean")
    return { true: true, "1": true, yes: true, false: false, "0": false, no: false }[value.toLowerCase()];
  if (schema["type"] === "integer" || schema["type"] === "number")
    return /^-?\d+(\.\d+)?$/.test(value) ? Number(value) : undefined;
  return value;
}

function wanted(schema: TSchema): string {
  if (Array.isArray(schema["anyOf"]))
    return `one of ${schema["anyOf"].map((variant) => variant.const).join(", ")}`;
  if (schema["type"] === "boolean") return "true or false";
  if (schema["type"] === "integer" || schema["type"] === "number") {
    const what = schema["type"] === "integer" ? "a whole number" : "a number";
    return schema["maximum"] === undefined
      ? `${what} of at least ${schema["minimum"]}`
      : `${what} from ${schema["minimum"]} to ${schema["maximum"]}`;
  }
  if (schema["type"] === "array") return "a list of texts";
  return schema["pattern"] === undefined ? "a text that is not empty" : String(schema["description"]);
}
