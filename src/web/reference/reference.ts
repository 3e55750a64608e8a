import { type Field, fieldsOf, variantsOf } from "./fields.ts";
import type { MediaType, OpenApi, OperationObject, ResponseObject, Schema } from "./open-api.ts";

/** The reference as it is read, by people and machines alike. Descriptions are Markdown. */
export interface Reference {
  readonly title: string;
  readonly version: string;
  /** What comes before the first heading. */
  readonly lead: string;
  readonly groups: readonly Group[];
  readonly chapters: readonly Chapter[];
  readonly errors: ErrorChapter;
}

export interface Chapter {
  readonly id: string;
  readonly title: string;
  readonly text: string;
}

export interface Group {
  readonly name: string;
  readonly description: string;
  readonly operations: readonly Operation[];
}

export interface Operation {
  readonly id: string;
  readonly method: string;
  readonly path: string;
  readonly summary: string;
  readonly description: string;
  readonly fields: readonly Field[];
  /** A body to begin with, as JSON text. */
  readonly example: string | undefined;
  readonly answers: readonly Answer[];
  /** Statuses that come with an error body. */
  readonly errorStatuses: readonly string[];
}

export interface Answer {
  readonly status: string;
  readonly description: string;
  readonly contentType: string | undefined;
  /** Empty where the answer is one of several kinds of lines. */
  readonly fields: readonly Field[];
  readonly lines: readonly Line[];
  readonly examples: readonly Example[];
}

/** One kind of line of a stream. */
export interface Line {
  readonly title: string;
  readonly description: string;
  readonly fields: readonly Field[];
}

export interface Example {
  readonly title: string;
  readonly text: string;
}

export interface ErrorChapter {
  readonly fields: readonly Field[];
  readonly example: string;
  readonly types: readonly { readonly type: string; readonly statuses: string; readonly meaning: string }[];
}

/** Said once for all optional fields. */
export const NULL_IS_ABSENT = "Null in an optional field means that it is absent.";

const ERROR_REFERENCE = "#/components/schemas/Error";

/** Reads the document that `/openapi.json` answers. It is our own, so its form is relied on. */
export function readReference(document: unknown): Reference {
  const { info, tags, paths, components } = withoutReferences(document as OpenApi);
  const operations = Object.entries(paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, object]) => ({
      tag: object.tags?.[0],
      operation: readOperation(method, path, object),
    })),
  );
  const [lead = "", ...chapters] = info.description.split(/^## /m);
  return {
    title: info.title,
    version: info.version,
    lead: lead.trim(),
    groups: tags.map(({ name, description }) => ({
      name,
      description,
      operations: operations.filter(({ tag }) => tag === name).map(({ operation }) => operation),
    })),
    chapters: chapters.map(readChapter),
    errors: readErrors(components.schemas["Error"] ?? {}),
  };
}

/** Puts schemas in the place of the references to them, but for errors, which have a chapter, and within themselves. */
function withoutReferences(document: OpenApi): OpenApi {
  const { schemas } = document.components;
  const resolved = (value: unknown, within: readonly string[]): unknown => {
    if (Array.isArray(value)) return value.map((one) => resolved(one, within));
    if (typeof value !== "object" || value === null) return value;
    const { $ref } = value as { readonly $ref?: unknown };
    if (typeof $ref === "string") {
      const name = $ref.slice($ref.lastIndexOf("/") + 1);
      if ($ref === ERROR_REFERENCE || within.includes(name)) return value;
      return resolved(schemas[name], [...within, name]);
    }
    return Object.fromEntries(Object.entries(value).map(([key, one]) => [key, resolved(one, within)]));
  };
  return resolved(document, []) as OpenApi;
}

function readChapter(text: string): Chapter {
  const end = text.indexOf("\n");
  const title = text.slice(0, end).trim();
  return { id: title.toLowerCase().replace(/[^a-z]+/g, "-"), title, text: text.slice(end).trim() };
}

function readOperation(method: string, path: string, object: OperationObject): Operation {
  const body = object.requestBody?.content["application/json"]?.schema;
  const responses = Object.entries(object.responses ?? {});
  const [example] = body?.examples ?? [];
  return {
    id: object.operationId ?? `${method}${path.replace(/\W+/g, "-")}`,
    method: method.toUpperCase(),
    path,
    summary: object.summary ?? "",
    description: object.description ?? "",
    fields: body === undefined ? [] : fieldsOf(body),
    example: example === undefined ? undefined : pretty(example),
    answers: responses
      .filter(([, response]) => !isError(response))
      .map(([status, response]) => readAnswer(status, response)),
    errorStatuses: responses.filter(([, response]) => isError(response)).map(([status]) => status),
  };
}

function isError({ content }: ResponseObject): boolean {
  const schema: (Schema & { readonly $ref?: string }) | undefined = content?.["application/json"]?.schema;
  return schema?.$ref === ERROR_REFERENCE;
}

function readAnswer(status: string, { description, content }: ResponseObject): Answer {
  const [contentType, media = {}] = Object.entries(content ?? {})[0] ?? [];
  const { schema } = media;
  const variants = schema === undefined ? [] : variantsOf(schema);
  return {
    status,
    description,
    contentType,
    fields: variants.length === 1 && schema !== undefined ? fieldsOf(schema, ["Message"]) : [],
    lines: variants.length > 1 ? variants.map(readLine) : [],
    examples: examplesOf(media),
  };
}

function readLine(schema: Schema): Line {
  // What an error holds has a chapter of its own.
  const fields = fieldsOf(schema).filter(({ path }) => !path.startsWith("error."));
  return { title: schema.title ?? "", description: schema.description ?? "", fields };
}

function examplesOf({ example, examples = {} }: MediaType): readonly Example[] {
  const named = Object.entries(examples).map(([title, { value }]) => ({ title, text: value.trimEnd() }));
  return example === undefined ? named : [{ title: "", text: pretty(example) }, ...named];
}

function readErrors(schema: Schema): ErrorChapter {
  const types = schema.properties?.["error"]?.properties?.["type"]?.anyOf ?? [];
  return {
    fields: fieldsOf(schema).map((field) =>
      field.path === "error.type" ? { ...field, type: "one of those below" } : field,
    ),
    example: pretty(schema.examples?.[0]),
    types: types.map(({ const: type, description = "", "x-statuses": statuses = [] }) => ({
      type: String(type),
      statuses: statuses.join(", "),
      meaning: description,
    })),
  };
}

function pretty(value: unknown): string {
  return JSON.stringify(value, null, 2);
}
