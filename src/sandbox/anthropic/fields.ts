import { isObject, type JsonObject } from "../../core/json.ts";
import { refuse } from "./errors.ts";

/** Whatever else a request or a part of one holds is refused. */
export function checkNames(object: JsonObject, path: string, known: ReadonlySet<string>): void {
  for (const name of Object.keys(object)) {
    if (!known.has(name)) refuse(`${path === "" ? "" : `${path}.`}${name}: Extra inputs are not permitted`);
  }
}

/** A whole number from `min` on; undefined where there is none. */
export function optionalInteger(
  object: JsonObject,
  name: string,
  min: number,
  path = name,
): number | undefined {
  const value = object[name];
  if (value === undefined || value === null) return undefined;
  if (typeof value !== "number" || !Number.isInteger(value))
    return refuse(`${path}: Input should be a valid integer`);
  if (value < min) return refuse(`${path}: Input should be greater than or equal to ${min}`);
  return value;
}

/** Absent, or from 0 to 1. */
export function checkFraction(object: JsonObject, name: string): void {
  const value = object[name];
  if (value === undefined || value === null) return;
  if (typeof value !== "number") refuse(`${name}: Input should be a valid number`);
  if (value < 0 || value > 1) refuse(`${name}: range: 0..1`);
}

export function requiredText(object: JsonObject, name: string, path: string): string {
  const value = object[name];
  if (value === undefined) return refuse(`${path}.${name}: Field required`);
  return typeof value === "string" ? value : refuse(`${path}.${name}: Input should be a valid string`);
}

export function requiredObject(object: JsonObject, name: string, path: string): JsonObject {
  const value = object[name];
  if (value === undefined) return refuse(`${path}.${name}: Field required`);
  return isObject(value) ? value : refuse(`${path}.${name}: Input should be an object`);
}

/** A `type` that is not among those known here. */
export function wrongTag(path: string, found: unknown, known: readonly string[]): never {
  if (typeof found !== "string") return refuse(`${path}.type: Field required`);
  const names = known.map((name) => `'${name}'`).join(", ");
  return refuse(
    `${path}: Input tag '${found}' found using 'type' does not match any of the expected tags: ${names}`,
  );
}
