import type { ParsedRequest } from "../parsed-request.ts";
import { type AnswerPart, randomId, type SandboxProtocol, type WholeAnswer } from "../protocol.ts";
import { TOKEN } from "../script.ts";
import { errorBody, errors } from "./errors.ts";
import { authenticate, read } from "./rules.ts";
import { FINISH, logprobOf, OpenAIWriter, usageBody } from "./writer.ts";

/** OpenAI's chat completions. */
export const openai: SandboxProtocol = {
  name: "openai",
  interleavesCalls: true,
  authenticate,
  read,
  writer: (parsed) => new OpenAIWriter(parsed),
  whole,
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
  model: ({ id, about }) => ({
    id,
    object: "model",
    created: 1_700_000_000,
    owned_by: "nash-llm-sandbox",
    description: about,
  }),
  models: (data) => ({ object: "list", data }),
};

function whole({ model, logprobs }: ParsedRequest, { parts, ending, usage }: WholeAnswer): unknown {
  const textOf = (type: AnswerPart["type"]) =>
    parts.map((part) => (part.type === type && part.type !== "call" ? part.text : "")).join("");
  const content = textOf("text");
  const refusal = textOf("refusal");
  const reasoning = textOf("reasoning");
  const calls = parts.flatMap((part) => (part.type === "call" ? [toolCall(part)] : []));
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
          content: content === "" && (calls.length > 0 || refusal !== "") ? null : content,
          refusal: refusal === "" ? null : refusal,
          ...(reasoning === "" ? {} : { reasoning_content: reasoning }),
          ...(calls.length === 0 ? {} : { tool_calls: calls }),
          annotations: [],
        },
        logprobs: logprobs ? { content: (content.match(TOKEN) ?? []).map(logprobOf), refusal: null } : null,
        finish_reason: ending.word ?? FINISH[ending.reason],
      },
    ],
    usage: usageBody(usage),
    service_tier: "default",
    system_fingerprint: "fp_sandbox",
  };
}

function toolCall({ name, kind, arguments: text }: Extract<AnswerPart, { readonly type: "call" }>): unknown {
  const called =
    kind === "custom" ? { custom: { name, input: text } } : { function: { name, arguments: text } };
  return { id: randomId("call_"), type: kind, ...called };
}
