import { invalidField } from "../../core/failure.ts";
import { asObject, asText, isObject, type JsonObject, objectsIn } from "../../core/json.ts";
import type { ResponseFormat, Tool, ToolChoice } from "../../core/message.ts";
import type { ChatCompletionTool } from "./schema.ts";

/** A function as it was sent. @throws {ChatError} for a tool of another kind, which only this protocol has */
export function parseTool(tool: ChatCompletionTool, at: string): Tool {
  if (!tool.function) throw invalidField(`${at}.function`, "A tool is a function here.");
  const { name, description, parameters, strict } = tool.function;
  return {
    name,
    ...(description ? { description } : {}),
    ...(parameters ? { parameters } : {}),
    ...(typeof strict === "boolean" ? { strict } : {}),
  };
}

/** @throws {ChatError} for a choice of a form that there is not */
export function parseToolChoice(choice: unknown): ToolChoice | undefined {
  if (choice === undefined || choice === null) return undefined;
  if (choice === "auto" || choice === "none" || choice === "required") return { mode: choice };
  if (!isObject(choice)) throw invalidField("tool_choice", "There is no such choice.");
  const allowed = asObject(choice["allowed_tools"]);
  if (choice["type"] === "allowed_tools" && allowed !== undefined) {
    return {
      mode: allowed["mode"] === "required" ? "required" : "auto",
      names: objectsIn(allowed["tools"]).flatMap((tool) => nameIn(tool) ?? []),
    };
  }
  const name = nameIn(choice);
  if (name === undefined) throw invalidField("tool_choice", "The choice names no tool.");
  return { mode: "required", names: [name] };
}

function nameIn(tool: JsonObject): string | undefined {
  return asText(asObject(tool["function"])?.["name"]);
}

export function parseResponseFormat(
  format: { type: string; json_schema?: JsonObject | null } | null | undefined,
): ResponseFormat | undefined {
  if (!format || format.type === "text") return undefined;
  if (format.type === "json_object") return { type: "json_object" };
  const schema = asObject(format.json_schema?.["schema"]);
  if (format.type !== "json_schema" || schema === undefined)
    throw invalidField("response_format", "It is text, json_object, or json_schema with a schema.");
  const { name, description, strict } = format.json_schema ?? {};
  return {
    type: "json_schema",
    schema,
    ...(asText(name) === undefined ? {} : { name: String(name) }),
    ...(asText(description) === undefined ? {} : { description: String(description) }),
    ...(typeof strict === "boolean" ? { strict } : {}),
  };
}
