/** Frames that announce a failure in fields of their own, before and after text, and those that say that all is well. */

import { describe, expect, test } from "bun:test";
import { answerTo, beginning, PROTOCOLS, replyOf, saying } from "./support.ts";

/** Who writes it, the frame, and words that must come through. */
const FAILURES: readonly (readonly [string, object, string])[] = [
  ["OpenAI", { error: { message: "it broke", type: "server_error" } }, "it broke"],
  ["a string", { error: "it broke" }, "it broke"],
  [
    "vLLM, flat",
    { object: "error", message: "it broke", type: "InternalServerError", code: 500 },
    "it broke",
  ],
  [
    "vLLM behind a router",
    {
      id: "x",
      object: "chat.completion.chunk",
      choices: null,
      error_type: "BadRequestError",
      error_message: "it broke",
    },
    "it broke",
  ],
  ["TGI", { error: "it broke", error_type: "generation" }, "it broke"],
  ["Baidu", { error_code: 336100, error_msg: "it broke" }, "it broke"],
  ["MiniMax", { choices: null, base_resp: { status_code: 1013, status_msg: "it broke" } }, "it broke"],
  [
    "MiniMax with empty choices",
    { choices: [], base_resp: { status_code: 1013, status_msg: "it broke" } },
    "it broke",
  ],
  ["Dashscope", { code: "InternalError", message: "it broke", request_id: "r" }, "it broke"],
  ["one-api", { success: false, message: "it broke" }, "it broke"],
  ["Java", { code: 500, msg: "it broke", success: false, data: null }, "it broke"],
  ["Java with choices", { code: 500, msg: "it broke", choices: [] }, "it broke"],
  [
    "Cloudflare",
    { result: null, success: false, errors: [{ code: 5006, message: "it broke" }], messages: [] },
    "it broke",
  ],
  ["FastAPI", { detail: "it broke" }, "it broke"],
  ["FastAPI, nested", { detail: { error: "it broke" } }, "it broke"],
  ["problem+json", { type: "about:blank", title: "it broke", status: 500 }, "it broke"],
  ["AWS", { modelStreamErrorException: { message: "it broke" } }, "it broke"],
  ["AWS, another", { throttlingException: { message: "it broke" } }, "it broke"],
  ["a status", { status: "error", message: "it broke" }, "it broke"],
  ["a status and empty choices", { status: "failed", choices: [], reason: "it broke" }, "it broke"],
  ["camel case", { errorCode: "E_FAIL", errorMessage: "it broke" }, "it broke"],
  ["errmsg", { errcode: 40001, errmsg: "it broke" }, "it broke"],
  ["err", { err: "it broke" }, "it broke"],
  ["a type", { type: "error", message: "it broke" }, "it broke"],
  ["an exception", { type: "exception", exception: "it broke" }, "it broke"],
  ["an event in the data", { event: "error", data: { message: "it broke" } }, "it broke"],
  ["in an envelope", { data: { error: { message: "it broke" } } }, "it broke"],
  ["in a list", { errors: ["it broke"] }, "it broke"],
  ["Anthropic", { type: "error", error: { type: "api_error", message: "it broke" } }, "it broke"],
  [
    "Responses",
    {
      type: "response.failed",
      response: { status: "failed", error: { code: "server_error", message: "it broke" } },
    },
    "it broke",
  ],
  ["a bare message", { message: "it broke" }, "it broke"],
  ["a status code", { status_code: 503, message: "it broke" }, "it broke"],
  ["a flag and words", { error: true, message: "it broke" }, "it broke"],
  ["Gemini's feedback", { promptFeedback: { blockReason: "PROHIBITED_CONTENT" } }, "PROHIBITED_CONTENT"],
  [
    "null choices and a message",
    { object: "chat.completion.chunk", choices: null, message: "it broke" },
    "it broke",
  ],
  ["a fault", { fault: { faultstring: "it broke", detail: { errorcode: "x" } } }, "it broke"],
];

const HARMLESS: readonly object[] = [
  {},
  { choices: [] },
  { choices: [], error: null },
  { choices: [], error: "" },
  { choices: [], error: false },
  { choices: [], error: {} },
  { choices: [], errors: [] },
  { choices: [], error: { code: 0, message: "" } },
  { choices: [], error_code: 0, error_msg: "" },
  { choices: [], error_code: 0, error_msg: "success" },
  { error_code: "0", error_message: "ok" },
  { choices: [], base_resp: { status_code: 0, status_msg: "" } },
  { choices: [], base_resp: { status_code: 0, status_msg: "success" } },
  { success: true },
  { success: true, message: "done" },
  { code: 0, message: "success" },
  { code: 200, msg: "ok" },
  { code: "0", message: "OK" },
  { code: 20000, message: "Ok", status: true },
  { status: "ok" },
  { status: "completed" },
  { status: "processing", message: "queued" },
  { status: 200 },
  { type: "ping" },
  { type: "ping", message: "keep-alive" },
  { object: "chat.completion.chunk", choices: [], usage: { prompt_tokens: 1, completion_tokens: 1 } },
  { choices: [], prompt_filter_results: [{ content_filter_results: { hate: { filtered: false } } }] },
  { type: "status", message: "Searching the web." },
  { object: "chat.completion.chunk", choices: [], moderation: { flagged: false } },
  { promptFeedback: { safetyRatings: [] } },
  { type: "response.mcp_call.failed", item_id: "a" },
  { err: null, fault: "", exception: null },
];

describe.each(PROTOCOLS.map((protocol) => [protocol.name, protocol] as const))(
  "in a stream of %s",
  (_, protocol) => {
    test.each(FAILURES)("%s: %o is told before any text", (_name, frame, words) => {
      const answer = answerTo(protocol, [frame]);
      expect(answer.failure?.message).toContain(words);
      expect(answer.failure?.type).not.toBe("incomplete");
      expect(answer.failure?.status).toBeGreaterThanOrEqual(400);
    });

    test.each(FAILURES)("%s: %o is told after the text", (_name, frame, words) => {
      const answer = answerTo(protocol, [...beginning(protocol, "Half"), frame, "[DONE]"]);
      expect(answer.text).toBe("Half");
      expect(answer.failure?.message).toContain(words);
    });

    test.each(FAILURES)("%s: %o in place of a stream is no answer", (_name, frame, words) => {
      expect(replyOf(protocol, frame).failure?.message).toContain(words);
    });

    test.each(HARMLESS.map((frame) => [frame] as const))("%o is no failure", (frame) => {
      const [first, ...rest] = saying(protocol, "Whole", protocol.name === "openai" ? "stop" : "end_turn");
      const answer = answerTo(protocol, [
        frame,
        first ?? {},
        frame,
        ...rest.slice(0, -1),
        frame,
        ...rest.slice(-1),
      ]);
      expect(answer).toMatchObject({ text: "Whole", end: { reason: "stop" } });
    });
  },
);
