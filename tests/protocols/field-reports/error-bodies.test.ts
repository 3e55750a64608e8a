/** Error bodies of any shape keep their words, and mean what they say. */

import { describe, expect, test } from "bun:test";
import { type FailureType, statusOf } from "../../../src/core/failure.ts";
import { classifyResponse } from "../../../src/protocols/classify.ts";
import { openaiChat } from "../../../src/protocols/openai-chat/protocol.ts";
import { replyOf } from "./support.ts";

/** A body that comes with 200 is read in place of an answer, without a status. */
function meaningOf(status: number, body: unknown) {
  return status === 200 ? replyOf(openaiChat, body).failure : answer(status, body);
}

const answer = (status: number, body: unknown, headers: Record<string, string> = {}) =>
  classifyResponse(status, new Headers(headers), typeof body === "string" ? body : JSON.stringify(body));

/** Where the words "No such luck." stand. */
const SHAPES: readonly (readonly [string, unknown])[] = [
  ["OpenAI", { error: { message: "No such luck.", type: "t", code: null } }],
  ["xAI", { code: "invalid-argument", error: "No such luck." }],
  ["vLLM, flat", { object: "error", message: "No such luck.", code: 400 }],
  [
    "Cloudflare",
    { result: null, success: false, errors: [{ code: 7003, message: "No such luck." }], messages: [] },
  ],
  ["a list of texts", { errors: ["No such luck."] }],
  ["FastAPI", { detail: "No such luck." }],
  ["FastAPI with an error", { detail: { error: "No such luck." } }],
  ["FastAPI with a message", { detail: { msg: "No such luck.", type: "t" } }],
  ["FastAPI with an error in it", { detail: { error: { message: "No such luck." } } }],
  ["LiteLLM", { error: { message: { error: "No such luck." }, type: "None", param: "None", code: "400" } }],
  ["problem+json", { type: "about:blank", title: "Bad", status: 400, detail: "No such luck." }],
  ["problem+json with a title alone", { type: "about:blank", title: "No such luck.", status: 400 }],
  [
    "Java",
    { timestamp: "2026-01-01", status: 400, error: "Bad Request", message: "No such luck.", path: "/x" },
  ],
  ["OAuth", { error: "invalid_request", error_description: "No such luck." }],
  ["Baidu", { error_code: 17, error_msg: "No such luck." }],
  ["MiniMax", { base_resp: { status_code: 2013, status_msg: "No such luck." } }],
  ["Dashscope", { code: "InvalidParameter", message: "No such luck.", request_id: "r" }],
  ["AWS", { __type: "ValidationException", Message: "No such luck." }],
  ["an exception", { validationException: { message: "No such luck." } }],
  ["a fault", { fault: { faultstring: "No such luck.", detail: { errorcode: "x" } } }],
  ["a list", [{ error: { message: "No such luck.", code: 400 } }]],
  ["JSON in a string", { error: JSON.stringify({ error: { message: "No such luck." } }) }],
  ["JSON in a message", { error: { message: JSON.stringify({ message: "No such luck." }) } }],
  ["camel case", { errorCode: "E", errorMessage: "No such luck." }],
  ["a reason", { error: { code: 400, reason: "No such luck." } }],
  ["data", { code: 1, data: { message: "No such luck." } }],
  ["a response", { response: { error: { message: "No such luck." } } }],
  ["a flag and words", { error: true, message: "No such luck." }],
  ["details", { error: { code: "x", details: [{ message: "No such luck." }] } }],
  ["an event", `event: error\ndata: {"error":{"message":"No such luck."}}\n\n`],
  ["a frame", `data: {"error":"No such luck."}\n\ndata: [DONE]\n\n`],
  ["XML", "<Error><Code>Bad</Code><Message>No such luck.</Message></Error>"],
  ["text", "No such luck."],
  ["a JSON string", '"No such luck."'],
  ["a field of its own", { model: ["No such luck."] }],
];

describe("the words of an error", () => {
  test.each(SHAPES)("%s", (_name, body) => {
    for (const status of [400, 404, 500, 503])
      expect(answer(status, body).message).toContain("No such luck.");
  });

  test("are followed by what the provider behind OpenRouter said", () => {
    const body = {
      error: { message: "Provider returned error", code: 400, metadata: { raw: "No such luck." } },
    };
    expect(answer(400, body).message).toBe("Provider returned error: No such luck.");
  });

  test("name the field where FastAPI does", () => {
    const body = { detail: [{ loc: ["body", "messages", 0], msg: "Field required", type: "missing" }] };
    expect(answer(422, body).message).toBe("body.messages.0: Field required");
  });

  test("have no half of a character", () => {
    expect(answer(400, { error: { message: "No \ud83d" } }).message).toBe("No \ufffd");
  });
});

