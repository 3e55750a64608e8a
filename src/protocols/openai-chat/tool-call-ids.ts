import type { Message } from "../../core/message.ts";

const NINE = /^[a-zA-Z0-9]{9}$/;

/** Mistral refuses ids of tool calls that it did not make. The same foreign id always becomes the same nine characters. */
export function nineAlphanumerics(message: Message): Message {
  if (message.tool_calls === undefined && message.tool_call_id === undefined) return message;
  return {
    ...message,
    ...(message.tool_calls === undefined
      ? {}
      : { tool_calls: message.tool_calls.map((call) => ({ ...call, id: shortId(call.id) })) }),
    ...(message.tool_call_id === undefined ? {} : { tool_call_id: shortId(message.tool_call_id) }),
  };
}

function shortId(id: string): string {
  return NINE.test(id) ? id : Bun.hash(id).toString(36).padStart(9, "0").slice(-9);
}
