import { MODELS } from "../models.ts";
import type { ParsedRequest } from "../parsed-request.ts";
import type { Content, SandboxProtocol, TokenCount } from "../protocol.ts";
import { RequestRejected } from "../provider-error.ts";
import { randomId } from "../random-id.ts";
import { errorBody, errors } from "./errors.ts";
import { authenticate, read } from "./rules.ts";
import { AnthropicWriter, SIGNATURE, STOP, usageBody } from "./writer.ts";

/** Anthropic's Messages. */
export const anthropic: SandboxProtocol = {
  name: "anthropic",
  authenticate,
  read,
  writer: (parsed) => new AnthropicWriter(parsed),
  reply,
  error: errorBody,
  errors,
  headers: (requestId, status) => ({
    "request-id": requestId,
    "anthropic-organization-id": "00000000-0000-4000-8000-000000000000",
    "anthropic-ratelimit-requests-limit": "10000",
    "anthropic-ratelimit-requests-remaining": "9999",
    "anthropic-ratelimit-requests-reset": new Date(Date.now() + 1_000).toISOString(),
    ...(status === 400 || status === 401 ? { "x-should-retry": "false" } : {}),
    // Seen on dozens of good answers, where it means nothing.
    ...(status === 200 ? { "retry-after": "31" } : {}),
  }),
  models: () => ({
    data: MODELS.map(({ id, about, window }) => ({
      type: "model",
      id,
      display_name: about,
      created_at: "2023-11-14T22:13:20Z",
      max_input_tokens: window,
      max_tokens: window,
    })),
    has_more: false,
    first_id: MODELS[0]?.id ?? null,
    last_id: MODELS.at(-1)?.id ?? null,
  }),
};

function reply({ model }: ParsedRequest, content: Content, count: TokenCount): unknown {
  if (content.reason === "content_filter") throw new RequestRejected(errors.filtered);
  const blocks = [
    ...(content.reasoning === ""
      ? []
      : [{ type: "thinking", thinking: content.reasoning, signature: SIGNATURE }]),
    ...(content.text === "" ? [] : [{ type: "text", text: content.text }]),
    ...content.calls.map(({ name, arguments: text }) => ({
      type: "tool_use",
      id: randomId("toolu_"),
      name,
      input: JSON.parse(text === "" ? "{}" : text),
    })),
  ];
  const refusal = { type: "refusal", category: null, explanation: content.refusal };
  return {
    model,
    id: randomId("msg_"),
    type: "message",
    role: "assistant",
    content: blocks,
    stop_reason: STOP[content.reason],
    stop_sequence: null,
    stop_details: content.reason === "refusal" ? refusal : null,
    usage: usageBody(count),
  };
}
