import { asNumber, isObject, type JsonObject, objectsIn } from "../core/json.ts";

/** Schemas that go on for ever end here. */
const DEEPEST = 8;

/**
 * A value that a JSON schema allows, with what the text of a request has for it: enough for schemas of tools and of
 * structured answers. The same for the same schema and text.
 */
export function exampleValue(schema: JsonObject, text: string): unknown {
  return valueFor(schema, { text, root: schema, name: "", depth: 0 });
}

interface Place {
  readonly text: string;
  readonly root: JsonObject;
  /** The property that the value is for. */
  readonly name: string;
  readonly depth: number;
}

function valueFor(schema: JsonObject, place: Place): unknown {
  if ("const" in schema) return schema["const"];
  if (Array.isArray(schema["enum"]))
    return schema["enum"].find((one) => mentions(place.text, one)) ?? schema["enum"][0];
  if (place.depth >= DEEPEST) return null;
  const next = { ...place, depth: place.depth + 1 };
  const target = typeof schema["$ref"] === "string" ? resolve(schema["$ref"], place.root) : undefined;
  if (target !== undefined) return valueFor(target, next);
  for (const keyword of ["anyOf", "oneOf", "allOf"]) {
    const [one] = objectsIn(schema[keyword]);
    if (one !== undefined) return valueFor({ ...schema, [keyword]: undefined, ...one }, next);
  }
  switch (typeIn(schema)) {
    case "string":
      return textFor(place, schema);
    case "integer":
    case "number":
      return numberFor(place.text, schema);
    case "boolean":
      return !new RegExp(`\\b(?:no|not|without) ${place.name}`, "i").test(place.text);
    case "array": {
      const items = isObject(schema["items"]) ? schema["items"] : { type: "string" };
      const count = Math.max(1, asNumber(schema["minItems"]) ?? 1);
      return Array.from({ length: count }, () => valueFor(items, next));
    }
    case "null":
      return null;
    default:
      return objectFor(schema, next);
  }
}

function typeIn(schema: JsonObject): unknown {
  const type = schema["type"];
  return Array.isArray(type) ? type.find((one) => one !== "null") : type;
}

/** The required properties; all of them where none is required. */
function objectFor(schema: JsonObject, place: Place): JsonObject {
  const properties = isObject(schema["properties"]) ? schema["properties"] : {};
  const required: readonly unknown[] = Array.isArray(schema["required"]) ? schema["required"] : [];
  const names = Object.keys(properties).filter((name) => required.length === 0 || required.includes(name));
  return Object.fromEntries(
    names.map((name) => {
      const property = properties[name];
      return [name, isObject(property) ? valueFor(property, { ...place, name }) : null];
    }),
  );
}

function resolve(reference: string, root: JsonObject): JsonObject | undefined {
  let found: unknown = root;
  for (const name of reference.replace(/^#\/?/, "").split("/").filter(Boolean)) {
    found = isObject(found) ? found[name] : undefined;
  }
  return isObject(found) ? found : undefined;
}

function mentions(text: string, value: unknown): boolean {
  return typeof value === "string" && value !== "" && text.toLowerCase().includes(value.toLowerCase());
}

/** What to look for in the request, by the name of the property. */
const PATTERNS: readonly (readonly [RegExp, RegExp, string])[] = [
  [/command|cmd|script/i, /`([^`]+)`/, "echo hello"],
  [/path|file/i, /([\w./-]+\.\w{1,5})\b/, "notes.md"],
  [/content|body|text|message/i, /:\n([\s\S]+)$/, "A text that the script wrote."],
  [/city|location|place/i, /\bin (\p{Lu}[\p{L}-]+)/u, "Zürich"],
  [/url/i, /(https?:\/\/\S+)/, "https://example.com/"],
  [/name/i, /(?:at|named|called) (\p{Lu}[\p{L}]*(?: \p{Lu}[\p{L}]*)*)/u, "Ada"],
];

function textFor({ text, name }: Place, schema: JsonObject): string {
  if (schema["format"] === "date-time") return "2026-11-26T12:00:00Z";
  if (schema["format"] === "date") return "2026-11-26";
  const known = PATTERNS.find(([property]) => property.test(name));
  if (known !== undefined) return known[1].exec(text)?.[1] ?? known[2];
  return /"([^"]{1,80})"/.exec(text)?.[1] ?? "example";
}

function numberFor(text: string, schema: JsonObject): number {
  const least = asNumber(schema["minimum"]) ?? Number.NEGATIVE_INFINITY;
  const most = asNumber(schema["maximum"]) ?? Number.POSITIVE_INFINITY;
  const said = Number(/\b\d{1,6}\b/.exec(text)?.[0] ?? 36);
  return Math.min(most, Math.max(least, said));
}
