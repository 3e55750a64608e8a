/** Frames and replies that announce a failure in whatever form (field kind B), and those that do not. */

import { afterAll, beforeAll, describe, expect, setDefaultTimeout, test } from "bun:test";
import { beginning, chunk, saying } from "../protocols/field-reports/support.ts";
import { askBy, type FieldProvider, startFieldProvider, WAYS } from "../support/field-provider.ts";
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

/** What is a choice of OpenAI's is none of Anthropic's. */
const OPENAI_ONLY = /^(?:SGLang|OpenRouter in the choice|an error in the (?:delta|message))$/;

const WORDS = "the engine died";

/** Frames that announce a failure, by who writes them. */
const FAILURES: readonly (readonly [string, object | string])[] = [
  ["OpenAI", { error: { message: WORDS, type: "server_error", code: null, param: null } }],
  ["OpenAI with a choice", { ...chunk({ content: "" }), error: { message: WORDS } }],
  ["OpenRouter", { ...chunk({ content: "" }, "error"), error: { code: 502, message: WORDS } }],
  ["OpenRouter in the choice", chunk({ content: "" }, "error", { error: { code: 502, message: WORDS } })],
  ["vLLM", { object: "error", message: WORDS, type: "InternalServerError", param: null, code: 500 }],
  ["SGLang", chunk({}, { type: "abort", message: WORDS, status_code: 500 })],
  [
    "LiteLLM",
    { error: { message: `litellm.InternalServerError: ${WORDS}`, type: null, param: null, code: "500" } },
  ],
  ["null choices", { id: "x", object: "chat.completion.chunk", choices: null, error_message: WORDS }],
  ["no choices and an error type", { choices: [], error_type: "Overloaded", message: WORDS }],
  ["TGI", { error: WORDS, error_type: "generation" }],
  ["an event of the name", `event: error\ndata: ${JSON.stringify({ message: WORDS })}\n\n`],
  ["an event with plain text", `event: error\ndata: ${WORDS}\n\n`],
  ["llama.cpp's old field", `error: ${JSON.stringify({ message: WORDS, code: 500 })}\n\n`],
  ["Ollama", { error: WORDS }],
  ["Ollama's native end", { model: "m", error: WORDS, done: true }],
  ["MiniMax", { choices: null, base_resp: { status_code: 1013, status_msg: WORDS } }],
  [
    "MiniMax with an id",
    { id: "x", created: 1, model: "m", base_resp: { status_code: 1000, status_msg: WORDS } },
  ],
  ["Baidu", { id: "as-1", error_code: 336501, error_msg: WORDS }],
  ["Dashscope", { request_id: "r", code: "InternalError.Algo", message: WORDS }],
  [
    "Dashscope native",
    { status_code: 500, request_id: "r", code: "InternalError", message: WORDS, output: null, usage: null },
  ],
  ["Tencent", { Response: { Error: { Code: "InternalError", Message: WORDS }, RequestId: "r" } }],
  ["Tencent's frame", { ErrorMsg: { Msg: WORDS, Code: 4001 } }],
  ["Spark", { code: 10013, message: WORDS, sid: "s" }],
  ["Spark's header", { header: { code: 10013, message: WORDS, sid: "s", status: 2 } }],
  ["Cloudflare", { success: false, result: null, errors: [{ code: 3040, message: WORDS }], messages: [] }],
  ["Cloudflare's internal", { errors: [{ message: WORDS }], success: false }],
  ["AWS", { internalServerException: { message: WORDS } }],
  ["AWS by header", { __type: "com.amazon.coral#ThrottlingException", message: WORDS }],
  [
    "AWS stream",
    { message: WORDS, originalStatusCode: 500, originalMessage: "x", type: "modelStreamErrorException" },
  ],
  ["Gemini", { error: { code: 503, message: WORDS, status: "UNAVAILABLE" } }],
  ["Gemini in a list", [{ error: { code: 503, message: WORDS, status: "UNAVAILABLE" } }]],
  ["Cohere", { type: "stream-error", message: WORDS }],
  ["Cohere's end", { is_finished: true, event_type: "stream-end", finish_reason: "ERROR", error: WORDS }],
  [
    "Responses",
    {
      type: "response.failed",
      response: { id: "r", status: "failed", error: { code: "server_error", message: WORDS } },
    },
  ],
  [
    "Responses' error",
    { type: "error", code: "server_error", message: WORDS, param: null, sequence_number: 3 },
  ],
  ["Anthropic", { type: "error", error: { type: "api_error", message: WORDS }, request_id: "r" }],
  ["Anthropic without the inner type", { type: "error", message: WORDS }],
  ["FastAPI", { detail: WORDS }],
  ["FastAPI, nested", { detail: { error: { message: WORDS } } }],
  ["FastAPI, a list", { detail: [{ loc: ["body"], msg: WORDS, type: "value_error" }] }],
  ["problem+json", { type: "https://errors.example/x", title: "Bad", status: 500, detail: WORDS }],
  ["Spring", { timestamp: 1, status: 500, error: "Internal Server Error", message: WORDS, path: "/v1" }],
  ["Java", { code: 500, msg: WORDS, data: null }],
  ["Java, success false", { success: false, code: "B0001", message: WORDS }],
  ["one-api", { success: false, message: WORDS, data: null }],
  ["a status", { status: "error", message: WORDS }],
  ["a status in capitals", { status: "FAILED", reason: WORDS }],
  ["a state", { id: "p", state: "failed", error: null, logs: "", message: WORDS }],
  ["Replicate", { id: "p", status: "failed", error: WORDS, output: null }],
  ["ok false", { ok: false, message: WORDS }],
  ["GraphQL", { data: null, errors: [{ message: WORDS, path: [] }] }],
  ["JSON-RPC", { jsonrpc: "2.0", id: 1, error: { code: -32000, message: WORDS } }],
  ["an exception", { exception: "RuntimeError", message: WORDS }],
  ["camel case", { errorCode: "E1", errorMessage: WORDS }],
  ["errmsg", { errcode: 40013, errmsg: WORDS }],
  ["retcode", { retcode: -1, retmsg: WORDS }],
  ["err_no", { err_no: 500, err_msg: WORDS }],
  ["resultCode", { resultCode: "500", resultMessage: WORDS }],
  ["Watsonx", { errors: [{ code: "internal_error", message: WORDS }], trace: "t", status_code: 500 }],
  ["Databricks", { error_code: "INTERNAL_ERROR", message: WORDS }],
  ["Triton", { error: `in ensemble 'm', ${WORDS}` }],
  ["a proxy's error in a string", { error: JSON.stringify({ error: { message: WORDS } }) }],
  ["an error beside an empty choice", { choices: [{}], error: { message: WORDS } }],
  ["an error in the delta", chunk({ error: { message: WORDS } })],
  [
    "an error in the message",
    { choices: [{ index: 0, message: { role: "assistant", content: null, error: WORDS } }] },
  ],
  ["an envelope", { code: 0, data: { error: { message: WORDS } } }],
  ["an event in the data", { event: "error", data: { message: WORDS } }],
  ["a message alone", { message: WORDS }],
  ["msg alone", { msg: WORDS }],
];

