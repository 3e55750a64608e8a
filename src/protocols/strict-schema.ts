import { asObject, isObject, type JsonObject } from "../core/json.ts";

/** Where schemas stand in a schema: by name, in a list, alone. */
const BY_NAME = ["properties", "$defs", "definitions", "patternProperties"];
const IN_LISTS = ["anyOf", "oneOf", "allOf", "prefixItems"];
const ALONE = ["items", "additionalProperties", "not", "contains"];

/** The schemas that stand directly in a schema. */
function* schemasIn(schema: JsonObject): Generator<JsonObject> {
  for (const name of BY_NAME) yield* Object.values(asObject(schema[name]) ?? {}).filter(isObject);
  for (const name of IN_LISTS) if (Array.isArray(schema[name])) yield* schema[name].filter(isObject);
  for (const name of ALONE) if (isObject(schema[name])) yield schema[name];
}

/**
 * Whether OpenAI takes a schema with `strict: true` as it is: every object names all of its properties as required and
 * allows no others. To make it so would change what it means.
 * @see https://platform.openai.com/docs/guides/structured-outputs#supported-schemas
 */
export function satisfiesStrict(schema: JsonObject): boolean {
  if (schema["type"] === "object" || schema["properties"] !== undefined) {
    const required = Array.isArray(schema["required"]) ? schema["required"] : [];
    const names = Object.keys(asObject(schema["properties"]) ?? {});
    if (schema["additionalProperties"] !== false || names.some((name) => !required.includes(name)))
      return false;
  }
  for (const inner of schemasIn(schema)) if (!satisfiesStrict(inner)) return false;
  return true;
}
