/** A prompt that is too long, in the words of many, and what only sounds like it (field kind C). */

import { afterAll, beforeAll, describe, expect, setDefaultTimeout, test } from "bun:test";
import { beginning, saying } from "../protocols/field-reports/support.ts";
import { askBy, type FieldProvider, frameOf, startFieldProvider, WAYS } from "../support/field-provider.ts";
import { type Program, startProgram } from "../support/program.ts";
import { PROTOCOLS } from "../support/streams.ts";

setDefaultTimeout(60_000);

let program: Program;
let provider: FieldProvider;
beforeAll(async () => {
  provider = startFieldProvider();
  program = await startProgram({ args: ["--retries", "0"] });
});
afterAll(async () => {
  await program.stop();
  await provider.stop();
});

const openai = (message: string, more: object = {}) => ({
  error: { message, type: "invalid_request_error", ...more },
});

const TOO_LONG: readonly (readonly [number, unknown])[] = [
  // https://github.com/antirez/ds4/pull/150
  [
    400,
    openai("Prompt tokens (9001) exceeds context size (4096)", { type: "context_exceeded", n_ctx: 4096 }),
  ],
  // https://github.com/openclaw/openclaw/issues/58839
  [400, { message: "ValidationException: The input is too long" }],
  [400, { message: "ValidationException: Input exceeds the max input token limit" }],
  [500, { message: "ModelStreamErrorException: Input is too long" }],
  [400, { error: "ollama: context length exceeded for llama3" }],
  [400, { message: "total tokens exceeds the model's max of 4096" }],
  [400, openai("input is too long for model gpt-5.4")],
  [400, openai("The maximum number of input tokens is 8192, your prompt has 9001.")],
  // https://github.com/openclaw/openclaw/pull/20539
  [
    400,
    openai(
      "LLM request rejected: input length and max_tokens exceed context limit: 170636 + 34048 > 200000, decrease input length or max_tokens and try again",
    ),
  ],
  // vLLM: https://github.com/earendil-works/pi/pull/5929
  [
    400,
    openai(
      "This model's maximum context length is 262144 tokens. However, you requested 0 output tokens and your prompt contains at least 262145 input tokens, for a total of at least 262145 tokens. Please reduce the length of the input prompt or the number of requested output tokens. (parameter=input_tokens, value=262145)",
    ),
  ],
  [
    400,
    {
      object: "error",
      message: "The decoder prompt (length 9001) is longer than the maximum model length of 8192.",
      code: 400,
    },
  ],
  [
    400,
    openai(
      "This model's maximum context length is 4097 tokens, however you requested 4130 tokens (130 in your prompt; 4000 for the completion). Please reduce your prompt; or completion length.",
    ),
  ],
  [400, openai("max_tokens must be at least 1, got -4867.")],
  [
    400,
    openai(
      "'max_tokens' or 'max_completion_tokens' is too large: 1000. This model's maximum context length is 8192 tokens and your request has 7500 input tokens (1000 > 8192 - 7500).",
    ),
  ],
  [413, openai("Request Entity Too Large: the prompt is longer than the context window")],
  [400, openai("exceeds model context window")],
  [400, openai("The request size exceeds the model context window")],
  [400, openai("Context overflow: estimated context size exceeds safe threshold")],
  [400, openai("Message too long for this model: 9001 tokens")],
  [400, openai("Your input is too large for the model's context. 9001 of 8192 tokens.")],
  [
    422,
    {
      detail: [
        { loc: ["body"], msg: "Input too long: 9001 tokens exceed the limit of 8192", type: "value_error" },
      ],
    },
  ],
  [400, { message: "Requested tokens 9001 exceed the context window of 8192" }],
  [
    500,
    {
      error: {
        message: "Requested tokens (9001) exceed context window of 8192",
        type: "internal_server_error",
      },
    },
  ],
  [
    400,
    {
      errors: [
        {
          message:
            "AiError: The estimated number of input and maximum output tokens (9001) exceeded this model context window limit (8000)",
          code: 5021,
        },
      ],
    },
  ],
  [
    400,
    {
      error: {
        code: 400,
        status: "INVALID_ARGUMENT",
        message: "The input token count (1048600) exceeds the maximum number of tokens allowed (1048576).",
      },
    },
  ],
  [
    400,
    [
      {
        error: {
          code: 400,
          status: "INVALID_ARGUMENT",
          message:
            "Unable to submit request because the input token count is 40000 but model only supports up to 32768.",
        },
      },
    ],
  ],
  [400, openai("Invalid request: prompt has 9001 tokens, limit is 8192.")],
  [400, { error: { message: "Input tokens limit exceeded", code: "input_tokens_exceeded" } }],
  [400, { error: { message: "nope", code: "CONTEXT_LENGTH_EXCEEDED" } }],
  [
    400,
    { error: { message: "nope", type: "exceed_context_size_error", n_prompt_tokens: 9001, n_ctx: 4096 } },
  ],
  [400, { error: { message: "nope", code: "string_above_max_length" } }],
  [400, { error: { message: "nope", type: "context_exceeded" } }],
  [400, { error: { code: "1261", message: "Prompt exceeds max length" } }],
  [400, { base_resp: { status_code: 1039, status_msg: "token limit" } }],
  [400, { error_code: 336007, error_msg: "the max input characters is 20000" }],
  [400, { code: "InvalidParameter", message: "Range of input length should be [1, 6000]" }],
  [
    400,
    {
      code: "20015",
      message: "length of prompt_tokens (9001) must be less than max_seq_len (8192).",
      data: null,
    },
  ],
  [400, { code: 20015, message: "The input exceeds the maximum allowed length.", data: null }],
  [
    413,
    { error: { message: "prompt is too long: 250000 tokens > 200000 maximum", type: "request_too_large" } },
  ],
  [400, { message: "input length 9001 exceeds max input length 8192" }],
  [400, openai("Token count 9001 is larger than the model's limit of 8192")],
  [400, openai("请求的输入超过了模型的最大上下文长度")],
  [400, openai("输入文本过长，请缩短后重试")],
  [400, openai("Le prompt dépasse la fenêtre de contexte", { code: "context_length_exceeded" })],
  [400, openai("This request is 9001 tokens, which is more than the 8192 the model supports")],
  [400, openai("conversation history exceeds the maximum context")],
  [400, openai("Prompt is longer than n_ctx")],
  [400, openai("Cannot fit 9001 prompt tokens in a context of 4096")],
  [400, openai("prompt (9001 tokens) does not fit into the model's context (4096)")],
  [400, "input tokens (9001) + max_tokens (512) > 8192"],
  [400, openai("inputs tokens + max_new_tokens must be <= 4096")],
  [400, openai("Prompt length must be less than 8192 tokens")],
  [400, openai("Input validation error: inputs must have less than 4095 tokens. Given: 9001")],
];

