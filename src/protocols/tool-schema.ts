import { isObject, type JsonObject } from "../core/json.ts";

/**
 * The JSON schema of a tool's parameters as every provider takes it: an object, with its properties. Providers answer
 * 400 to `null`, `{}` and schemas without a type (https://github.com/maximhq/bifrost/issues/3511).
 */
export function toolSchema(parameters: JsonObject | undefined): JsonObject {
  if (!isObject(parameters) || Object.keys(parameters).length === 0)
    return { type: "object", properties: {} };
  const { type, properties } = parameters;
  if (type === "object" && properties !== undefined) return parameters;
  if (type !== undefined && type !== null && type !== "object") return parameters;
  return { ...parameters, type: "object", properties: properties ?? {} };
}
