import { openai } from "../../src/sandbox/openai/protocol.ts";
import type { IncomingRequest } from "../../src/sandbox/protocol.ts";
import { RequestRejected } from "../../src/sandbox/provider-error.ts";
import type { Json } from "./client.ts";

export const HELLO = { role: "user", content: "Hello" };
export const CALLING = {
  role: "assistant",
  content: null,
  tool_calls: [{ id: "call_1", type: "function", function: { name: "f", arguments: "{}" } }],
};
export const RESULT = { role: "tool", tool_call_id: "call_1", content: "4" };
export const TOOL = { type: "function", function: { name: "f", parameters: { type: "object" } } };

export const OPEN_SCHEMA = { type: "object", properties: { a: { type: "string" } } };

export function call(body: unknown, headers: Record<string, string> = {}): IncomingRequest {
  return {
    method: "POST",
    path: "/v1/chat/completions",
    headers: { "content-type": "application/json", authorization: "Bearer k", ...headers },
    body,
    isJson: typeof body !== "string",
    bytes: 0,
  };
}

/** What is complained of in a body that differs from a good one in the fields given. */
export function rejection(more: Json, body: Json = { model: "demo", messages: [HELLO] }) {
  try {
    openai.read(call({ ...body, ...more }));
    return undefined;
  } catch (error) {
    if (error instanceof RequestRejected) return error.providerError;
    throw error;
  }
}
