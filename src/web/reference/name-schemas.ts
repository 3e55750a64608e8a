import { asText, isObject, type JsonObject } from "../../core/json.ts";

interface Described {
  readonly paths: unknown;
  readonly schemas: JsonObject;
}

interface NamedSchemas {
  readonly paths: unknown;
  /** By name, each with the schemas in it referred to by theirs. */
  readonly schemas: JsonObject;
}

/** Keys under which a schema holds others, by name or in a list. */
const MAPS = new Set(["properties", "patternProperties", "$defs"]);
/** Keys whose values are data and no schemas. */
const DATA = new Set(["example", "examples", "default", "const", "enum"]);

/**
 * Gives every schema that has a title a place of its own in `components`, and puts a reference where it stood: generators
 * then make one type of it, under that name. The same title for another schema gets the name of what it stands in before it.
 */
export function nameSchemas({ paths, schemas }: Described): NamedSchemas {
  const known = new Map<string, unknown>();

  const map = (values: JsonObject, change: (value: unknown) => unknown) =>
    Object.fromEntries(Object.entries(values).map(([key, value]) => [key, change(value)]));

  /** @param within the name of what it stands in */
  const named = (schema: unknown, within: string): unknown => {
    if (Array.isArray(schema)) return schema.map((one) => named(one, within));
    if (!isObject(schema) || schema["$ref"] !== undefined) return schema;
    const title = asText(schema["title"]);
    if (title === undefined) return inner(schema, within);
    const name = pascal(title);
    const content = inner(schema, name);
    return { $ref: `#/components/schemas/${place(name, within, content)}` };
  };

  const inner = (schema: JsonObject, within: string): unknown => {
    const changed = Object.entries(schema).map(([key, value]) => {
      if (DATA.has(key)) return [key, value];
      if (MAPS.has(key) && isObject(value)) return [key, map(value, (one) => named(one, within))];
      return [key, named(value, within)];
    });
    return shorter(Object.fromEntries(changed));
  };

  /** The name that a schema gets; a free one is taken. */
  const place = (name: string, within: string, content: unknown): string => {
    const isFree = !known.has(name);
    if (isFree) known.set(name, content);
    if (isFree || Bun.deepEquals(known.get(name), content)) return name;
    const longer = `${within}${name}`;
    if (known.has(longer) && !Bun.deepEquals(known.get(longer), content))
      throw new Error(`Two schemas in ${within} are named ${name}.`);
    known.set(longer, content);
    return longer;
  };

  /** Everything in an operation that stands under `schema`. */
  const operations = (value: unknown): unknown => {
    if (Array.isArray(value)) return value.map(operations);
    if (!isObject(value)) return value;
    const entries = Object.entries(value).map(([key, one]) => {
      if (key === "schema") return [key, named(one, "")];
      return [key, DATA.has(key) ? one : operations(one)];
    });
    return Object.fromEntries(entries);
  };

  // The titles of these are their names already.
  // TypeBox marks its schemas with symbols, which JSON has not.
  const plain = JSON.parse(JSON.stringify({ paths, schemas }));
  for (const [name, schema] of Object.entries(plain.schemas))
    known.set(name, isObject(schema) ? inner(schema, name) : schema);
  const described = operations(plain.paths);
  return { paths: described, schemas: Object.fromEntries(known) };
}

/** Unions in their shorter forms, which generators understand: an `enum`, or one more type. */
function shorter(schema: JsonObject): JsonObject {
  const { anyOf, ...rest } = schema;
  if (!Array.isArray(anyOf) || anyOf.length < 2) return schema;
  const [first, second] = anyOf;
  if (
    anyOf.length === 2 &&
    second.type === "null" &&
    typeof first.type === "string" &&
    first.enum === undefined
  )
    return { ...first, ...rest, type: [first.type, "null"] };
  const isPlain = (one: unknown) =>
    isObject(one) &&
    one["const"] !== undefined &&
    Object.keys(one).every((key) => key === "const" || key === "type");
  if (!anyOf.every(isPlain) || anyOf.some((one) => one.type !== first.type)) return schema;
  return { ...rest, type: first.type, enum: anyOf.map((one) => one.const) };
}

/** `text part` → `TextPart` */
function pascal(title: string): string {
  return title
    .split(/[^A-Za-z0-9]+/)
    .map((word) => word.charAt(0).toUpperCase() + word.slice(1))
    .join("");
}
