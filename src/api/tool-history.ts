import { invalidField } from "../core/failure.ts";
import type { Message } from "../core/message.ts";

/**
 * Refuses a history whose tool calls and results do not pair: a provider would refuse it without saying which, again at
 * each retry; and to leave a result out, or to make one up, would change what the model knows.
 * @throws {ChatError} `invalid_request` that names the call
 */
export function checkToolHistory(messages: readonly Message[]): void {
  const open = new Set<string>();
  for (const message of messages) {
    if (message.role === "tool") {
      const id = message.tool_call_id ?? "";
      if (!open.delete(id))
        throw invalidField(
          "messages",
          `There is a tool result for ${shown(id)}, but no such call before it.`,
        );
    } else if (message.role === "user" || message.role === "assistant") {
      const [unanswered] = open;
      if (unanswered !== undefined)
        throw invalidField("messages", `The tool call ${shown(unanswered)} has no result after it.`);
      for (const call of message.tool_calls ?? []) open.add(call.id);
    }
  }
}

function shown(id: string): string {
  return id === "" ? "a call without an id" : `"${id.slice(0, 100)}"`;
}
