import { isObject, type JsonObject } from "../../core/json.ts";
import { type ParsedRequest, tokensIn } from "../parsed-request.ts";
import type { IncomingRequest } from "../protocol.ts";
import { RequestRejected } from "../provider-error.ts";
import { errors, refuse } from "./errors.ts";
import { checkFields, checkNames, missing, wrongChoice, wrongType } from "./fields.ts";
import { readMessages } from "./messages.ts";

const STREAM_OPTIONS = new Set(["include_usage", "include_obfuscation"]);
const TOOL_NAME = /^[a-zA-Z0-9_-]{1,64}$/;
const FORMATS = ["text", "json_object", "json_schema"];

/** @throws {RequestRejected} Where there is no bearer token. */
export function authenticate({ headers }: IncomingRequest): string {
  const [, key] = /^bearer +(\S+)\s*$/i.exec(headers["authorization"] ?? "") ?? [];
  if (key === undefined) throw new RequestRejected(errors.noKey);
  return key;
}

/** Reads `POST /v1/chat/completions` as strictly as OpenAI does. */
export function read(incoming: IncomingRequest): ParsedRequest {
  const type = incoming.headers["content-type"] ?? "";
  if (!/^application\/json\s*(?:;|$)/i.test(type)) throw new RequestRejected(errors.wrongType(type));
  const { body } = incoming;
  if (!incoming.isJson || !isObject(body)) throw new RequestRejected(errors.notJson);
  checkFields(body);
  const model = body["model"];
  if (typeof model !== "string" || model === "") return refuse("you must provide a model parameter");

  const conversation = readMessages(body["messages"]);
  checkStop(body["stop"]);
  const tool = checkTools(body);
  const stream = body["stream"] === true;
  const options = checkStreamOptions(body["stream_options"], stream);
  const format = body["response_format"];
  if (isObject(format) && !FORMATS.includes(String(format["type"]))) {
    wrongChoice("response_format.type", format["type"], FORMATS);
  }
  if (model.endsWith("demo-reasoning")) checkReasoningModel(body);
  const limit = body["max_completion_tokens"] ?? body["max_tokens"];
  return {
    ...conversation,
    model,
    stream,
    tool,
    limit: typeof limit === "number" ? limit : undefined,
    inputTokens: tokensIn(
      conversation.characters + (tool === undefined ? 0 : JSON.stringify(body["tools"]).length),
    ),
    includeUsage: options["include_usage"] === true,
    obfuscate: options["include_obfuscation"] !== false,
    merged: 0,
  };
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

function checkStop(stop: unknown): void {
  if (stop === undefined || stop === null || typeof stop === "string") return;
  if (!Array.isArray(stop)) wrongType("stop", "one of a string or array of strings", stop);
  if (stop.length > 4) {
    refuse(
      "Invalid 'stop': array too long. Expected an array with maximum length 4, but got an array with length " +
        `${stop.length} instead.`,
      { code: "array_above_max_length", param: "stop" },
    );
  }
  for (const [index, sequence] of stop.entries()) {
    if (typeof sequence !== "string") wrongType(`stop[${index}]`, "a string", sequence);
  }
}

function checkStreamOptions(options: unknown, stream: boolean): JsonObject {
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

/** The name of the first tool. */
function checkTools(body: JsonObject): string | undefined {
  const tools = Array.isArray(body["tools"]) ? body["tools"] : [];
  for (const param of ["tool_choice", "parallel_tool_calls"]) {
    if (tools.length === 0 && body[param] !== undefined && body[param] !== null) {
      refuse(`Invalid value for '${param}': '${param}' is only allowed when 'tools' are specified.`, {
        param,
      });
    }
  }
  const names = tools.map((tool, index) => toolName(tool, `tools[${index}]`));
  return names[0];
}

function toolName(tool: unknown, place: string): string {
  if (!isObject(tool)) return wrongType(place, "an object", tool);
  const type = tool["type"];
  if (type === undefined) return missing(`${place}.type`);
  if (type !== "function" && type !== "custom")
    return wrongChoice(`${place}.type`, type, ["function", "custom"]);
  const described = tool[type];
  if (!isObject(described)) return missing(`${place}.${type}`);
  const name = described["name"];
  if (typeof name !== "string") return missing(`${place}.${type}.name`);
  if (!TOOL_NAME.test(name)) {
    refuse(
      `Invalid '${place}.${type}.name': string does not match pattern. Expected a string that matches the pattern ` +
        "'^[a-zA-Z0-9_-]+$'.",
      { code: "invalid_value", param: `${place}.${type}.name` },
    );
  }
  return name;
}
