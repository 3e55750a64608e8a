import { invalidField, unsupportedField } from "../../core/failure.ts";
import { asObject, asText, isObject, type JsonObject, objectsIn } from "../../core/json.ts";
import type { ResponseFormat, Tool, ToolChoice } from "../../core/message.ts";
import type { Translation } from "../../core/translation.ts";
import type { ResponsesBody } from "./schema.ts";

/** A tool as the client knows it. To providers every tool is a function with one name. */
export interface ClientTool {
  readonly kind: "function" | "custom";
  readonly name: string;
  readonly namespace?: string;
}

/** OpenAI's longest name of a function, and how much of a longer one stays readable. */
const LONGEST_NAME = 64;
const READABLE = 55;

/** The name under which a tool goes to a provider: that of its namespace stands before it. */
export function functionName(name: string, namespace: string | undefined): string {
  const whole = namespace === undefined ? name : `${namespace}__${name}`;
  if (namespace === undefined || whole.length <= LONGEST_NAME) return whole;
  const digest = new Bun.CryptoHasher("sha256").update(whole).digest("hex").slice(0, 8);
  return `${whole.slice(0, READABLE)}_${digest}`;
}

/** The client's tools by the names under which they go to providers; tools that cannot be translated are not among them. */
export function clientTools(body: Pick<ResponsesBody, "tools" | "input">): ReadonlyMap<string, ClientTool> {
  const tools = new Map<string, ClientTool>();
  for (const { tool, namespace } of declaredTools(body)) {
    const name = asText(tool["name"]);
    const kind = tool["type"];
    if (name === undefined || (kind !== "function" && kind !== "custom")) continue;
    tools.set(functionName(name, namespace), {
      kind,
      name,
      ...(namespace === undefined ? {} : { namespace }),
    });
  }
  return tools;
}

interface Declared {
  readonly tool: JsonObject;
  readonly namespace?: string;
  readonly at: string;
}

/** All tools of a request, those of namespaces and those that came later, as an item of the input. */
function* declaredTools({ tools, input }: Pick<ResponsesBody, "tools" | "input">): Generator<Declared> {
  yield* opened(tools, "tools");
  for (const [i, item] of objectsIn(input).entries()) {
    if (item["type"] === "additional_tools") yield* opened(item["tools"], `input[${i}].tools`);
  }
}

function* opened(tools: unknown, at: string): Generator<Declared> {
  for (const [i, tool] of objectsIn(tools).entries()) {
    const namespace = asText(tool["name"]);
    if (tool["type"] !== "namespace" || namespace === undefined) yield { tool, at: `${at}[${i}]` };
    else
      for (const [j, inner] of objectsIn(tool["tools"]).entries())
        yield { tool: inner, namespace, at: `${at}[${i}].tools[${j}]` };
  }
}

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

/** The text that a custom tool was called with, from the arguments of the function that it was made into. */
export function customInput(args: string): string {
  let json: unknown;
  try {
    json = JSON.parse(args);
  } catch {
    return args;
  }
  const input = isObject(json) ? json["input"] : undefined;
  return typeof input === "string" ? input : args;
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
