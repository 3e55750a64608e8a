import { asObject, type JsonObject, parseJson } from "../../core/json.ts";
import type { ParsedRequest } from "../parsed-request.ts";
import { type AnswerPart, randomId, type SandboxProtocol, type WholeAnswer } from "../protocol.ts";
import { RequestRejected } from "../provider-error.ts";
import { signatureOf } from "../sealed.ts";
import { errorBody, errors } from "./errors.ts";
import { authenticate, read } from "./rules.ts";
import { AnthropicWriter, endOf, messageBody, showsThinking } from "./writer.ts";

/** Anthropic's Messages. */
export const anthropic: SandboxProtocol = {
  name: "anthropic",
  interleavesCalls: false,
  authenticate,
  read,
  writer: (parsed) => new AnthropicWriter(parsed),
  whole,
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
  model: ({ id, about, window }) => ({
    type: "model",
    id,
    display_name: about,
    created_at: "2023-11-14T22:13:20Z",
    max_input_tokens: window,
    max_tokens: window,
  }),
  models: (data) => ({
    data,
    has_more: false,
    first_id: asObject(data[0])?.["id"] ?? null,
    last_id: asObject(data.at(-1))?.["id"] ?? null,
  }),
};

function whole(parsed: ParsedRequest, { parts, ending, usage }: WholeAnswer): unknown {
  if (ending.reason === "content_filter" && ending.word === undefined)
    throw new RequestRejected(errors.filtered);
  const explanation = parts.map((part) => (part.type === "refusal" ? part.text : "")).join("");
  return messageBody(
    parsed,
    parts.flatMap((part) => blockOf(part, showsThinking(parsed))),
    endOf(ending, explanation),
    usage,
  );
}

function blockOf(part: AnswerPart, thinkingShown: boolean): readonly JsonObject[] {
  switch (part.type) {
    case "text":
      return [{ type: "text", text: part.text }];
    case "reasoning": {
      const thinking = thinkingShown ? part.text : "";
      return [{ type: "thinking", thinking, signature: signatureOf(thinking) }];
    }
    case "redacted":
      return [{ type: "redacted_thinking", data: part.text }];
    case "call": {
      // A call that was cut has no input that is JSON; the real one leaves such a call without any.
      const input = asObject(parseJson(part.arguments)) ?? {};
      return [
        { type: "tool_use", id: randomId("toolu_"), name: part.name, input, caller: { type: "direct" } },
      ];
    }
    case "refusal":
    case "compaction":
      return [];
  }
}
