/** A prompt that is too long is told as such, whatever the words, the shape and the status. */

import { describe, expect, test } from "bun:test";
import { classifyResponse } from "../../../src/protocols/classify.ts";
import { answerTo, PROTOCOLS } from "./support.ts";

/** Sentences as providers write them (docs/providers.md 1.4), and such as others might. */
const TOO_LONG: readonly string[] = [
  "This model's maximum context length is 4097 tokens. However, you requested 5000 tokens (1000 in the messages, 4000 in the completion). Please reduce the length of the messages or completion.",
  "This model's maximum context length is 262144 tokens. However, you requested 0 output tokens and your prompt contains at least 262145 input tokens, for a total of at least 262145 tokens.",
  "Your input exceeds the context window of this model. Please adjust your input and try again.",
  "Input tokens exceed the configured limit of 272000 tokens. Your messages resulted in 300000 tokens. Please reduce the length of the messages.",
  "prompt is too long: 210000 tokens > 200000 maximum",
  "Prompt is too long",
  "input length and `max_tokens` exceed context limit: 199000 + 8192 > 200000, decrease input length or `max_tokens` and try again",
  "Input is too long for requested model.",
  "The model returned the following errors: Input is too long for requested model.",
  "Too many input tokens: Max input tokens: 42000, request input token count: 50000",
  "The input token count (1048600) exceeds the maximum number of tokens allowed (1048576).",
  "The input token count exceeds the maximum number of tokens allowed 1048575.",
  "Unable to submit request because the input token count is 40000 but model only supports up to 32768. Reduce the input token count and try again.",
  "Prompt contains 40000 tokens and 0 draft tokens, too large for model with 32768 maximum context length",
  "Prompt contains 40000 tokens, too large for model with 32768 maximum context length",
  "too many tokens: total number of tokens in the prompt cannot exceed 4081 - received 5000. Try using a shorter prompt",
  "Input validation error: `inputs` tokens + `max_new_tokens` must be <= 8193. Given: 9001 `inputs` tokens and 512 `max_new_tokens`",
  "Input validation error: `inputs` must have less than 1024 tokens. Given: 2000",
  "The prompt is too long: 140000, model maximum context length: 131072",
  "This model's maximum prompt length is 131072 but the request contains 140000 tokens.",
  "Please reduce the length of the messages or completion. Current length is 8300 while limit is 8192",
  "Range of input length should be [1, 30720]",
  "<400> InternalError.Algo.InvalidParameter: Range of input length should be [1, 129024]",
  "Prompt 超长",
  "prompt超长，请缩短",
  "输入长度超过模型最大限制",
  "Invalid request: Your request exceeded model token limit: 131072 (requested: 140000)",
  "Your request exceeded model token limit: 262144",
  "invalid params, context window exceeds limit (2013)",
  "prompt tokens too long",
  "the max input characters is 20000",
  "the max length of current question is 4800",
  "Total tokens of image and text exceed max message tokens",
  "Input length 131100 exceeds the maximum length 131072",
  "Trying to keep the first 9001 tokens when context the overflows. However, the model is loaded with context length of only 4096 tokens, which is not enough.",
  "The number of tokens to keep from the initial prompt is greater than the context length. Try to load the model with a larger context length, or provide a shorter input",
  "Reached context length of 4096 tokens with this model, but this model does not currently support mid-generation context overflow.",
  "the request exceeds the available context size. try increasing the context size or enable context shift",
  "request (9000 tokens) exceeds the available context size (4096 tokens), try increasing it",
  "prompt too long; exceeded max context length by 100 tokens",
  "input length exceeds maximum context length",
  "the input length exceeds the context length",
  "Prompt length 9000 is greater than max_seq_len 8192",
  "Context length 9000 is greater than max_seq_len 8192",
  "The input (9001 tokens) is longer than the model's context length (8192 tokens).",
  "Requested token count exceeds the model's maximum context length of 8192 tokens. You requested a total of 9000 tokens: 8800 tokens from the input messages and 200 tokens for the completion.",
  "The decoder prompt (length 9001) is longer than the maximum model length of 8192. Make sure that `max_model_len` is no smaller than the number of text tokens.",
  "You passed 9001 input tokens and requested 0 output tokens. However, the model's context length is only 8192 tokens, resulting in a maximum input length of 8192 tokens.",
  "Input prompt (9001 tokens) is too long and exceeds limit of 8192",
  "prompt token count of 140000 exceeds the limit of 128000",
  "the number of input tokens 9000 cannot exceed the total tokens limit 8192 for this model",
  "max tokens of 8192 exceeded",
  "The estimated number of input and maximum output tokens (9000) exceeded this model context window limit (8192).",
  "Prompt length (9000) exceeds maximum input length (8192). Set log level to info and above for details",
  'This endpoint\'s maximum context length is 32768 tokens. However, you requested about 40000 tokens (39000 of text input, 1000 in the output). Please reduce the length of either one, or use the "middle-out" transform to compress your prompt automatically.',
  "Input length 131100 exceeds the maximum allowed input length of 131072 tokens.",
  "Input length (265330) exceeds model's maximum context length (262144).",
  "Prompt too long: 5152 tokens exceeds max_seq_len 2048 (leave room for output tokens)",
  "Prompt exceeds max length",
  "tokens in request more than max tokens allowed",
  "prompt has 9,000 tokens, but the configured context size is 8,192 tokens",
  "Token limit exceeded",
  "Conversation is too long for this model",
  "The conversation is too long. Please start a new chat.",
  "Context size has been exceeded.",
  "Context length exceeded",
  "context_length_exceeded",
  "Request too large: the prompt has 9000 tokens, the model allows 8192",
  "Sequence length 9000 exceeds maximum sequence length 8192",
  "messages exceed the model's context window",
  "Your prompt has 9000 tokens which is over the context window of 8192",
  "The prompt does not fit in the context window",
  "input is too large for this model's context",
  "The number of tokens in your prompt (9000) exceeds the limit of 8192",
  "Number of input tokens (9000) has exceeded max_prompt_length (8192) limit.",
  "requested tokens (9001) exceed context window of 8192",
  "Requested tokens (9001) exceed context window of 8192",
  "This model's context window is 8192 tokens, your request has 9001",
  "Total prompt length (9001) exceeds the model context size",
  "ValueError: Input length of input_ids is 9001, but max_length is set to 8192",
  "input too long",
  "Max context length exceeded",
  "The request is too long: 9001 tokens, limit 8192",
  "Tokens in prompt exceed limit 8192",
  "too long input: 9001 tokens, limit 8192 tokens",
  "Exceeded context window",
  "input tokens (9001) exceed maximum (8192)",
  "Request exceeds maximum context length: 9001 > 8192",
  "n_ctx (4096) exceeded: prompt is 9001 tokens",
  "Too many tokens in the prompt: 9001 > 8192",
  "The message is longer than the model can take: 9001 tokens of 8192",
  "Please shorten your prompt",
  "Input text is too long; the maximum is 8192 tokens",
  "The total length of messages exceeds 8192 tokens",
  "Maximum tokens exceeded: your prompt contains 9001 tokens",
  "context window full",
  "your prompt is over the limit of 8192 tokens",
];