const NOT: readonly (readonly [number, unknown, string])[] = [
  [
    429,
    openai(
      "Rate limit reached on tokens per min (TPM): Limit 30000, Requested 40000. Please reduce the length of the messages.",
    ),
    "rate_limit",
  ],
  [
    413,
    openai(
      "Request too large for model `x` on tokens per minute (TPM): Limit 6000, Requested 9000, please reduce your message size",
      { code: "rate_limit_exceeded" },
    ),
    "rate_limit",
  ],
  [
    429,
    { message: "Too many tokens, please wait before trying again.", __type: "ThrottlingException" },
    "rate_limit",
  ],
  [400, openai("Unknown parameter: 'context'"), "invalid_request"],
  [400, openai("context must be a list"), "invalid_request"],
  [400, openai("Invalid context_management edit type"), "invalid_request"],
  [
    400,
    openai("max_tokens: 999999 > 8192, which is the maximum allowed number of output tokens for this model"),
    "invalid_request",
  ],
  [
    400,
    openai(
      "max_tokens is too large: 99999. This model supports at most 16384 completion tokens, whereas you provided 99999.",
    ),
    "invalid_request",
  ],
  [
    400,
    openai(
      "Invalid 'tools': array too long. Expected an array with maximum length 128, but got an array with length 200 instead.",
    ),
    "invalid_request",
  ],
  [
    400,
    openai("Invalid 'messages[0].name': string too long. Expected a string with maximum length 64."),
    "invalid_request",
  ],
  [400, openai("Invalid 'metadata': too many properties"), "invalid_request"],
  [400, openai("stop: too many sequences, at most 4"), "invalid_request"],
  [400, openai("image exceeds the maximum size of 5 MB"), "invalid_request"],
  [
    400,
    openai(
      "messages.0.content.1.image.source.base64: image exceeds 5 MB maximum: 6000000 bytes > 5242880 bytes",
    ),
    "invalid_request",
  ],
  [400, openai("At most 20 images may be provided in one request."), "invalid_request"],
  [400, openai("tool name is too long"), "invalid_request"],
  [400, openai("The file is too large"), "invalid_request"],
  [500, openai("context canceled"), "upstream"],
  [504, openai("context deadline exceeded"), "timeout"],
  [
    503,
    openai("The model is overloaded, too many tokens are being generated; please slow down"),
    "overloaded",
  ],
  [
    402,
    openai(
      "This request requires more credits, or fewer max_tokens. You requested up to 65536 tokens, but can only afford 3000.",
    ),
    "quota",
  ],
  [400, openai("The security context is missing"), "invalid_request"],
];

