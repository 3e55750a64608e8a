import { isObject, type JsonObject } from "../../core/json.ts";
import type { Translation } from "../../core/translation.ts";

/**
 * What Anthropic takes in a schema that it holds an answer to; it refuses other keywords. Its own SDKs move those into the
 * description (`lib/transform-json-schema` in @anthropic-ai/sdk), and so do we.
 * @see https://platform.claude.com/docs/en/build-with-claude/structured-outputs#json-schema-limitations
 */
const KEPT = new Set([
  "type",
  "title",
  "description",
  "enum",
  "const",
  "default",
  "properties",
  "required",
  "additionalProperties",
  "items",
  "anyOf",
  "allOf",
  "$ref",
  "$defs",
  "definitions",
]);
const KEPT_FORMATS = new Set([
  "date-time",
  "time",
  "date",
  "duration",
  "email",
  "hostname",
  "uri",
  "ipv4",
  "ipv6",
  "uuid",
]);

/** Keywords that say nothing of an answer. */
const SILENT = new Set(["$schema", "$id", "$comment", "examples"]);

/**
 * A schema as Anthropic takes it: objects allow no other properties, and keywords that it refuses are told in words.
 * @param at the field to report where keywords were moved
 */
export function outputSchema(schema: JsonObject, at: string, translation: Translation): JsonObject {
  const sent: Record<string, unknown> = {};
  const moved: string[] = [];
  for (const [name, value] of Object.entries(schema)) {
    if (name === "oneOf") sent["anyOf"] = schemas(value, at, translation);
    else if (keeps(name, value)) sent[name] = inner(name, value, at, translation);
    else if (!SILENT.has(name)) moved.push(`${name}: ${JSON.stringify(value)}`);
  }
  if (schema["type"] === "object" || schema["properties"] !== undefined) {
    // Nothing that was refused before is allowed by this, and it is how OpenAI's strict schemas are written anyway.
    sent["additionalProperties"] = false;
    sent["type"] ??= "object";
  }
  if (moved.length > 0) {
    translation.change(at);
    const words = `{${moved.join(", ")}}`;
    sent["description"] =
      typeof sent["description"] === "string" ? `${sent["description"]}\n\n${words}` : words;
  }
  return sent;
}

function keeps(name: string, value: unknown): boolean {
  if (name === "format") return KEPT_FORMATS.has(String(value));
  if (name === "minItems") return value === 0 || value === 1;
  return KEPT.has(name);
}

function inner(name: string, value: unknown, at: string, translation: Translation): unknown {
  if (name === "properties" || name === "$defs" || name === "definitions") {
    if (!isObject(value)) return value;
    return Object.fromEntries(
      Object.entries(value).map(([key, held]) => [key, schemaIn(held, at, translation)]),
    );
  }
  if (name === "anyOf" || name === "allOf") return schemas(value, at, translation);
  return name === "items" ? schemaIn(value, at, translation) : value;
}

function schemas(value: unknown, at: string, translation: Translation): unknown {
  return Array.isArray(value) ? value.map((held) => schemaIn(held, at, translation)) : value;
}

function schemaIn(value: unknown, at: string, translation: Translation): unknown {
  return isObject(value) ? outputSchema(value, at, translation) : value;
}
