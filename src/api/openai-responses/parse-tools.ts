import { invalidField, unsupportedField } from "../../core/failure.ts";
import { asObject, asText, isObject, type JsonObject, objectsIn } from "../../core/json.ts";
import type { ResponseFormat, Tool, ToolChoice } from "../../core/message.ts";
import type { Translation } from "../../core/translation.ts";
import { declaredTools, functionName } from "./client-tools.ts";
import type { ResponsesBody } from "./schema.ts";

/**
 * The tools as functions. Tools that their provider runs itself are left out and named: Codex sends `web_search` with every
 * request, and does without it.
 * @throws {ChatError} for tools that cannot be told apart
 */
export function parseTools(body: ResponsesBody, translation: Translation): Tool[] {
  const tools = new Map<string, Tool>();
  for (const { tool, namespace, at } of declaredTools(body)) {
    const kind = asText(tool["type"]) ?? "";
    if (kind !== "function" && kind !== "custom") {
      translation.drop(`${at}.${kind}`);
      continue;
    }
    const given = asText(tool["name"]);
    if (given === undefined) throw invalidField(`${at}.name`, "A tool has a name.");
    const name = functionName(given, namespace);
    if (tools.has(name)) throw invalidField(`${at}.name`, `There are two tools called ${name}.`);
    if (kind === "custom" || namespace !== undefined) translation.change(at);
    tools.set(name, kind === "custom" ? customTool(name, tool) : functionTool(name, tool));
  }
  return [...tools.values()];
}

function functionTool(name: string, tool: JsonObject): Tool {
  const { strict } = tool;
  const description = asText(tool["description"]);
  const parameters = asObject(tool["parameters"]);
  return {
    name,
    ...(description === undefined ? {} : { description }),
    ...(parameters === undefined ? {} : { parameters }),
    ...(typeof strict === "boolean" ? { strict } : {}),
  };
}

/** A custom tool takes free text, perhaps in a grammar: as a function it takes that text alone, and is told of the grammar. */
function customTool(name: string, tool: JsonObject): Tool {
  const format = asObject(tool["format"]);
  const grammar = asText(format?.["definition"]);
  const syntax = asText(format?.["syntax"]) ?? "";
  const words = [
    asText(tool["description"]),
    grammar && `The input must follow this ${syntax} grammar:\n${grammar}`,
  ];
  const description = words.filter(Boolean).join("\n\n");
  return {
    name,
    ...(description === "" ? {} : { description }),
    parameters: {
      type: "object",
      properties: { input: { type: "string", description: "The whole input, as it is." } },
      required: ["input"],
      additionalProperties: false,
    },
  };
}

/** @throws {ChatError} for a choice of a form that there is not, or of a tool that a provider runs itself */
export function parseToolChoice(choice: unknown): ToolChoice | undefined {
  if (choice === undefined || choice === null) return undefined;
  if (choice === "auto" || choice === "none" || choice === "required") return { mode: choice };
  if (!isObject(choice)) throw invalidField("tool_choice", "There is no such choice.");
  if (choice["type"] === "allowed_tools") {
    const names = objectsIn(choice["tools"]).flatMap((tool) => nameIn(tool) ?? []);
    return { mode: choice["mode"] === "required" ? "required" : "auto", names };
  }
  const name = nameIn(choice);
  if (name === undefined)
    throw unsupportedField(
      "tool_choice",
      "The provider that was chosen has no such tool to be made to call.",
    );
  return { mode: "required", names: [name] };
}

function nameIn(tool: JsonObject): string | undefined {
  const name = asText(tool["name"]);
  if (name === undefined || (tool["type"] !== "function" && tool["type"] !== "custom")) return undefined;
  return functionName(name, asText(tool["namespace"]));
}

/** `text.format`. @throws {ChatError} for a form that there is not */
export function parseFormat(format: JsonObject | null | undefined): ResponseFormat | undefined {
  if (!format || format["type"] === "text") return undefined;
  if (format["type"] === "json_object") return { type: "json_object" };
  const schema = asObject(format["schema"]);
  if (format["type"] !== "json_schema" || schema === undefined)
    throw invalidField("text.format", "It is text, json_object, or json_schema with a schema.");
  const { strict } = format;
  const name = asText(format["name"]);
  const description = asText(format["description"]);
  return {
    type: "json_schema",
    schema,
    ...(name === undefined ? {} : { name }),
    ...(description === undefined ? {} : { description }),
    ...(typeof strict === "boolean" ? { strict } : {}),
  };
}
