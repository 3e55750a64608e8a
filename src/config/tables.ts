import { type Static, type TObject, Type } from "@sinclair/typebox";
import { ConfigError, camel, checked, kebab } from "./layers.ts";

/** Tables of the settings' file that may be there several times. */

export const text = (description: string) => Type.String({ minLength: 1, description });
export const Name = Type.String({
  minLength: 1,
  pattern: "^[a-z0-9-]+$",
  description: "a name of a-z, 0-9 and -",
});

export type Placed<Table> = Table & {
  /** For messages: `settings.toml: [[provider]] work: `. */
  readonly place: string;
};

/** The `[[key]]` tables of a file, each checked. @throws {ConfigError} with the place */
export function tablesIn<T extends TObject>(
  file: Readonly<Record<string, unknown>>,
  key: string,
  schema: T,
  path: string,
): readonly Placed<Static<T>>[] {
  const tables = file[key] ?? [];
  if (!Array.isArray(tables)) throw new ConfigError(`${path}: write [[${key}]] with two brackets.`);
  return tables.map((table: unknown, i) => {
    if (typeof table !== "object" || table === null) throw new ConfigError(`${path}: ${key} must be tables.`);
    const given = Object.fromEntries(Object.entries(table).map(([name, value]) => [camel(name), value]));
    const called = given["name"] ?? given["model"];
    const place = `${path}: [[${key}]] ${typeof called === "string" ? called : `number ${i + 1}`}: `;
    const values = checked(schema, given, place, kebab);
    const missing = (schema.required ?? []).find((name) => values[name] === undefined);
    if (missing !== undefined) throw new ConfigError(`${place}${kebab(missing)} is missing.`);
    // Each value was checked against the schema just now, and all that it requires are there.
    return { ...(values as Static<T>), place };
  });
}

/** @throws {ConfigError} where a name is there twice */
export function refuseTwice(names: readonly string[], message: (name: string) => string): void {
  const twice = names.find((name, i) => names.indexOf(name) !== i);
  if (twice !== undefined) throw new ConfigError(message(twice));
}
