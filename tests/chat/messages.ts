import type { Message, ToolCall } from "../../src/core/message.ts";

/** Messages in few words. */
export const user = (content: string): Message => ({ role: "user", content });
export const assistant = (content: string): Message => ({ role: "assistant", content });
export const system = (content: string): Message => ({ role: "system", content });
export const developer = (content: string): Message => ({ role: "developer", content });
export const earlierSummary = (text: string): Message => assistant(`Previous conversation summary:\n${text}`);

export function calls(...made: readonly (readonly [id: string, name: string, args: string])[]): Message {
  return {
    role: "assistant",
    content: null,
    tool_calls: made.map(
      ([id, name, args]): ToolCall => ({ id, type: "function", function: { name, arguments: args } }),
    ),
  };
}

export const result = (id: string, content: string): Message => ({ role: "tool", tool_call_id: id, content });
