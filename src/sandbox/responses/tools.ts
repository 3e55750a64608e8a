import { isObject, type JsonObject } from "../../core/json.ts";
import { refuse } from "../openai/errors.ts";
import { checkNames, missing, wrongChoice, wrongType } from "../openai/fields.ts";
import { checkToolName, describedTool } from "../openai/tools.ts";
import type { OfferedTool } from "../parsed-request.ts";

const FUNCTION_FIELDS = new Set(["type", "name", "description", "parameters", "strict", "defer_loading"]);
const CUSTOM_FIELDS = new Set(["type", "name", "description", "format", "defer_loading"]);
const NAMESPACE_FIELDS = new Set(["type", "name", "description", "tools"]);
/** Tools that OpenAI runs itself. Scripts never use them. */
const BUILT_IN = [
  ...["web_search", "web_search_preview", "file_search", "code_interpreter", "image_generation", "mcp"],
  ...["local_shell", "shell", "apply_patch", "tool_search", "computer_use_preview", "computer"],
];

/**
 * The functions and custom tools of a request, those within namespaces too.
 * @throws {RequestRejected} For whatever OpenAI refuses in them.
 */
export function readTools(tools: unknown): readonly OfferedTool[] {
  if (!Array.isArray(tools)) return [];
  return tools.flatMap((tool: unknown, index) => readTool(tool, `tools[${index}]`));
}

function readTool(tool: unknown, place: string): readonly OfferedTool[] {
  if (!isObject(tool)) return wrongType(place, "an object", tool);
  const type = tool["type"];
  switch (type) {
    case undefined:
      return missing(`${place}.type`);
    case "function":
      checkNames(tool, place, FUNCTION_FIELDS);
      return [describedTool(tool, "function", place)];
    case "custom":
      checkNames(tool, place, CUSTOM_FIELDS);
      return [describedTool(tool, "custom", place)];
    case "namespace":
      return readNamespace(tool, place);
    default:
      if (typeof type === "string" && BUILT_IN.includes(type.replace(/_\d{4}_\d{2}_\d{2}$/, ""))) return [];
      return wrongChoice(`${place}.type`, type, ["function", "custom", "namespace", ...BUILT_IN]);
  }
}

function readNamespace(tool: JsonObject, place: string): readonly OfferedTool[] {
  checkNames(tool, place, NAMESPACE_FIELDS);
  const namespace = tool["name"];
  if (typeof namespace !== "string") return missing(`${place}.name`);
  checkToolName(namespace, `${place}.name`);
  if (!Array.isArray(tool["tools"])) return missing(`${place}.tools`);
  return tool["tools"].flatMap((inner: unknown, index) => {
    const within = `${place}.tools[${index}]`;
    if (isObject(inner) && inner["type"] === "namespace")
      return refuse(`Invalid value: 'namespace'. Namespaces cannot be nested.`, { param: `${within}.type` });
    return readTool(inner, within).map((found) => ({ ...found, namespace }));
  });
}
