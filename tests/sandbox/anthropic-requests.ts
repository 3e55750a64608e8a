import { anthropic } from "../../src/sandbox/anthropic/protocol.ts";
import type { IncomingRequest } from "../../src/sandbox/protocol.ts";
import { RequestRejected } from "../../src/sandbox/provider-error.ts";
import { signatureOf } from "../../src/sandbox/sealed.ts";
import type { Json } from "./client.ts";

export const HELLO = { role: "user", content: "Hello" };
export const CALLING = {
  role: "assistant",
  content: [{ type: "tool_use", id: "toolu_1", name: "f", input: {} }],
};
export const RESULT = { type: "tool_result", tool_use_id: "toolu_1", content: "4" };
export const ANSWERING = { role: "user", content: [RESULT] };
export const TOOL = { name: "f", input_schema: { type: "object" } };

export function image(source: Json): Json {
  return { messages: [{ role: "user", content: [{ type: "image", source }] }] };
}

export const MANUAL = { max_tokens: 2_000, thinking: { type: "enabled", budget_tokens: 1_024 } };

/** An assistant's turn that thought, as the sandbox signs it, with other fields in place of its own. */
export function thought(more: Json): Json {
  const block = { type: "thinking", thinking: "a thought", signature: signatureOf("a thought"), ...more };
  return { messages: [HELLO, { role: "assistant", content: [block, { type: "text", text: "x" }] }, HELLO] };
}

export function text(...texts: string[]): Json {
  return { messages: [{ role: "user", content: texts.map((one) => ({ type: "text", text: one })) }] };
}

export function call(body: unknown, headers: Record<string, string> = {}, bytes = 0): IncomingRequest {
  return {
    method: "POST",
    path: "/v1/messages",
    headers: {
      "content-type": "application/json",
      "x-api-key": "k",
      "anthropic-version": "2023-06-01",
      ...headers,
    },
    body,
    isJson: typeof body !== "string",
    bytes,
  };
}

export function rejection(more: Json, headers: Record<string, string> = {}) {
  try {
    anthropic.read(call({ model: "demo", max_tokens: 100, messages: [HELLO], ...more }, headers));
    return undefined;
  } catch (error) {
    if (error instanceof RequestRejected) return error.providerError;
    throw error;
  }
}
