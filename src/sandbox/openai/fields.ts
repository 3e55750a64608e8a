import { isObject, type JsonObject } from "../../core/json.ts";
import { refuse } from "./errors.ts";

type Rule =
  | { readonly kind: "any" | "boolean" | "string" | "object" | "array" }
  | { readonly kind: "decimal" | "integer"; readonly min?: number; readonly max?: number }
  | { readonly kind: "choice"; readonly of: readonly string[] };

const ANY: Rule = { kind: "any" };
const BOOLEAN: Rule = { kind: "boolean" };
const STRING: Rule = { kind: "string" };
const OBJECT: Rule = { kind: "object" };
const ARRAY: Rule = { kind: "array" };

/** Every field of a request there is (docs/providers.md 1.1), with what may stand in it. Others are refused. */
const FIELDS: Readonly<Record<string, Rule>> = {
  messages: ARRAY,
  model: STRING,
  audio: OBJECT,
  frequency_penalty: { kind: "decimal", min: -2, max: 2 },
  function_call: ANY,
  functions: ARRAY,
  logit_bias: OBJECT,
  logprobs: BOOLEAN,
  max_completion_tokens: { kind: "integer", min: 1 },
  max_tokens: { kind: "integer", min: 1 },
  metadata: OBJECT,
  modalities: ARRAY,
  moderation: OBJECT,
  // The real one gives up to 128 answers; scripts have one.
  n: { kind: "integer", min: 1, max: 1 },
  parallel_tool_calls: BOOLEAN,
  prediction: OBJECT,
  presence_penalty: { kind: "decimal", min: -2, max: 2 },
  prompt_cache_key: STRING,
  prompt_cache_options: OBJECT,
  prompt_cache_retention: STRING,
  reasoning_effort: { kind: "choice", of: ["none", "minimal", "low", "medium", "high", "xhigh", "max"] },
  response_format: OBJECT,
  safety_identifier: STRING,
  seed: { kind: "integer" },
  service_tier: { kind: "choice", of: ["auto", "default", "flex", "scale", "priority", "fast"] },
  stop: ANY,
  store: BOOLEAN,
  stream: BOOLEAN,
  stream_options: OBJECT,
  temperature: { kind: "decimal", min: 0, max: 2 },
  tool_choice: ANY,
  tools: ARRAY,
  top_logprobs: { kind: "integer", min: 0, max: 20 },
  top_p: { kind: "decimal", min: 0, max: 1 },
  user: STRING,
  verbosity: { kind: "choice", of: ["low", "medium", "high"] },
  web_search_options: OBJECT,
};

/**
 * Holds each field of the body against the table.
 * @throws {RequestRejected} For an unknown field, a wrong type, a number out of range.
 */
export function checkFields(body: JsonObject): void {
  const unknown = Object.keys(body).filter((name) => !Object.hasOwn(FIELDS, name));
  if (unknown.length > 0) {
    refuse(`Unrecognized request argument${unknown.length > 1 ? "s" : ""} supplied: ${unknown.join(", ")}`);
  }
  for (const [name, rule] of Object.entries(FIELDS)) {
    const value = body[name];
    if (value !== undefined && value !== null) checkField(name, value, rule);
  }
}

function checkField(name: string, value: unknown, rule: Rule): void {
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
    case "string":
      if (typeof value !== rule.kind) wrongType(name, `a ${rule.kind}`, value);
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
