import { MODELS } from "../models.ts";
import type { ParsedRequest } from "../parsed-request.ts";
import type { Content, SandboxProtocol, TokenCount } from "../protocol.ts";
import { randomId } from "../random-id.ts";
import { errorBody, errors } from "./errors.ts";
import { authenticate, read } from "./rules.ts";
import { FINISH, OpenAIWriter, usageBody } from "./writer.ts";

/** OpenAI's chat completions. */
export const openai: SandboxProtocol = {
  name: "openai",
  authenticate,
  read,
  writer: (parsed) => new OpenAIWriter(parsed),
  reply,
  error: errorBody,
  errors,
  headers: (requestId) => ({
    "x-request-id": requestId,
    "openai-version": "2020-10-01",
    "openai-processing-ms": "1",
    "x-ratelimit-limit-requests": "10000",
    "x-ratelimit-remaining-requests": "9999",
    // Durations here, timestamps at Anthropic.
    "x-ratelimit-reset-requests": "6ms",
  }),
  models: () => ({
    object: "list",
    data: MODELS.map(({ id, about }) => ({
      id,
      object: "model",
      created: 1_700_000_000,
      owned_by: "nash-llm-sandbox",
      description: about,
    })),
  }),
};

function reply({ model }: ParsedRequest, content: Content, count: TokenCount): unknown {
  const calls = content.calls.map(({ name, arguments: text }) => ({
    id: randomId("call_"),
    type: "function",
    function: { name, arguments: text },
  }));
  return {
    id: randomId("chatcmpl-"),
    object: "chat.completion",
    created: Math.floor(Date.now() / 1_000),
    model,
    choices: [
      {
        index: 0,
        message: {
          role: "assistant",
          content: content.text === "" && (calls.length > 0 || content.refusal !== "") ? null : content.text,
          refusal: content.refusal === "" ? null : content.refusal,
          ...(content.reasoning === "" ? {} : { reasoning_content: content.reasoning }),
          ...(calls.length === 0 ? {} : { tool_calls: calls }),
          annotations: [],
        },
        logprobs: null,
        finish_reason: FINISH[content.reason],
      },
    ],
    usage: usageBody(count),
    service_tier: "default",
    system_fingerprint: "fp_sandbox",
  };
}
