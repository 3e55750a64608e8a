import { asObject, asText, isObject, type JsonObject } from "../../core/json.ts";
import type { ReasoningEffort, ResponseFormat, Tool, ToolChoice } from "../../core/message.ts";
import { REASONING_EFFORTS } from "../../core/message.ts";
import { cacheMark } from "./parse-blocks.ts";
import type { AnthropicTool, CountTokensBody } from "./schema.ts";

/** Of a tool of the client's own. */
export function parseTool(tool: AnthropicTool): Tool {
  const { name, description, input_schema: schema, strict } = tool;
  return {
    name,
    ...(description ? { description } : {}),
    ...(schema ? { parameters: schema } : {}),
    ...(typeof strict === "boolean" ? { strict } : {}),
    ...cacheMark(tool),
  };
}

export function parseToolChoice(choice: CountTokensBody["tool_choice"]): ToolChoice | undefined {
  switch (choice?.type) {
    case "auto":
    case "none":
      return { mode: choice.type };
    case "any":
      return { mode: "required" };
    case "tool":
      return { mode: "required", ...(choice.name ? { names: [choice.name] } : {}) };
    default:
      return undefined;
  }
}

/** Budgets below these are the effort beside them; what is above all is `xhigh`. */
const BUDGETS: readonly (readonly [number, ReasoningEffort])[] = [
  [2_048, "low"],
  [8_192, "medium"],
  [24_576, "high"],
];

/** Models that can be told not to think: OpenAI's from GPT-5.1 on. Others refuse the word. */
const KNOWS_NONE = /gpt-(?:5\.[1-9]|[6-9]|[1-9]\d)/;

/** Thinking is switched off for a model that has no word for that. */
export function cannotDisable({ thinking, model }: CountTokensBody): boolean {
  return thinking?.type === "disabled" && !KNOWS_NONE.test(model);
}

/** How much to think; undefined where the request says nothing of it. */
export function parseEffort(body: CountTokensBody): ReasoningEffort | undefined {
  const given = REASONING_EFFORTS.find((effort) => effort === body.output_config?.effort);
  switch (body.thinking?.type) {
    case "disabled":
      return cannotDisable(body) ? undefined : "none";
    case "adaptive":
      return given ?? "high";
    case "enabled": {
      const budget = body.thinking.budget_tokens ?? 0;
      return given ?? BUDGETS.find(([limit]) => budget < limit)?.[1] ?? "xhigh";
    }
    default:
      return given;
  }
}

/** @param format `{type: "json_schema", schema}` */
export function parseResponseFormat(format: unknown): ResponseFormat | undefined {
  const schema = asObject(asObject(format)?.["schema"]);
  if (schema === undefined) return undefined;
  const name = asText(asObject(format)?.["name"]) ?? "output";
  return { type: "json_schema", name, schema, strict: isStrict(schema) };
}

/** Whether OpenAI's strict mode would take the schema: no property may be left out, and none added. */
function isStrict(schema: unknown): boolean {
  if (Array.isArray(schema)) return schema.every(isStrict);
  if (!isObject(schema)) return true;
  if (!isStrictObject(schema)) return false;
  return Object.values(schema).every(isStrict);
}

function isStrictObject(schema: JsonObject): boolean {
  const properties = asObject(schema["properties"]);
  if (properties === undefined)
    return schema["type"] !== "object" || schema["additionalProperties"] === false;
  const required = schema["required"];
  if (schema["additionalProperties"] !== false || !Array.isArray(required)) return false;
  return Object.keys(properties).every((name) => required.includes(name));
}