describe("what an error means", () => {
  test.each<[number, unknown, FailureType, number]>([
    // A refused key is one, whatever its status.
    [403, { status: 403, title: "Forbidden", detail: "Authorization failed" }, "authentication", 401],
    [403, { error: { message: "Invalid API key provided" } }, "authentication", 401],
    [403, { message: "The security token included in the request is invalid." }, "authentication", 401],
    [403, { error: "API key has been disabled" }, "authentication", 401],
    [403, { detail: "Not authenticated" }, "authentication", 401],
    [403, { detail: "Could not validate credentials" }, "authentication", 401],
    [403, { message: "Missing Authentication Token" }, "authentication", 401],
    [403, { error: { code: "InvalidApiKey", message: "No." } }, "authentication", 401],
    [
      400,
      {
        error: {
          message: "API key not valid. Please pass a valid API key.",
          details: [{ reason: "API_KEY_INVALID" }],
        },
      },
      "authentication",
      401,
    ],
    [400, { code: "x", error: "Incorrect API key provided: xa***" }, "authentication", 401],
    [404, { error: { message: "No API key found" } }, "authentication", 401],
    [401, { type: "about:blank", title: "Unauthorized", status: 401 }, "authentication", 401],
    [200, { base_resp: { status_code: 1004, status_msg: "login fail" } }, "authentication", 401],
    [500, { error: { code: "invalid_api_key", message: "No." } }, "authentication", 401],
    // What a good key may not do.
    [403, { error: { message: "You do not have access to model gpt-9" } }, "permission", 403],
    [403, { error: { message: "Your API key does not have permission to use model x" } }, "permission", 403],
    [
      403,
      { error: { message: "Project p does not have access to model m", code: "model_not_found" } },
      "not_found",
      403,
    ],
    [403, { error: { message: "Country, region, or territory not supported" } }, "permission", 403],
    [403, { message: "Forbidden" }, "permission", 403],
    [403, { code: "Model.AccessDenied", message: "Model access denied." }, "permission", 403],
    // An empty account.
    [
      403,
      { errors: [{ code: "token_quota_reached", message: "Monthly quota reached" }], status_code: 403 },
      "quota",
      429,
    ],
    [403, { error: { message: "insufficient balance" } }, "quota", 429],
    [
      429,
      { error: { message: "You exceeded your current quota, please check your plan and billing details." } },
      "quota",
      429,
    ],
    [402, { error: { message: "Insufficient credits" } }, "quota", 402],
    [
      200,
      { choices: null, base_resp: { status_code: 1008, status_msg: "insufficient balance" } },
      "quota",
      429,
    ],
    [429, { error: { code: "1113", message: "账户已欠费" } }, "quota", 429],
    // Limits of speed.
    [429, { error: { message: "Rate limit reached" } }, "rate_limit", 429],
    [
      413,
      {
        error: {
          message: "Request too large on tokens per minute (TPM): Limit 6000",
          code: "rate_limit_exceeded",
        },
      },
      "rate_limit",
      429,
    ],
    [
      429,
      { throttlingException: { message: "Too many tokens, please wait before trying again." } },
      "rate_limit",
      429,
    ],
    [429, { code: "Throttling.RateQuota", message: "Requests rate limit exceeded" }, "rate_limit", 429],
    // By the status, when nothing says otherwise.
    [
      404,
      { success: false, errors: [{ code: 7003, message: "Could not route to /accounts/x" }] },
      "not_found",
      404,
    ],
    [400, { detail: { error: "Invalid model name passed in model=nope" } }, "invalid_request", 400],
    [400, { error: { message: { error: "Invalid model name" }, code: "400" } }, "invalid_request", 400],
    [
      503,
      { detail: { msg: "Server is busy; please try again later.", type: "service_unavailable" } },
      "overloaded",
      503,
    ],
    [
      400,
      { code: "DataInspectionFailed", message: "Input data may contain inappropriate content." },
      "content_filter",
      400,
    ],
    [
      400,
      { error: { code: "1301", message: "系统检测到输入或生成内容可能包含不安全或敏感内容" } },
      "content_filter",
      400,
    ],
    [400, { error: { message: "Unsupported value: max_tokens" } }, "invalid_request", 400],
    [400, { error: { message: "Invalid value for 'token': must be string" } }, "invalid_request", 400],
  ])("%d %j is %s", (status, body, type, ours) => {
    const failure = meaningOf(status, body);
    expect([failure?.type, failure && statusOf(failure)]).toEqual([type, ours]);
  });
});
