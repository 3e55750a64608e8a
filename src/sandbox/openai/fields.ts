import { isObject, type JsonObject } from "../../core/json.ts";
import { refuse } from "./errors.ts";

/** What may stand in a field. */
export type FieldRule =
  | { readonly kind: "any" | "boolean" | "object" | "array" }
  | { readonly kind: "string"; readonly max?: number }
  | { readonly kind: "decimal" | "integer"; readonly min?: number; readonly max?: number }
  | { readonly kind: "choice"; readonly of: readonly string[] };

/**
 * Holds each field of the body against a table.
 * @throws {RequestRejected} For a wrong type, a number out of range.
 */
export function checkFields(body: JsonObject, table: Readonly<Record<string, FieldRule>>): void {
  for (const [name, rule] of Object.entries(table)) {
    const value = body[name];
    if (value !== undefined && value !== null) checkField(name, value, rule);
  }
}

function checkField(name: string, value: unknown, rule: FieldRule): void {
  switch (rule.kind) {
    case "any":
      break;
    case "choice":
      if (typeof value !== "string") wrongType(name, "a string", value);
      if (!rule.of.includes(value)) wrongChoice(name, value, rule.of);
      break;
    case "decimal":
    case "integer":
      checkNumber(name, value, rule);
      break;
    case "object":
      if (!isObject(value)) wrongType(name, "an object", value);
      break;
    case "array":
      if (!Array.isArray(value)) wrongType(name, "an array of objects", value);
      break;
    case "boolean":
      if (typeof value !== "boolean") wrongType(name, "a boolean", value);
      break;
    case "string":
      if (typeof value !== "string") wrongType(name, "a string", value);
      if (value.length > (rule.max ?? Number.POSITIVE_INFINITY)) tooLong(name, value, rule.max ?? 0);
      break;
  }
}

function checkNumber(
  name: string,
  value: unknown,
  { kind, min, max }: { kind: "decimal" | "integer"; min?: number; max?: number },
): void {
  if (typeof value !== "number" || (kind === "integer" && !Number.isInteger(value))) {
    wrongType(name, kind === "integer" ? "an integer" : "a decimal", value);
  }
  if (min !== undefined && value < min) {
    refuse(
      `Invalid '${name}': ${kind} below minimum value. Expected a value >= ${min}, but got ${value} instead.`,
      {
        code: `${kind}_below_min_value`,
        param: name,
      },
    );
  }
  if (max !== undefined && value > max) {
    refuse(
      `Invalid '${name}': ${kind} above maximum value. Expected a value <= ${max}, but got ${value} instead.`,
      {
        code: `${kind}_above_max_value`,
        param: name,
      },
    );
  }
}

/** @throws {RequestRejected} Always. */
export function wrongType(param: string, expected: string, value: unknown): never {
  refuse(`Invalid type for '${param}': expected ${expected}, but got ${kindOf(value)} instead.`, {
    code: "invalid_type",
    param,
  });
}

/** @throws {RequestRejected} Always. */
export function wrongChoice(param: string, value: unknown, supported: readonly string[]): never {
  const names = supported.map((name) => `'${name}'`);
  refuse(`Invalid value: '${String(value)}'. Supported values are: ${names.join(", ")}.`, {
    code: "invalid_value",
    param,
  });
}

/** @throws {RequestRejected} Always. */
export function tooLong(param: string, value: string, max: number): never {
  refuse(
    `Invalid '${param}': string too long. Expected a string with maximum length ${max}, but got a string with length ` +
      `${value.length} instead.`,
    { code: "string_above_max_length", param },
  );
}

/** @throws {RequestRejected} Always. */
export function missing(param: string): never {
  refuse(`Missing required parameter: '${param}'.`, { code: "missing_required_parameter", param });
}

/** @throws {RequestRejected} Always. */
export function emptyArray(param: string): never {
  refuse(
    `Invalid '${param}': empty array. Expected an array with minimum length 1, but got an empty array instead.`,
    {
      code: "empty_array",
      param,
    },
  );
}

/** Refuses fields of a nested object that are not among the known ones. */
export function checkNames(object: JsonObject, path: string, known: ReadonlySet<string>): void {
  for (const name of Object.keys(object)) {
    if (!known.has(name)) {
      refuse(`Unknown parameter: '${path}.${name}'.`, {
        code: "unknown_parameter",
        param: `${path}.${name}`,
      });
    }
  }
}

function kindOf(value: unknown): string {
  if (value === null || value === undefined) return "null";
  if (Array.isArray(value)) return "an array";
  if (typeof value === "number") return Number.isInteger(value) ? "an integer" : "a decimal";
  return typeof value === "object" ? "an object" : `a ${typeof value}`;
}
