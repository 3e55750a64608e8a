import type { SentMessage } from "./content.ts";

const NINE = /^[a-zA-Z0-9]{9}$/;

/** Mistral refuses ids of tool calls that it did not make. The same foreign id always becomes the same nine characters. */
export function nineAlphanumerics(message: SentMessage): SentMessage {
  const { tool_calls: calls, tool_call_id: id } = message;
  return {
    ...message,
    ...(calls === undefined ? {} : { tool_calls: calls.map((call) => ({ ...call, id: shortId(call.id) })) }),
    ...(id === undefined ? {} : { tool_call_id: shortId(id) }),
  };
}

function shortId(id: string): string {
  return NINE.test(id) ? id : Bun.hash(id).toString(36).padStart(9, "0").slice(-9);
}
