import { asObject, isObject, type JsonObject } from "../../core/json.ts";
import type { AnswerFormat, OfferedTool, ToolPolicy } from "../parsed-request.ts";
import { schemaFault } from "../schema-rules.ts";
import { refuse } from "./errors.ts";
import { missing, tooLong, wrongChoice, wrongType } from "./fields.ts";

const TOOL_NAME = /^[a-zA-Z0-9_-]+$/;
const LONGEST_NAME = 64;
const MOST_TOOLS = 128;
const CHOICES = ["none", "auto", "required"];
const FORMATS = ["text", "json_object", "json_schema"];
const STRICT_RULES = { allRequired: true, unsupported: new Set(["allOf", "not", "if", "then", "else"]) };

/**
 * The tools of a chat request.
 * @throws {RequestRejected} For whatever OpenAI refuses in them.
 */
export function readTools(body: JsonObject): readonly OfferedTool[] {
  const tools: readonly unknown[] = Array.isArray(body["tools"]) ? body["tools"] : [];
  for (const param of ["tool_choice", "parallel_tool_calls"]) {
    if (tools.length === 0 && body[param] !== undefined && body[param] !== null) {
      refuse(`Invalid value for '${param}': '${param}' is only allowed when 'tools' are specified.`, {
        param,
      });
    }
  }
  if (tools.length > MOST_TOOLS) {
    refuse(
      `Invalid 'tools': array too long. Expected an array with maximum length ${MOST_TOOLS}, but got an array with ` +
        `length ${tools.length} instead.`,
      { code: "array_above_max_length", param: "tools" },
    );
  }
  return tools.map((tool, index) => readTool(tool, `tools[${index}]`));
}

function readTool(tool: unknown, place: string): OfferedTool {
  if (!isObject(tool)) return wrongType(place, "an object", tool);
  const type = tool["type"];
  if (type === undefined) return missing(`${place}.type`);
  if (type !== "function" && type !== "custom")
    return wrongChoice(`${place}.type`, type, ["function", "custom"]);
  const described = tool[type];
  if (!isObject(described)) return missing(`${place}.${type}`);
  return describedTool(described, type, `${place}.${type}`);
}

/** A tool by its own object: what stands under `function` here stands directly in a tool of Responses. */
export function describedTool(described: JsonObject, kind: OfferedTool["kind"], place: string): OfferedTool {
  const name = described["name"];
  if (typeof name !== "string") return missing(`${place}.name`);
  checkToolName(name, `${place}.name`);
  if (kind === "custom") return { name, kind };
  const parameters = described["parameters"];
  if (parameters !== undefined && parameters !== null && !isObject(parameters))
    return wrongType(`${place}.parameters`, "an object", parameters);
  const schema = asObject(parameters);
  if (schema !== undefined && Object.keys(schema).length > 0 && schema["type"] !== "object") {
    refuse(
      `Invalid schema for function '${name}': schema must be a JSON Schema of 'type: "object"', got 'type: ` +
        `"${String(schema["type"] ?? "None")}"'.`,
      { code: "invalid_function_parameters", param: `${place}.parameters` },
    );
  }
  if (described["strict"] === true)
    checkStrict(schema ?? {}, `function '${name}'`, "invalid_function_parameters", `${place}.parameters`);
  return { name, kind, parameters: schema };
}

/** @throws {RequestRejected} For names that are too long or hold other characters. */
export function checkToolName(name: string, param: string): void {
  if (name.length > LONGEST_NAME) tooLong(param, name, LONGEST_NAME);
  if (TOOL_NAME.test(name)) return;
  refuse(
    `Invalid '${param}': string does not match pattern. Expected a string that matches the pattern ` +
      `'${TOOL_NAME.source}'.`,
    { code: "invalid_value", param },
  );
}

