import type { Schema } from "./open-api.ts";

/** One field of a request or an answer. */
export interface Field {
  /** `messages[].content` */
  readonly path: string;
  /** In words: `list of objects, at least 1`. */
  readonly type: string;
  readonly isRequired: boolean;
  /** Markdown. */
  readonly description: string;
}

/**
 * Every field of an object and of the objects in it, in order.
 * @param known titles of schemas whose fields are explained elsewhere
 */
export function fieldsOf(schema: Schema, known: readonly string[] = [], prefix = ""): readonly Field[] {
  const objects = objectsIn(schema);
  return objects.flatMap((object) =>
    Object.entries(object.properties ?? {}).flatMap(([name, property]) => {
      const path = `${prefix}${name}`;
      const isRequired = object.required?.includes(name) ?? false;
      const field: Field = {
        path,
        type: typeOf(property, isRequired),
        isRequired,
        description: descriptionOf(property, objects.length > 1 ? object.title : undefined),
      };
      return [field, ...innerFields(property, known, path)];
    }),
  );
}

function innerFields(schema: Schema, known: readonly string[], path: string): readonly Field[] {
  return variantsOf(schema).flatMap((variant) => {
    const inner = variant.items ?? variant;
    if (inner.title !== undefined && known.includes(inner.title)) return [];
    return fieldsOf(inner, known, variant.items === undefined ? `${path}.` : `${path}[].`);
  });
}

/** The schema itself where it is an object, else those among its variants. */
function objectsIn(schema: Schema): readonly Schema[] {
  return variantsOf(schema).filter(({ properties }) => properties !== undefined);
}

/** The alternatives of a union however deep it is nested; the schema itself where it is none. Null is left out. */
export function variantsOf(schema: Schema): readonly Schema[] {
  if (schema.anyOf === undefined) return schema.type === "null" ? [] : [schema];
  return schema.anyOf.flatMap(variantsOf);
}

/** @param kind of which of several kinds of object the field is */
function descriptionOf({ description = "" }: Schema, kind: string | undefined): string {
  return kind === undefined ? description : `${description} For ${kind}s.`.trim();
}

/** Null in an optional field means that it is absent, which is said once for all of them. */
function typeOf(schema: Schema, isRequired: boolean): string {
  const words = new Set(
    variantsOf(schema).map((variant) => [wordFor(variant), ...limitsOf(variant)].join(", ")),
  );
  const isNullable =
    isRequired && [schema, ...(schema.anyOf ?? [])].some(({ type }) => type?.includes("null"));
  return [...words, ...(isNullable ? ["null"] : [])].join(" or ");
}

function wordFor(schema: Schema): string {
  if (schema.const !== undefined) return `\`${JSON.stringify(schema.const)}\``;
  if (schema.enum !== undefined)
    return schema.enum.map((value) => `\`${JSON.stringify(value)}\``).join(" or ");
  const type = typeof schema.type === "string" ? schema.type : schema.type?.find((one) => one !== "null");
  if (type !== "array") return type ?? "any";
  const inner =
    schema.items === undefined ? [] : variantsOf(schema.items).map((item) => item.title ?? wordFor(item));
  return `list of ${[...new Set(inner)].join(", ")}`;
}

function limitsOf({ minimum, maximum, maxLength, minItems }: Schema): readonly string[] {
  return [
    minimum !== undefined && maximum !== undefined && `${minimum} to ${maximum}`,
    minimum !== undefined && maximum === undefined && `at least ${minimum}`,
    maxLength !== undefined && `at most ${maxLength.toLocaleString("en")} characters`,
    minItems !== undefined && minItems > 0 && `at least ${minItems}`,
  ].filter((limit) => limit !== false);
}
