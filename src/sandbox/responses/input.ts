import { isObject } from "../../core/json.ts";
import { refuse } from "../openai/errors.ts";
import { missing, wrongType } from "../openai/fields.ts";
import type { Turn } from "../parsed-request.ts";
import { checkItem, type InputItem } from "./input-items.ts";

export interface Conversation {
  readonly system: string;
  readonly turns: readonly Turn[];
  /** The text of the user's last message. */
  readonly text: string;
  readonly prefill: string;
  readonly afterTool: boolean;
  readonly compact: boolean;
  /** All text, whoever said it. */
  readonly everything: string;
}

/**
 * Reads `input`.
 * @throws {RequestRejected} For whatever OpenAI refuses in it.
 */
export function readInput(input: unknown): Conversation {
  if (input === undefined || input === null)
    return refuse(
      "One of \"input\" or \"previous_response_id\" or 'prompt' or 'conversation_id' must be provided.",
      { code: "missing_required_parameter", param: "input" },
    );
  if (typeof input === "string") return conversationOf([{ type: "message", role: "user", text: input }]);
  if (!Array.isArray(input)) return wrongType("input", "one of a string or array of items", input);
  if (input.length === 0) return missing("input");
  const items = input.map((item: unknown, index) => {
    const place = `input[${index}]`;
    return isObject(item) ? checkItem(item, place) : wrongType(place, "an object", item);
  });
  checkCalls(items);
  checkOrder(items);
  return conversationOf(items);
}

/** Every output answers a call that came before it, and every call has an output. */
function checkCalls(items: readonly InputItem[]): void {
  const open = new Set<string>();
  for (const { type, callId = "" } of items) {
    if (type === "function_call" || type === "custom_tool_call") {
      if (open.has(callId)) refuse(`Duplicate call_id '${callId}' in input.`, { param: "input" });
      open.add(callId);
    } else if (type === "function_call_output" || type === "custom_tool_call_output") {
      const what = type === "function_call_output" ? "function call" : "custom tool call";
      if (!open.delete(callId))
        refuse(`No tool call found for ${what} output with call_id ${callId}.`, { param: "input" });
    }
  }
  const [left] = open;
  if (left !== undefined) refuse(`No tool output found for function call ${left}.`, { param: "input" });
}

function checkOrder(items: readonly InputItem[]): void {
  const trigger = items.findIndex(({ type }) => type === "compaction_trigger");
  if (trigger >= 0 && trigger < items.length - 1)
    refuse("Invalid input: 'compaction_trigger' must be the last item.", { param: `input[${trigger}]` });
  for (const [index, item] of items.entries()) {
    const next = items[index + 1];
    if (item.type !== "reasoning" || (next !== undefined && next.role !== "user")) continue;
    refuse(
      `Item '${item.id ?? `input[${index}]`}' of type 'reasoning' was provided without its required following item.`,
      { param: "input" },
    );
  }
}

function conversationOf(items: readonly InputItem[]): Conversation {
  const turns: Turn[] = [];
  const system: string[] = [];
  for (const { type, role, text } of items) {
    if (type === "compaction") turns.push({ role: "user", text });
    else if (role === "system" || role === "developer") system.push(text);
    else if (role === "user" || role === "assistant") turns.push({ role, text });
  }
  const spoken = items.filter(({ type }) => type !== "compaction_trigger");
  const last = spoken.at(-1);
  return {
    system: system.join("\n"),
    turns,
    text: turns.findLast(({ role }) => role === "user")?.text ?? "",
    prefill: last?.role === "assistant" ? last.text : "",
    afterTool: last?.type.endsWith("_output") === true,
    compact: spoken.length < items.length,
    everything: items.map(({ text }) => text).join(""),
  };
}