/** Frames with names like those that tell of no failure. */
const HARMLESS: readonly (readonly [string, object | string])[] = [
  ["nulls", { ...chunk({ content: "" }), error: null, error_code: null, error_message: null, errors: null }],
  ["zeros", { ...chunk({ content: "" }), code: 0, error_code: 0, error_msg: "", status_code: 0 }],
  ["MiniMax", { ...chunk({ content: "" }), base_resp: { status_code: 0, status_msg: "" } }],
  ["MiniMax without choices", { choices: [], base_resp: { status_code: 0, status_msg: "success" } }],
  ["Java", { code: 200, msg: "success", success: true, choices: [] }],
  ["Java, in digits", { code: "200", message: "OK", choices: [] }],
  ["20000", { code: 20000, message: "ok", choices: [] }],
  ["ok", { ok: true, status: "ok", choices: [] }],
  ["in progress", { status: "in_progress", choices: [] }],
  ["empty lists", { errors: [], error: {}, choices: [] }],
  ["false", { error: false, is_error: false, choices: [] }],
  ["Cloudflare", { success: true, errors: [], messages: [], result: null }],
  ["a queue", { object: "queue", position: 3, message: "You are number 3", choices: [] }],
  [
    "Azure's filter",
    {
      choices: [],
      prompt_filter_results: [{ prompt_index: 0, content_filter_results: { hate: { filtered: false } } }],
    },
  ],
  [
    "a filter that failed",
    { choices: [], prompt_filter_results: [{ content_filter_error: { code: "timeout", message: "x" } }] },
  ],
  ["a tool that failed", { type: "response.mcp_call.failed", item_id: "x" }],
  ["a heartbeat", { type: "ping" }],
  ["a warning", { warning: "slow", warnings: ["a"], choices: [] }],
  ["statistics", { object: "stats", error_rate: 0.2, errors_total: 3, choices: [] }],
];

