import { invalidField } from "../../core/failure.ts";
import type { ChatRequest, ResponseFormat, Tool } from "../../core/message.ts";
import type { Translation } from "../../core/translation.ts";
import { satisfiesStrict } from "../strict-schema.ts";
import { OPENAI_NAME_LENGTH, sentToolName } from "../tool-names.ts";
import { toolSchema } from "../tool-schema.ts";
import type { Traits } from "../traits.ts";

/** `tools`, `tool_choice` and `parallel_tool_calls`. A choice without tools is left out: OpenAI answers 400 to it. */
export function toolFields(
  chat: ChatRequest,
  traits: Traits,
  translation: Translation,
): Record<string, unknown> {
  const { toolChoice: choice, parallelToolCalls: parallel } = chat;
  if (chat.tools === undefined || chat.tools.length === 0) return {};
  let tools = chat.tools;
  let chosen: unknown = choice?.mode;
  const names = choice?.names;
  if (choice?.mode === "required" && names?.length === 1) {
    chosen = namedTool(names[0] ?? "");
  } else if (choice !== undefined && choice.mode !== "none" && names !== undefined) {
    if (traits.takes.has("allowed_tools")) {
      chosen = { type: "allowed_tools", allowed_tools: { mode: choice.mode, tools: names.map(namedTool) } };
    } else {
      tools = onlyNamed(tools, names);
      translation.change("tool_choice");
    }
  }
  const takesParallel = traits.takes.has("parallel_tool_calls");
  if (parallel === false && !takesParallel) translation.drop("parallel_tool_calls");
  return {
    tools: tools.map((tool) => sentTool(tool, chat.tools?.indexOf(tool) ?? 0, translation)),
    ...(chosen === undefined ? {} : { tool_choice: chosen }),
    ...(parallel === undefined || !takesParallel ? {} : { parallel_tool_calls: parallel }),
  };
}

/**
 * Where a provider cannot be told to choose among some of the tools, it is sent only those.
 * @throws {ChatError} where none of the names is that of a tool
 */
export function onlyNamed(tools: readonly Tool[], names: readonly string[]): readonly Tool[] {
  const named = tools.filter(({ name }) => names.includes(name));
  if (named.length === 0) throw invalidField("tool_choice", "None of these names is that of a tool.");
  return named;
}

function namedTool(name: string) {
  return { type: "function", function: { name: sentToolName(name, OPENAI_NAME_LENGTH) } };
}

function sentTool({ name, description, parameters, strict }: Tool, place: number, translation: Translation) {
  const sent = sentToolName(name, OPENAI_NAME_LENGTH);
  if (sent !== name) translation.change(`tools[${place}].name`);
  return {
    type: "function",
    function: {
      name: sent,
      ...(description === undefined ? {} : { description }),
      parameters: toolSchema(parameters),
      ...(strict === undefined ? {} : { strict }),
    },
  };
}

/** `response_format`. A format without a name comes from a dialect that has none, and none of `strict` either. */
export function sentFormat(format: ResponseFormat): Record<string, unknown> {
  if (format.type === "json_object") return { type: "json_object" };
  const {
    name,
    description,
    schema,
    strict = name === undefined ? satisfiesStrict(schema) : undefined,
  } = format;
  return {
    type: "json_schema",
    json_schema: {
      name: name ?? "output",
      ...(description === undefined ? {} : { description }),
      schema,
      ...(strict === undefined ? {} : { strict }),
    },
  };
}