/** @throws {RequestRejected} For a schema that a strict answer cannot follow. */
function checkStrict(schema: JsonObject, whose: string, code: string, param: string): void {
  const fault = schemaFault(schema, STRICT_RULES);
  if (fault === undefined) return;
  const context = `In context=(${fault.at.map((name) => `'${name}'`).join(", ")})`;
  const what = {
    additionalProperties: "'additionalProperties' is required to be supplied and to be false.",
    required:
      "'required' is required to be supplied and to be an array including every key in properties. Missing " +
      `'${fault.name}'.`,
    keyword: `'${fault.name}' is not permitted.`,
  };
  refuse(`Invalid schema for ${whose}: ${context}, ${what[fault.rule]}`, { code, param });
}

/** `tool_choice` and `parallel_tool_calls`; `nested` is the form of chat completions, else that of Responses. */
export function readToolPolicy(body: JsonObject, tools: readonly OfferedTool[], nested: boolean): ToolPolicy {
  const parallel = body["parallel_tool_calls"] !== false;
  const choice = body["tool_choice"];
  if (choice === undefined || choice === null) return { mode: "auto", parallel };
  if (typeof choice === "string") {
    if (!CHOICES.includes(choice)) return wrongChoice("tool_choice", choice, CHOICES);
    return { mode: choice as ToolPolicy["mode"], parallel };
  }
  if (!isObject(choice)) return wrongType("tool_choice", "one of a tool choice or object", choice);
  const type = String(choice["type"]);
  const inner = nested ? choice[type] : choice;
  if (!isObject(inner)) return missing(`tool_choice.${type}`);
  switch (type) {
    case "function":
    case "custom":
      return { mode: "required", names: [knownName(inner["name"], tools, "tool_choice")], parallel };
    case "allowed_tools": {
      const mode = inner["mode"];
      if (mode !== "auto" && mode !== "required")
        return wrongChoice("tool_choice.mode", mode, ["auto", "required"]);
      const allowed: readonly unknown[] = Array.isArray(inner["tools"]) ? inner["tools"] : [];
      const names = allowed.map((tool) => {
        const kind = isObject(tool) ? String(tool["type"]) : "";
        const named = isObject(tool) ? (nested ? asObject(tool[kind]) : tool) : undefined;
        return knownName(named?.["name"], tools, "tool_choice.tools");
      });
      return { mode, names, parallel };
    }
    default:
      return wrongChoice("tool_choice.type", type, ["function", "custom", "allowed_tools"]);
  }
}

function knownName(name: unknown, tools: readonly OfferedTool[], param: string): string {
  if (typeof name !== "string") return missing(`${param}.name`);
  if (tools.some((tool) => tool.name === name)) return name;
  return refuse(`Invalid value: tool choice '${name}' was not found in the 'tools' parameter.`, {
    code: "invalid_value",
    param,
  });
}

/**
 * The form that the answer is to have; `described` is what stands in `json_schema` here and beside the type in Responses.
 * @param said All text of the request: JSON mode wants the word in it.
 */
export function readFormat(
  format: JsonObject,
  described: unknown,
  { param, said }: { param: string; said: string },
): AnswerFormat {
  const type = format["type"];
  if (typeof type !== "string" || !FORMATS.includes(type)) return wrongChoice(`${param}.type`, type, FORMATS);
  if (type === "json_object" && !/json/i.test(said)) {
    const where = param === "response_format" ? "messages" : "input";
    refuse(`'${where}' must contain the word 'json' in some form, to use '${param}' of type 'json_object'.`, {
      param: where,
    });
  }
  if (type !== "json_schema") return { type: type === "json_object" ? "json_object" : "text" };
  if (!isObject(described)) return missing(`${param}.json_schema`);
  const { name, schema, strict } = described;
  if (typeof name !== "string") return missing(`${param}.json_schema.name`);
  checkToolName(name, `${param}.json_schema.name`);
  if (!isObject(schema)) return missing(`${param}.json_schema.schema`);
  if (strict === true) checkStrict(schema, `response_format '${name}'`, "invalid_json_schema", param);
  return { type, schema };
}