describe.each(PROTOCOLS)("%s", (protocol) => {
  const name = { name: protocol };

  const failures = FAILURES.filter(([who]) => protocol === "openai" || !OPENAI_ONLY.test(who));

  test.each(failures)("%s: after text, before it, and as JSON", async (_name, frame) => {
    const after = provider.play({ frames: [...beginning(name, "Half"), frame, "[DONE]"] });
    const chat = await askBy("chat", program, provider, protocol, after);
    expect([chat.status, chat.text, chat.finish]).toEqual([200, "Half", undefined]);
    expect(chat.error?.type).toBeString();
    expect(chat.error?.message).toContain(WORDS);
    const summary = await askBy("summary", program, provider, protocol, after);
    expect([summary.status >= 400, summary.error?.message?.includes(WORDS)]).toEqual([true, true]);
    const before = await askBy(
      "chat",
      program,
      provider,
      protocol,
      provider.play({ frames: [frame, "[DONE]"] }),
    );
    expect([before.status >= 400, before.error?.message?.includes(WORDS)]).toEqual([true, true]);
    if (typeof frame === "string") return;
    const json = await askBy(
      "chat",
      program,
      provider,
      protocol,
      provider.play({ status: 200, json: frame }),
    );
    expect([json.status >= 400, json.error?.message?.includes(WORDS)]).toEqual([true, true]);
  });

  test.each(HARMLESS)("%s are no failure", async (_name, frame) => {
    const [first = "", ...rest] = saying(name, "Whole.", protocol === "openai" ? "stop" : "end_turn");
    for (const frames of [
      [frame, first, ...rest],
      [first, frame, ...rest],
      [...[first, ...rest].slice(0, -1), frame, rest.at(-1) ?? ""],
    ]) {
      const chat = await askBy("chat", program, provider, protocol, provider.play({ frames }));
      expect([chat.status, chat.text, chat.finish, chat.error]).toEqual([200, "Whole.", "stop", undefined]);
    }
  });

  test.each(WAYS)("told in %s", async (way) => {
    for (const [, frame] of failures.filter((_, i) => i % 6 === 0)) {
      const after = await askBy(
        way,
        program,
        provider,
        protocol,
        provider.play({ frames: [...beginning(name, "Half"), frame, "[DONE]"] }),
      );
      expect(after.error).toBeDefined();
      expect(after.finish).toBeUndefined();
      const before = await askBy(
        way,
        program,
        provider,
        protocol,
        provider.play({ frames: [frame, "[DONE]"] }),
      );
      expect(before.status).toBeGreaterThanOrEqual(400);
      expect(before.error?.message).toContain(WORDS);
    }
  });
});
