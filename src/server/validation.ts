import type { TSchema } from "@sinclair/typebox";
import { type ValueError, type ValueErrorIterator, ValueErrorType } from "@sinclair/typebox/errors";
import type { ValidationError } from "elysia";
import { closest, distance } from "fastest-levenshtein";
import type { Failure } from "../core/failure.ts";
import { asObject, asText } from "../core/json.ts";
import { redact, Secret } from "../core/secret.ts";

/** As many errors of one body as are looked at for the most telling one. */
const MAX_ERRORS = 100;

/** Beyond so many letters' difference a name is not the one that was meant. */
const MAX_DISTANCE = 3;

/**
 * A validation error of the framework as path and reason. Nothing of the value that was found is taken over:
 * it may be the key. Of names only those that are not.
 */
export function validationFailure({ validator, value }: ValidationError): Failure {
  const errors = "Errors" in validator ? firstErrors(validator.Errors(value)) : [];
  const error = mostTelling(errors);
  if (error === undefined)
    return { type: "invalid_request", message: "The body does not have the form that this path takes." };
  if (error.path === "")
    return { type: "invalid_request", message: "The body must be a JSON object.", status: 422 };
  const param = fieldPath(error.path, keyIn(value));
  return { type: "invalid_request", param, message: reasonFor(error, param) };
}

/** The key that came with the body: someone may have given it as a field's name too. */
function keyIn(value: unknown): Secret[] {
  const key = asText(asObject(value)?.["api_key"]);
  return key === undefined ? [] : [new Secret(key)];
}

function firstErrors(iterator: ValueErrorIterator): ValueError[] {
  const errors: ValueError[] = [];
  for (const error of iterator) {
    errors.push(error);
    if (errors.length >= MAX_ERRORS) break;
  }
  return errors;
}

/** A misspelt name explains the field that is missing beside it, so it comes first. */
function mostTelling(errors: readonly ValueError[]): ValueError | undefined {
  const error = errors.find(({ type }) => type === ValueErrorType.ObjectAdditionalProperties) ?? errors[0];
  return error?.type === ValueErrorType.Union ? inside(error) : error;
}

/** Which variant of a union was meant: the one that the value fits furthest into. */
function inside(union: ValueError): ValueError {
  const nested = union.errors.map((variant) => mostTelling(firstErrors(variant)));
  const deepest = nested.reduce(
    (best, error) => ((error?.path.length ?? 0) > (best?.path.length ?? 0) ? error : best),
    undefined,
  );
  if (deepest !== undefined && deepest.path.length > union.path.length) return deepest;
  const [first] = nested;
  return isNullable(union.schema) && first !== undefined ? first : union;
}

function isNullable({ anyOf }: TSchema): boolean {
  return Array.isArray(anyOf) && anyOf.length === 2 && anyOf[1]?.type === "null";
}

/** `/messages/0/content` as `messages[0].content`. */
function fieldPath(pointer: string, secrets: readonly Secret[]): string {
  let path = "";
  for (const part of pointer.slice(1).split("/")) {
    const name = redact(part.replaceAll("~1", "/").replaceAll("~0", "~"), secrets).slice(0, 100);
    if (/^\d+$/.test(name)) path += `[${name}]`;
    else path += path === "" ? name : `.${name}`;
  }
  return path;
}

function reasonFor({ type, schema }: ValueError, param: string): string {
  if (type === ValueErrorType.ObjectAdditionalProperties) return unknownField(schema, param);
  if (type === ValueErrorType.ObjectRequiredProperty) return `The field ${param} is required.`;
  return `The field ${param} must be ${expected(schema)}.`;
}

function unknownField(schema: TSchema, param: string): string {
  const name = param.slice(param.lastIndexOf(".") + 1);
  const known = Object.keys(schema["properties"] ?? {});
  const nearest = known.length === 0 ? "" : closest(name, known);
  const hint = nearest !== "" && distance(name, nearest) <= MAX_DISTANCE ? ` Did you mean ${nearest}?` : "";
  return `The field ${param} is not known.${hint || ` Known here: ${known.join(", ")}.`}`;
}

/** What a schema asks for, in words. */
function expected(schema: TSchema): string {
  if (Array.isArray(schema["anyOf"])) return alternatives(schema["anyOf"]);
  if (schema["const"] !== undefined) return JSON.stringify(schema["const"]);
  switch (schema["type"]) {
    case "string":
      return schema["pattern"] === undefined
        ? sized("a string", schema)
        : `a string: ${String(schema["description"]).replace(/\.$/, "")}`;
    case "integer":
      return ranged("a whole number", schema);
    case "number":
      return ranged("a number", schema);
    case "array":
      return sized("a list", schema);
    case "boolean":
      return "true or false";
    default:
      return `${/^[aeiou]/.test(String(schema["type"])) ? "an" : "a"} ${schema["type"]}`;
  }
}

function alternatives(variants: readonly TSchema[]): string {
  const words = variants.filter(({ type }) => type !== "null").map(expected);
  return words.length > 1 ? `${words.slice(0, -1).join(", ")} or ${words.at(-1)}` : (words[0] ?? "absent");
}

function ranged(what: string, { minimum, maximum }: TSchema): string {
  if (minimum !== undefined && maximum !== undefined) return `${what} from ${minimum} to ${maximum}`;
  if (minimum !== undefined) return `${what} of at least ${minimum}`;
  return maximum === undefined ? what : `${what} of at most ${maximum}`;
}

function sized(what: string, { minLength, minItems, maxLength }: TSchema): string {
  if (minLength !== undefined || minItems !== undefined) return `${what} that is not empty`;
  return maxLength === undefined ? what : `${what} of at most ${maxLength} characters`;
}