describe.each(PROTOCOLS)("%s", (protocol) => {
  test.each(TOO_LONG)("%d %j is too long", async (status, body) => {
    const model = provider.play({
      answer: ({ body: sent }) => (JSON.stringify(sent).length < 9_000 ? fine() : wrong()),
    });
    const fine = () =>
      new Response(
        saying({ name: protocol }, "Short.", protocol === "openai" ? "stop" : "end_turn")
          .map(frameOf)
          .join(""),
        {
          headers: { "content-type": "text/event-stream" },
        },
      );
    const wrong = () =>
      typeof body === "string" ? new Response(body, { status }) : Response.json(body, { status });
    const long = {
      messages: Array.from({ length: 8 }, (_, i) => ({
        role: i % 2 === 0 ? "user" : "assistant",
        content: `${i} ${"word ".repeat(500)}`,
      })),
    };
    const chat = await askBy("chat", program, provider, protocol, model, long);
    expect([chat.status, chat.error?.type]).toEqual([400, "context_overflow"]);
    const summary = await askBy("summary", program, provider, protocol, model, long);
    expect([summary.status, summary.text]).toEqual([200, "Short."]);
    if (typeof body === "string") return;
    const inside = { frames: [body as object, "[DONE]"] };
    const streamed = await askBy("chat", program, provider, protocol, provider.play(inside));
    expect([streamed.status, streamed.error?.type]).toEqual([400, "context_overflow"]);
  });

  test.each(NOT)("%d %j is not", async (status, body, type) => {
    const chat = await askBy("chat", program, provider, protocol, provider.play({ status, json: body }));
    expect(chat.error?.type).toBe(type);
  });

  test.each(WAYS.slice(3))("in %s", async (way) => {
    for (const [status, json] of TOO_LONG.filter(([, body], i) => i % 7 === 0 && typeof body !== "string")) {
      const told = await askBy(way, program, provider, protocol, provider.play({ status, json }));
      expect(told.status).toBe(400);
      expect(told.error?.code ?? told.error?.message ?? told.error?.type).toMatch(
        /context_length_exceeded|prompt is too long|context_overflow|exceed|long/,
      );
    }
  });

  test("a full window after text is no end", async () => {
    const frame = openai("Context size has been exceeded.");
    const model = provider.play({ frames: [...beginning({ name: protocol }, "Half"), frame] });
    const chat = await askBy("chat", program, provider, protocol, model);
    expect([chat.text, chat.error?.type]).toEqual(["Half", "context_overflow"]);
  });
});
