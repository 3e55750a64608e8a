import { isObject, type JsonObject, objectsIn } from "../core/json.ts";

/** What is wrong with a JSON schema, and where in it. */
export interface SchemaFault {
  /** Names of properties, and `items`, from the outside in. */
  readonly at: readonly string[];
  readonly rule: "additionalProperties" | "required" | "keyword";
  /** The keyword that is not supported, or the property that is not required. */
  readonly name: string;
  readonly type: string;
}

/** What a provider asks of the schemas by which it constrains an answer. */
export interface SchemaRules {
  /** Each property must be among the required ones. */
  readonly allRequired: boolean;
  readonly unsupported: ReadonlySet<string>;
}

/** The first fault of a schema by these rules; every object must exclude additional properties. */
export function schemaFault(
  schema: JsonObject,
  rules: SchemaRules,
  at: readonly string[] = [],
): SchemaFault | undefined {
  const type = typeof schema["type"] === "string" ? schema["type"] : "object";
  const keyword = Object.keys(schema).find((name) => rules.unsupported.has(name));
  if (keyword !== undefined) return { at, rule: "keyword", name: keyword, type };
  const properties = isObject(schema["properties"]) ? schema["properties"] : undefined;
  if (schema["type"] === "object" || properties !== undefined) {
    if (schema["additionalProperties"] !== false) {
      return { at, rule: "additionalProperties", name: "additionalProperties", type };
    }
    const required = Array.isArray(schema["required"]) ? schema["required"] : [];
    const optional = Object.keys(properties ?? {}).find((name) => !required.includes(name));
    if (rules.allRequired && optional !== undefined) return { at, rule: "required", name: optional, type };
  }
  return (
    first(Object.entries(properties ?? {}), rules, at) ??
    first(Object.entries(isObject(schema["$defs"]) ? schema["$defs"] : {}), rules, at) ??
    first([["items", schema["items"]]], rules, at) ??
    first(
      objectsIn(schema["anyOf"]).map((one) => ["anyOf", one]),
      rules,
      at,
    )
  );
}

function first(
  schemas: readonly (readonly [string, unknown])[],
  rules: SchemaRules,
  at: readonly string[],
): SchemaFault | undefined {
  for (const [name, schema] of schemas) {
    const fault = isObject(schema) ? schemaFault(schema, rules, [...at, name]) : undefined;
    if (fault !== undefined) return fault;
  }
  return undefined;
}