/** Sentences that have much in common with those. */
const ANOTHER_MATTER: readonly string[] = [
  "Rate limit reached for gpt-4 in organization org-x on tokens per min (TPM): Limit 10000, Used 9000, Requested 2000.",
  "Request too large for gpt-4o in organization org-x on tokens per min (TPM): Limit 30000, Requested 40000. The input or output tokens must be reduced in order to run successfully.",
  "Request too large for model `llama-3.3-70b` in organization `org` service tier `on_demand` on tokens per minute (TPM): Limit 6000, Requested 9000, please reduce your message size and try again.",
  "This request would exceed your organization's rate limit of 40,000 input tokens per minute",
  "context deadline exceeded",
  "context canceled",
  "rpc error: code = DeadlineExceeded desc = context deadline exceeded",
  "Unknown field: context",
  "The context parameter is required",
  "Invalid value for context_management",
  "max_tokens: 100000 > 8192, which is the maximum allowed number of output tokens for claude-3-5-sonnet",
  "max_tokens is too large: 100000. This model supports at most 16384 completion tokens, whereas you provided 100000.",
  "max_tokens must be less than or equal to 8192",
  "Too many tokens, please wait before trying again.",
  "Invalid 'tools[0].function.name': string too long. Expected a string with maximum length 64, but got a string with length 90 instead.",
  "Invalid 'messages[0].name': string too long.",
  "Request payload size exceeds the limit: 20971520 bytes.",
  "image exceeds 5 MB maximum: 6291456 bytes > 5242880 bytes",
  "messages.0.content.0.image.source.base64: image exceeds the maximum",
  "The context of this conversation was flagged",
  "Could not load context",
  "Too many requests",
  "Insufficient context to answer",
  "Missing context",
  "The model is not available in this context",
  "Tool call context not found",
  "context shift is not supported",
  "stop: too many stop sequences",
  "Invalid context_length parameter",
  "Your request was rejected in this context",
  "Number of request tokens has exceeded your daily rate limit",
  "You exceeded your current quota, please check your plan and billing details.",
  "tool_use ids were found without tool_result blocks immediately after",
  "file is too large",
  "The image is too large",
  "user is too long",
  "metadata value too long",
  "Upload exceeds maximum size",
  "Connection limit exceeded",
  "Your daily token limit has been reached",
  "model context server unavailable",
  "Model Context Protocol server exceeded its time limit",
  "too many images in the request",
  "thinking.budget_tokens must be less than max_tokens",
];

