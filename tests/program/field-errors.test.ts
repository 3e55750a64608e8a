/** Error bodies of many shapes keep their words and their meaning (field kind F). */

import { afterAll, beforeAll, describe, expect, setDefaultTimeout, test } from "bun:test";
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

/** The provider's status and body; our status, type, and words that must come through. */
const ERRORS: readonly (readonly [number, unknown, number, string, string])[] = [
  // Keys.
  [
    403,
    { status: 403, title: "Forbidden", detail: "Authorization failed" },
    401,
    "authentication",
    "Authorization failed",
  ],
  [
    403,
    { error: { message: "Invalid API Key", type: "forbidden" } },
    401,
    "authentication",
    "Invalid API Key",
  ],
  [
    400,
    {
      error: {
        code: 400,
        message: "API key not valid. Please pass a valid API key.",
        status: "INVALID_ARGUMENT",
      },
    },
    401,
    "authentication",
    "not valid",
  ],
  [
    400,
    { code: "Client specified an invalid argument", error: "Incorrect API key provided: xx***yy." },
    401,
    "authentication",
    "Incorrect API key",
  ],
  [
    403,
    { message: "The security token included in the request is invalid." },
    401,
    "authentication",
    "security token",
  ],
  [
    403,
    { Message: "User is not authorized: the API key has been revoked" },
    401,
    "authentication",
    "revoked",
  ],
  [
    401,
    { error: { message: "No auth credentials found", code: 401 } },
    401,
    "authentication",
    "No auth credentials",
  ],
  [401, { detail: "Invalid API Key" }, 401, "authentication", "Invalid API Key"],
  [
    401,
    { code: "InvalidApiKey", message: "Invalid API-key provided.", request_id: "r" },
    401,
    "authentication",
    "Invalid API-key",
  ],
  [401, "Unauthorized", 401, "authentication", "Unauthorized"],
  [403, { error: "access token expired" }, 401, "authentication", "expired"],
  [404, { error: { message: "Unknown API key" } }, 401, "authentication", "Unknown API key"],
  [500, { error: { message: "x", code: "invalid_api_key" } }, 401, "authentication", "x"],
  [
    200,
    { base_resp: { status_code: 2049, status_msg: "invalid api key" } },
    401,
    "authentication",
    "invalid api key",
  ],
  [200, { code: 401, msg: "token invalid", success: false }, 401, "authentication", "token invalid"],
  [
    400,
    { error: { code: "1002", message: "Authorization Token非法，请确认Authorization Token正确传递。" } },
    401,
    "authentication",
    "Authorization",
  ],
  [
    403,
    { error: { message: "API key is disabled", type: "access_terminated_error" } },
    401,
    "authentication",
    "disabled",
  ],
  [
    422,
    { detail: [{ loc: ["header", "authorization"], msg: "Invalid token", type: "value_error" }] },
    401,
    "authentication",
    "Invalid token",
  ],
  // What a good key may not do.
  [
    403,
    { error: { message: "You do not have access to the model gpt-9", code: "model_not_allowed" } },
    403,
    "permission",
    "do not have access",
  ],
  [
    403,
    {
      error: {
        type: "permission_error",
        message: "Your API key does not have permission to use the specified resource.",
      },
    },
    403,
    "permission",
    "permission",
  ],
  [403, { error: { message: "This model is not available in your region" } }, 403, "permission", "region"],
  [403, { errors: [{ message: "not entitled to model x" }] }, 403, "permission", "not entitled"],
  [
    403,
    {
      error: {
        code: "unsupported_country_region_territory",
        message: "Country, region, or territory not supported",
      },
    },
    403,
    "permission",
    "territory",
  ],
  [
    403,
    { error: "key not allowed to access model. This key can only access models=['a']" },
    403,
    "permission",
    "can only access",
  ],
  [
    401,
    { error: { message: "team not allowed to access model", type: "team_model_access_denied" } },
    401,
    "authentication",
    "team not allowed",
  ],
  [
    403,
    { message: "You don't have access to the model with the specified model ID." },
    403,
    "permission",
    "specified model",
  ],
  // Empty accounts.
  [
    402,
    { error: { message: "Insufficient Balance", type: "unknown_error" } },
    402,
    "quota",
    "Insufficient Balance",
  ],
  [402, { detail: { error: { message: "credit limit exceeded" } } }, 402, "quota", "credit limit"],
  [
    429,
    {
      error: {
        message: "You exceeded your current quota, please check your plan and billing details.",
        code: "insufficient_quota",
      },
    },
    429,
    "quota",
    "quota",
  ],
  [
    403,
    { errors: [{ code: "token_quota_reached", message: "Monthly quota reached" }], status_code: 403 },
    429,
    "quota",
    "Monthly quota",
  ],
  [
    400,
    {
      type: "error",
      error: {
        type: "invalid_request_error",
        message: "Your credit balance is too low to access the Anthropic API.",
      },
    },
    400,
    "invalid_request",
    "credit balance",
  ],
  [
    403,
    { code: 30001, message: "Sorry, your account balance is insufficient", data: null },
    429,
    "quota",
    "insufficient",
  ],
  [429, { error: { code: "1113", message: "余额不足或无可用资源包,请充值。" } }, 429, "quota", "余额不足"],
  [
    403,
    {
      error: {
        message: "Key limit exceeded (total limit). Manage it using https://openrouter.ai/settings/keys",
        code: 403,
      },
    },
    429,
    "quota",
    "Key limit exceeded",
  ],
  // Speed.
  [429, { message: "Too many requests" }, 429, "rate_limit", "Too many requests"],
  [
    429,
    { error: { message: "Rate limit reached for x in organization y on requests per min (RPM)" } },
    429,
    "rate_limit",
    "RPM",
  ],
  [
    429,
    {
      error: {
        code: 429,
        message: "Resource has been exhausted (e.g. check quota).",
        status: "RESOURCE_EXHAUSTED",
      },
    },
    429,
    "rate_limit",
    "exhausted",
  ],
  [429, "slow down", 429, "rate_limit", "slow down"],
  [200, { base_resp: { status_code: 1002, status_msg: "rate limit" } }, 429, "rate_limit", "rate limit"],
  // Filters.
  [
    400,
    {
      error: {
        code: "content_filter",
        message: "The response was filtered",
        innererror: { code: "ResponsibleAIPolicyViolation" },
      },
    },
    400,
    "content_filter",
    "filtered",
  ],
  [
    403,
    {
      error: {
        message: 'x requires moderation on Together. Your input was flagged for "violence"',
        code: 403,
      },
    },
    403,
    "content_filter",
    "flagged",
  ],
  [
    400,
    { code: "DataInspectionFailed", message: "Output data may contain inappropriate content." },
    400,
    "content_filter",
    "inappropriate",
  ],
  // What is not there.
  [
    404,
    { error: { message: "The model `nope` does not exist", code: "model_not_found" } },
    404,
    "not_found",
    "nope",
  ],
  [404, { error: "model 'nope' not found" }, 404, "not_found", "nope"],
  [
    404,
    {
      result: null,
      success: false,
      errors: [{ code: 7003, message: "Could not route to /accounts/x" }],
      messages: [],
    },
    404,
    "not_found",
    "Could not route",
  ],
  [404, "404 page not found", 404, "not_found", "page not found"],
  [
    400,
    { detail: { error: "Invalid model name passed in model=nope" } },
    400,
    "invalid_request",
    "Invalid model name",
  ],
  [
    400,
    {
      error: {
        message: { error: "Invalid model name passed in model=nope" },
        type: "None",
        param: "None",
        code: "400",
      },
    },
    400,
    "invalid_request",
    "Invalid model name",
  ],
  // What is full or broken.
  [
    503,
    { detail: { msg: "Server is busy; please try again later.", type: "service_unavailable" } },
    503,
    "overloaded",
    "busy",
  ],
  [
    529,
    { type: "error", error: { type: "overloaded_error", message: "Overloaded" } },
    503,
    "overloaded",
    "Overloaded",
  ],
  [503, { error: "Model x is currently loading", estimated_time: 20 }, 503, "overloaded", "loading"],
  [
    500,
    { type: "error", error: { details: null, type: "api_error", message: "Internal server error" } },
    502,
    "upstream",
    "Internal server error",
  ],
  [
    502,
    {
      error: {
        message: "Provider returned error",
        code: 502,
        metadata: { raw: "upstream connect error", provider_name: "x" },
      },
    },
    502,
    "upstream",
    "upstream connect error",
  ],
  [500, { errors: { model: ["is broken"] } }, 502, "upstream", "is broken"],
  [504, { message: "Endpoint request timed out" }, 504, "timeout", "timed out"],
  [408, { error: { message: "Request timeout" } }, 504, "timeout", "Request timeout"],
  [500, { traceback: "x", exception: "CUDA error" }, 502, "upstream", "CUDA error"],
  [
    520,
    "<html><head><title>520</title></head><body><h1>Web server is returning an unknown error</h1></body></html>",
    502,
    "upstream",
    "unknown error",
  ],
  [200, { code: 500, msg: "404 NOT_FOUND", success: false }, 502, "upstream", "404 NOT_FOUND"],
  // Other shapes.
  [400, { error: [{ message: "one" }, { message: "two" }] }, 400, "invalid_request", "one"],
  [400, { messages: ["No such field"] }, 400, "invalid_request", "No such field"],
  [400, { error: { errors: [{ reason: "bad", message: "Nested" }] } }, 400, "invalid_request", "Nested"],
  [
    400,
    { fault: { faultstring: "Gateway says no", detail: { errorcode: "x" } } },
    400,
    "invalid_request",
    "Gateway says no",
  ],
  [400, { Error: { Message: "AWS style", Code: "ValidationError" } }, 400, "invalid_request", "AWS style"],
  [400, { status: "error", reason: "A reason" }, 400, "invalid_request", "A reason"],
  [
    400,
    { error: { details: [{ "@type": "x", description: "Described" }] } },
    400,
    "invalid_request",
    "Described",
  ],
  [400, { issues: [{ path: ["model"], message: "Zod says no" }] }, 400, "invalid_request", "Zod says no"],
  [
    400,
    { success: false, error: { issues: [{ message: "Required" }], name: "ZodError" } },
    400,
    "invalid_request",
    "Required",
  ],
  [
    400,
    {
      title: "One or more validation errors occurred.",
      errors: { Model: ["The Model field is required."] },
      status: 400,
    },
    400,
    "invalid_request",
    "field is required",
  ],
];

describe.each(PROTOCOLS)("%s", (protocol) => {
  test.each(ERRORS)("%d %j", async (status, body, ours, type, words) => {
    const isText = typeof body === "string";
    const model = provider.play({
      answer: () => (isText ? new Response(body, { status }) : Response.json(body, { status })),
    });
    const chat = await askBy("chat", program, provider, protocol, model);
    expect([chat.status, chat.error?.type]).toEqual([ours, type]);
    expect(chat.error?.message).toContain(words);
    expect(chat.error?.message).not.toMatch(/<[a-z]/);
    const summary = await askBy("summary", program, provider, protocol, model);
    expect([summary.status, summary.error?.type]).toEqual([ours, type]);
  });

  test.each(WAYS.slice(3))("in %s the words are there", async (way) => {
    for (const [status, json, , type, words] of ERRORS.filter((_, i) => i % 5 === 0)) {
      if (typeof json === "string" || type === "context_overflow") continue;
      const told = await askBy(way, program, provider, protocol, provider.play({ status, json }));
      expect(told.status).toBeGreaterThanOrEqual(400);
      expect(told.error?.message).toContain(words);
    }
  });
});
