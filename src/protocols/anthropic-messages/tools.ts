import type { ChatRequest, Message, Tool } from "../../core/message.ts";
import type { Translation } from "../../core/translation.ts";
import { onlyNamed } from "../openai-chat/tools.ts";
import { ANTHROPIC_NAME_LENGTH, sentToolName } from "../tool-names.ts";
import { toolSchema } from "../tool-schema.ts";
import { outputSchema } from "./output-schema.ts";

/** Words of a definition that stands in for one that the client no longer sends. */
const NO_LONGER_OFFERED = "Used earlier in this conversation; not available now.";

/** `tools` and `tool_choice`. A choice without tools is left out, as Anthropic would refuse it. */
export function toolFields(chat: ChatRequest, translation: Translation): Record<string, unknown> {
  const { toolChoice: choice, parallelToolCalls: parallel } = chat;
  if (chat.tools === undefined || chat.tools.length === 0) return stubs(chat.messages);
  let tools: readonly Tool[] = chat.tools;
  const [first, ...others] = choice?.names ?? [];
  if (choice !== undefined && first !== undefined && choice.mode !== "none") {
    if (choice.mode === "auto" || others.length > 0) {
      tools = onlyNamed(tools, choice.names ?? []);
      translation.change("tool_choice");
    }
  }
  const chosen = choiceOf(choice?.mode, others.length === 0 ? first : undefined);
  // Anthropic says it inside the choice.
  const single = parallel === false && chosen?.type !== "none";
  const sent = single ? { ...(chosen ?? { type: "auto" }), disable_parallel_tool_use: true } : chosen;
  return {
    tools: tools.map((tool) => sentTool(tool, chat.tools?.indexOf(tool) ?? 0, translation)),
    ...(sent === undefined ? {} : { tool_choice: sent }),
  };
}

function choiceOf(mode: "auto" | "none" | "required" | undefined, name: string | undefined) {
  if (mode === undefined) return undefined;
  if (mode !== "required") return { type: mode };
  return name === undefined
    ? { type: "any" }
    : { type: "tool", name: sentToolName(name, ANTHROPIC_NAME_LENGTH) };
}

function sentTool(
  { name, description, parameters, strict, cache_control: mark }: Tool,
  place: number,
  translation: Translation,
) {
  const at = `tools[${place}]`;
  const sent = sentToolName(name, ANTHROPIC_NAME_LENGTH);
  if (sent !== name) translation.change(`${at}.name`);
  const schema = toolSchema(parameters);
  return {
    name: sent,
    ...(description === undefined ? {} : { description }),
    input_schema: strict ? outputSchema(schema, `${at}.parameters`, translation) : schema,
    ...(strict === undefined ? {} : { strict }),
    ...(mark === undefined ? {} : { cache_control: mark }),
  };
}

/** Anthropic refuses calls in a history without any definition of a tool: one for each name that was used. */
function stubs(messages: readonly Message[]): Record<string, unknown> {
  const names = new Set(
    messages.flatMap(({ tool_calls: calls = [] }) => calls.map((call) => call.function.name)),
  );
  if (names.size === 0) return {};
  const tools = [...names].map((name) => ({
    name: sentToolName(name, ANTHROPIC_NAME_LENGTH),
    description: NO_LONGER_OFFERED,
    input_schema: toolSchema(undefined),
  }));
  return { tools, tool_choice: { type: "none" } };
}
