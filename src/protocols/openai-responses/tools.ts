import type { ChatRequest, ResponseFormat, Tool } from "../../core/message.ts";
import type { Translation } from "../../core/translation.ts";
import { onlyNamed } from "../openai-chat/tools.ts";
import { satisfiesStrict } from "../strict-schema.ts";
import { OPENAI_NAME_LENGTH, sentToolName } from "../tool-names.ts";
import { toolSchema } from "../tool-schema.ts";
import type { Traits } from "../traits.ts";

/** `tools`, `tool_choice` and `parallel_tool_calls`. Without tools the others are left out: OpenAI answers 400 to them. */
export function toolFields(
  chat: ChatRequest,
  { takes }: Traits,
  translation: Translation | undefined,
): Record<string, unknown> {
  let tools: readonly Tool[] = [...(chat.tools ?? []), ...stubs(chat)];
  if (tools.length === 0) return {};
  let { toolChoice: choice } = chat;
  const isOne = choice?.mode === "required" && choice.names?.length === 1;
  if (choice?.names !== undefined && !isOne && !takes.has("allowed_tools")) {
    tools = onlyNamed(tools, choice.names);
    choice = { mode: choice.mode };
    translation?.change("tool_choice");
  }
  const { parallelToolCalls: parallel } = chat;
  const takesParallel = takes.has("parallel_tool_calls");
  if (parallel === false && !takesParallel) translation?.drop("parallel_tool_calls");
  return {
    tools: tools.map((tool, place) => sentTool(tool, place, translation)),
    ...(choice === undefined ? {} : { tool_choice: sentChoice(choice) }),
    ...(parallel === undefined || !takesParallel ? {} : { parallel_tool_calls: parallel }),
  };
}

/** Tools that a history has calls of while the request has none at all: named, so that the calls make sense. */
function stubs({ tools = [], messages }: ChatRequest): Tool[] {
  if (tools.length > 0) return [];
  const names = messages.flatMap(({ tool_calls: calls = [] }) => calls.map((call) => call.function.name));
  return [...new Set(names)].map((name) => ({ name }));
}

function sentTool(
  { name, description, parameters, strict }: Tool,
  place: number,
  translation: Translation | undefined,
) {
  const sent = sentName(name);
  if (sent !== name) translation?.change(`tools[${place}].name`);
  return {
    type: "function",
    name: sent,
    ...(description === undefined ? {} : { description }),
    parameters: toolSchema(parameters),
    // Left out, it would mean true where the schema allows it, unlike in chat completions.
    strict: strict ?? false,
  };
}

function sentChoice({ mode, names }: NonNullable<ChatRequest["toolChoice"]>): unknown {
  if (mode === "none" || names === undefined) return mode;
  const tools = names.map((name) => ({ type: "function", name: sentName(name) }));
  return mode === "required" && tools.length === 1 ? tools[0] : { type: "allowed_tools", mode, tools };
}

/** A tool's name as it is sent. @see originalToolNames for the way back */
export function sentName(name: string): string {
  return sentToolName(name, OPENAI_NAME_LENGTH);
}

/** `text.format`: all on one level, where chat completions nest it. */
export function sentFormat(format: ResponseFormat): Record<string, unknown> {
  if (format.type === "json_object") return { type: "json_object" };
  const { name, description, schema, strict = name === undefined && satisfiesStrict(schema) } = format;
  return {
    type: "json_schema",
    name: name ?? "output",
    ...(description === undefined ? {} : { description }),
    schema,
    strict,
  };
}