/** Codes that say it without words. */
const CODES = [
  ...["context_length_exceeded", "exceed_context_size_error", "too_many_prompt_tokens", "TOO_MANY_TOKENS"],
  ...["model_max_prompt_tokens_exceeded", "ContextWindowExceededError", "context-length-exceeded"],
];

/** Bodies around the words. */
const SHAPES: readonly ((words: string) => object)[] = [
  (message) => ({ error: { message, type: "invalid_request_error", code: null } }),
  (error) => ({ error, error_type: "validation" }),
  (message) => ({ object: "error", message, code: 400 }),
  (message) => ({ type: "error", error: { type: "bad_request_error", message } }),
  (detail) => ({ detail }),
  (message) => ({ detail: { error: { message } } }),
  (message) => ({
    error: { message: "Provider returned error", metadata: { raw: JSON.stringify({ error: message }) } },
  }),
];

function typeOf(status: number, body: unknown) {
  return classifyResponse(status, new Headers(), JSON.stringify(body)).type;
}

describe("a prompt that is too long", () => {
  test.each(TOO_LONG.map((words) => [words] as const))("%s", (words) => {
    for (const shape of SHAPES) expect(typeOf(400, shape(words))).toBe("context_overflow");
    for (const status of [413, 422, 500])
      expect(typeOf(status, { error: { message: words } })).toBe("context_overflow");
    for (const protocol of PROTOCOLS) {
      expect(answerTo(protocol, [{ error: { message: words } }]).failure).toMatchObject({
        type: "context_overflow",
        status: 400,
      });
    }
  });

  test.each(CODES.map((code) => [code] as const))("the code %s", (code) => {
    for (const field of ["code", "type", "status", "error_type"]) {
      expect(typeOf(400, { error: { message: "No.", [field]: code } })).toBe("context_overflow");
    }
    expect(typeOf(422, { code, message: "No." })).toBe("context_overflow");
  });

  test("of another matter are", () => {
    const wrong = ANOTHER_MATTER.filter((words) =>
      [400, 413, 422, 429, 500].some(
        (status) => typeOf(status, { error: { message: words } }) === "context_overflow",
      ),
    );
    expect(wrong).toEqual([]);
  });

  test("is known quickly, in however long a message", () => {
    const started = performance.now();
    for (const piece of ["input ", "tokens exceed ", "prompt (", "the the the ", "1,", "max_"]) {
      typeOf(400, { error: { message: piece.repeat(2000 / piece.length) } });
    }
    expect(performance.now() - started).toBeLessThan(2000);
  });
});
