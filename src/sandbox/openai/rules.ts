import { isObject, type JsonObject } from "../../core/json.ts";
import { type OfferedTool, type ParsedRequest, PLAIN_REQUEST, tokensIn } from "../parsed-request.ts";
import type { IncomingRequest } from "../protocol.ts";
import { RequestRejected } from "../provider-error.ts";
import { errors, refuse } from "./errors.ts";
import { checkFields, checkNames, wrongType } from "./fields.ts";
import { readMessages } from "./messages.ts";
import { CHAT_FIELDS } from "./request-fields.ts";
import { readFormat, readToolPolicy, readTools } from "./tools.ts";

const STREAM_OPTIONS = new Set(["include_usage", "include_obfuscation"]);

/** @throws {RequestRejected} Where there is no bearer token. */
export function authenticate({ headers }: IncomingRequest): string {
  const [, key] = /^bearer +(\S+)\s*$/i.exec(headers["authorization"] ?? "") ?? [];
  if (key === undefined) throw new RequestRejected(errors.noKey);
  return key;
}

/** Reads `POST /v1/chat/completions` as strictly as OpenAI does. */
export function read(incoming: IncomingRequest): ParsedRequest {
  const body = jsonBody(incoming);
  const unknown = Object.keys(body).filter((name) => !Object.hasOwn(CHAT_FIELDS, name));
  if (unknown.length > 0) {
    refuse(`Unrecognized request argument${unknown.length > 1 ? "s" : ""} supplied: ${unknown.join(", ")}`);
  }
  checkFields(body, CHAT_FIELDS);
  const model = body["model"];
  if (typeof model !== "string" || model === "") return refuse("you must provide a model parameter");

  const { everything, ...conversation } = readMessages(body["messages"], sendsReasoning(model));
  const stop = readStop(body["stop"]);
  const tools = readTools(body);
  const toolPolicy = readToolPolicy(body, tools, true);
  const stream = body["stream"] === true;
  const options = checkStreamOptions(body["stream_options"], stream);
  const format = body["response_format"];
  if (model.includes("demo-reasoning")) checkReasoningModel(body);
  if (model.endsWith("demo-responses-only")) checkResponsesOnly(body, tools);
  const limit = body["max_completion_tokens"] ?? body["max_tokens"];
  const effort = body["reasoning_effort"];
  return {
    ...PLAIN_REQUEST,
    ...conversation,
    model,
    stream,
    stop,
    tools,
    toolPolicy,
    format: isObject(format)
      ? readFormat(format, format["json_schema"], { param: "response_format", said: everything })
      : PLAIN_REQUEST.format,
    reasoning: typeof effort === "string" ? effort !== "none" : undefined,
    limit: typeof limit === "number" ? limit : undefined,
    inputTokens: tokensIn(
      conversation.characters + (tools.length === 0 ? 0 : JSON.stringify(body["tools"]).length),
    ),
    includeUsage: options["include_usage"] === true,
    obfuscate: options["include_obfuscation"] !== false,
    logprobs: body["logprobs"] === true,
    body,
  };
}

/** @throws {RequestRejected} For a body that is no JSON object, or is not called JSON. */
export function jsonBody({ headers, body, isJson }: IncomingRequest): JsonObject {
  const type = headers["content-type"] ?? "";
  if (!/^application\/json\s*(?:;|$)/i.test(type)) throw new RequestRejected(errors.wrongType(type));
  if (!isJson || !isObject(body)) throw new RequestRejected(errors.notJson);
  return body;
}

/** Whether a model hands out reasoning and takes it back, as others than OpenAI do in this protocol. */
function sendsReasoning(model: string): boolean {
  return /demo-(?:obedient|reasoning|redacted)/.test(model);
}

/** The newest models take functions here only without reasoning, and otherwise at `/v1/responses`. */
function checkResponsesOnly({ reasoning_effort: effort }: JsonObject, tools: readonly OfferedTool[]): void {
  if (effort === "none" || !tools.some(({ kind }) => kind === "function")) return;
  refuse(
    "Function tools with reasoning_effort are not supported for this model in /v1/chat/completions. Please use " +
      "/v1/responses instead.",
    { param: "reasoning_effort" },
  );
}

/** Reasoning models know neither the old name of the limit nor sampling (docs/providers.md 1.1). */
function checkReasoningModel(body: JsonObject): void {
  if (typeof body["max_tokens"] === "number") {
    refuse(
      "Unsupported parameter: 'max_tokens' is not supported with this model. Use 'max_completion_tokens' instead.",
      { code: "unsupported_parameter", param: "max_tokens" },
    );
  }
  for (const param of ["temperature", "top_p", "logprobs", "top_logprobs"]) {
    const value = body[param];
    if (value === undefined || value === null) continue;
    refuse(`Unsupported parameter: '${param}' is not supported with this model.`, { param });
  }
  if (body["stop"] !== undefined && body["stop"] !== null) {
    refuse("Unsupported parameter: 'stop' is not supported with this model.", {
      code: "unsupported_parameter",
      param: "stop",
    });
  }
}

function readStop(stop: unknown): readonly string[] {
  if (stop === undefined || stop === null) return [];
  if (typeof stop === "string") return stop === "" ? [] : [stop];
  if (!Array.isArray(stop)) wrongType("stop", "one of a string or array of strings", stop);
  if (stop.length > 4) {
    refuse(
      "Invalid 'stop': array too long. Expected an array with maximum length 4, but got an array with length " +
        `${stop.length} instead.`,
      { code: "array_above_max_length", param: "stop" },
    );
  }
  return stop.map((sequence: unknown, index) =>
    typeof sequence === "string" ? sequence : wrongType(`stop[${index}]`, "a string", sequence),
  );
}

export function checkStreamOptions(options: unknown, stream: boolean): JsonObject {
  if (!isObject(options)) return {};
  if (!stream) {
    refuse("The 'stream_options' parameter is only allowed when 'stream' is enabled.", {
      param: "stream_options",
    });
  }
  checkNames(options, "stream_options", STREAM_OPTIONS);
  for (const [name, value] of Object.entries(options)) {
    if (typeof value !== "boolean") return wrongType(`stream_options.${name}`, "a boolean", value);
  }
  return options;
}
