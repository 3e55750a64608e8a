import { asObject, isObject, type JsonObject, objectsIn } from "../../core/json.ts";
import type { AnswerFormat, OfferedTool, ToolPolicy } from "../parsed-request.ts";
import { schemaFault } from "../schema-rules.ts";
import { refuse } from "./errors.ts";
import { checkNames, requiredObject, requiredText, wrongTag } from "./fields.ts";

const TOOL_NAME = /^[a-zA-Z0-9_-]{1,128}$/;
const TOOL_CHOICES = ["any", "auto", "none", "tool"];
const TOOL_FIELDS = new Set([
  ...["type", "name", "description", "input_schema", "cache_control", "strict", "input_examples"],
  ...["defer_loading", "allowed_callers", "eager_input_streaming"],
]);
const CHOICE_FIELDS = new Set(["type", "name", "disable_parallel_tool_use"]);
/** A provider-defined tool has a date in its type: `web_search_20250305`. */
const DATED = /_\d{8}$/;
const SCHEMA_RULES = {
  allRequired: false,
  unsupported: new Set([
    ...["minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "multipleOf"],
    ...["minLength", "maxLength", "maxItems", "uniqueItems", "minProperties", "maxProperties"],
  ]),
};

/**
 * The functions among the tools of a request.
 * @throws {RequestRejected} For whatever Anthropic refuses in them.
 */
export function readTools(tools: unknown): readonly OfferedTool[] {
  if (tools === undefined || tools === null) return [];
  if (!Array.isArray(tools)) return refuse("tools: Input should be a valid list");
  const names = new Set<string>();
  return tools.flatMap((tool: unknown, index) => {
    const place = `tools.${index}`;
    if (!isObject(tool)) return refuse(`${place}: Input should be an object`);
    const type = tool["type"] ?? "custom";
    const builtIn = typeof type === "string" && DATED.test(type);
    if (type !== "custom" && !builtIn)
      return wrongTag(place, type, ["bash_20250124", "custom", "text_editor_20250728"]);
    const name = requiredText(tool, "name", builtIn ? place : `${place}.custom`);
    if (names.has(name)) refuse("tools: Tool names must be unique.");
    names.add(name);
    return builtIn ? [] : [customTool(tool, name, `${place}.custom`)];
  });
}

function customTool(tool: JsonObject, name: string, path: string): OfferedTool {
  checkNames(tool, path, TOOL_FIELDS);
  if (!TOOL_NAME.test(name)) refuse(`${path}.name: String should match pattern '${TOOL_NAME.source}'`);
  const parameters = requiredObject(tool, "input_schema", path);
  if (parameters["type"] === undefined) refuse(`${path}.input_schema.type: Field required`);
  if (parameters["type"] !== "object") refuse(`${path}.input_schema.type: Input should be 'object'`);
  if (tool["strict"] === true) checkSchema(parameters, `${path}.input_schema`);
  return { name, kind: "function", parameters };
}

/** `tool_choice` with its `disable_parallel_tool_use`. */
export function readToolPolicy(choice: unknown, tools: unknown): ToolPolicy {
  if (choice === undefined || choice === null) return { mode: "auto", parallel: true };
  if (!isObject(choice)) return refuse("tool_choice: Input should be an object");
  const type = choice["type"];
  if (typeof type !== "string" || !TOOL_CHOICES.includes(type))
    return wrongTag("tool_choice", type, TOOL_CHOICES);
  checkNames(choice, `tool_choice.${type}`, CHOICE_FIELDS);
  const names = objectsIn(tools).map((tool) => tool["name"]);
  if (names.length === 0) refuse("tool_choice may only be specified while providing tools.");
  const parallel = choice["disable_parallel_tool_use"] !== true;
  if (type !== "tool")
    return { mode: type === "any" ? "required" : type === "none" ? "none" : "auto", parallel };
  const name = requiredText(choice, "name", "tool_choice.tool");
  if (!names.includes(name)) refuse(`Tool '${name}' not found in provided tools`);
  return { mode: "required", names: [name], parallel };
}

/** `output_config.format`, and the older `output_format`. */
export function readFormat(body: JsonObject): AnswerFormat {
  const format = asObject(body["output_config"])?.["format"] ?? body["output_format"];
  if (format === undefined || format === null) return { type: "text" };
  const path = "output_config.format";
  if (!isObject(format)) return refuse(`${path}: Input should be an object`);
  if (format["type"] !== "json_schema") return wrongTag(path, format["type"], ["json_schema"]);
  checkNames(format, path, new Set(["type", "schema"]));
  const schema = requiredObject(format, "schema", path);
  checkSchema(schema, `${path}.schema`);
  return { type: "json_schema", schema };
}

function checkSchema(schema: JsonObject, path: string): void {
  const fault = schemaFault(schema, SCHEMA_RULES);
  if (fault === undefined) return;
  if (fault.rule === "keyword")
    refuse(`${path}: For '${fault.type}' type, property '${fault.name}' is not supported`);
  refuse(`${path}: For 'object' type, 'additionalProperties' must be explicitly set to false`);
}
