import { isObject, type JsonObject } from "../../core/json.ts";
import { type ParsedRequest, tokensIn } from "../parsed-request.ts";
import type { IncomingRequest } from "../protocol.ts";
import { RequestRejected } from "../provider-error.ts";
import { checkBlock, checkText } from "./blocks.ts";
import { errors, providerError, refuse } from "./errors.ts";
import {
  checkFraction,
  checkNames,
  optionalInteger,
  requiredObject,
  requiredText,
  wrongTag,
} from "./fields.ts";
import { readMessages } from "./messages.ts";

/** In the newer one sampling no longer exists (docs/providers.md 2.1). */
const VERSIONS = ["2023-01-01", "2023-06-01", "2026-10-21"];
const NO_SAMPLING_SINCE = "2026-10-21";
const SAMPLING = ["temperature", "top_p", "top_k"];

const FIELDS = new Set([
  ...[
    "model",
    "messages",
    "max_tokens",
    "system",
    "metadata",
    "stop_sequences",
    "stream",
    "tools",
    "tool_choice",
  ],
  ...[
    "thinking",
    "service_tier",
    "container",
    "output_config",
    "inference_geo",
    "cache_control",
    ...SAMPLING,
  ],
]);
const NOT_COUNTED = new Set(["max_tokens", "stream", "stop_sequences", "metadata", ...SAMPLING]);
const COUNTED = new Set([...FIELDS].filter((name) => !NOT_COUNTED.has(name)));

const MOST_BYTES = 32 * 1024 * 1024;
const MOST_OUTPUT = 128_000;
const TOOL_NAME = /^[a-zA-Z0-9_-]{1,128}$/;
const TOOL_CHOICES = ["any", "auto", "none", "tool"];
const EFFORTS = ["low", "medium", "high", "xhigh", "max"];

/** @throws {RequestRejected} Unless there is exactly one of `x-api-key` and a bearer token. */
export function authenticate({ headers }: IncomingRequest): string {
  const [, bearer] = /^bearer +(\S+)\s*$/i.exec(headers["authorization"] ?? "") ?? [];
  const key = headers["x-api-key"]?.trim();
  if (bearer !== undefined && key !== undefined) throw new RequestRejected(errors.twoKeys);
  const only = bearer ?? key;
  if (only === undefined || only === "") throw new RequestRejected(errors.noKey);
  return only;
}

/** Reads `POST /v1/messages` as strictly as Anthropic does. */
export function read(incoming: IncomingRequest): ParsedRequest {
  const body = readBody(incoming, FIELDS);
  const common = readCommon(body);
  const limit = readLimit(body, common.model);
  checkSampling(body, incoming.headers["anthropic-version"] ?? "");
  const stream = body["stream"];
  if (stream !== undefined && stream !== null && typeof stream !== "boolean") {
    refuse("stream: Input should be a valid boolean");
  }
  checkThinking(body["thinking"], limit);
  return { ...common, limit, stream: stream === true, includeUsage: true, obfuscate: true };
}

/** Answers `POST /v1/messages/count_tokens`: the same body without what only an answer needs. */
export function countTokens(
  incoming: IncomingRequest,
): Omit<ParsedRequest, "limit" | "stream" | "includeUsage" | "obfuscate"> {
  return readCommon(readBody(incoming, COUNTED));
}

function readBody({ headers, body, bytes, isJson }: IncomingRequest, known: ReadonlySet<string>): JsonObject {
  const version = headers["anthropic-version"];
  if (version === undefined || version === "") return refuse("anthropic-version: header is required");
  if (!VERSIONS.includes(version)) return refuse(`anthropic-version: "${version}" is not a valid version`);
  const type = headers["content-type"] ?? "";
  if (!/^application\/json\s*(?:;|$)/i.test(type))
    return refuse("content-type: Input should be 'application/json'");
  if (bytes > MOST_BYTES) {
    throw new RequestRejected(providerError("Request exceeds the maximum size", 413, "request_too_large"));
  }
  if (!isJson) return refuse("The request body is not valid JSON");
  if (!isObject(body)) return refuse("Input should be an object");
  checkNames(body, "", known);
  return body;
}

function readCommon(body: JsonObject) {
  const model = body["model"];
  if (model === undefined) return refuse("model: Field required");
  if (typeof model !== "string") return refuse("model: Input should be a valid string");
  if (model === "") return refuse("model: String should have at least 1 character");
  const conversation = readMessages(body["messages"]);
  const system = readSystem(body["system"]);
  const tools = readTools(body["tools"]);
  const choice = body["tool_choice"];
  if (isObject(choice) && !TOOL_CHOICES.includes(String(choice["type"]))) {
    wrongTag("tool_choice", choice["type"], TOOL_CHOICES);
  }
  checkStops(body["stop_sequences"]);
  const metadata = body["metadata"];
  if (isObject(metadata)) checkNames(metadata, "metadata", new Set(["user_id"]));
  checkEffort(body["output_config"]);
  const characters =
    conversation.characters + system.length + (tools.length > 0 ? JSON.stringify(body["tools"]).length : 0);
  return { ...conversation, model, system, tool: tools[0], inputTokens: tokensIn(characters) };
}

function readLimit(body: JsonObject, model: string): number {
  if (body["max_tokens"] === undefined) return refuse("max_tokens: Field required");
  const limit = optionalInteger(body, "max_tokens", 1);
  if (limit === undefined) return refuse("max_tokens: Input should be a valid integer");
  if (limit > MOST_OUTPUT) {
    refuse(
      `max_tokens: ${limit} > ${MOST_OUTPUT}, which is the maximum allowed number of output tokens for ${model}`,
    );
  }
  return limit;
}

function checkSampling(body: JsonObject, version: string): void {
  for (const name of SAMPLING) {
    if (version >= NO_SAMPLING_SINCE && body[name] !== undefined)
      refuse(`${name}: Extra inputs are not permitted`);
  }
  checkFraction(body, "temperature");
  checkFraction(body, "top_p");
  optionalInteger(body, "top_k", 0);
}

function readSystem(system: unknown): string {
  if (system === undefined || system === null || system === "") return "";
  if (typeof system === "string") {
    checkText(system, "system");
    return system;
  }
  if (!Array.isArray(system)) return refuse("system: Input should be a valid list");
  return system
    .map((block, index) => checkBlock(block, "system", `system.${index}`, ["text"]).text)
    .join("\n");
}

/** The names of the tools. */
function readTools(tools: unknown): readonly string[] {
  if (tools === undefined || tools === null) return [];
  if (!Array.isArray(tools)) return refuse("tools: Input should be a valid list");
  return tools.map((tool, index) => {
    const place = `tools.${index}`;
    if (!isObject(tool)) return refuse(`${place}: Input should be an object`);
    const type = tool["type"] ?? "custom";
    const builtIn = typeof type === "string" && /_\d{8}$/.test(type);
    if (type !== "custom" && !builtIn)
      return wrongTag(place, type, ["bash_20250124", "custom", "text_editor_20250728"]);
    const name = requiredText(tool, "name", builtIn ? place : `${place}.custom`);
    if (!TOOL_NAME.test(name))
      refuse(`${place}.custom.name: String should match pattern '${TOOL_NAME.source}'`);
    if (!builtIn && requiredObject(tool, "input_schema", `${place}.custom`)["type"] !== "object") {
      refuse(`${place}.custom.input_schema.type: Input should be 'object'`);
    }
    return name;
  });
}

function checkStops(stops: unknown): void {
  if (stops === undefined || stops === null) return;
  if (!Array.isArray(stops)) refuse("stop_sequences: Input should be a valid list");
  for (const [index, stop] of stops.entries()) {
    if (typeof stop !== "string") refuse(`stop_sequences.${index}: Input should be a valid string`);
    if (stop.trim() === "") refuse("stop_sequences: each stop sequence must contain non-whitespace");
  }
}

function checkThinking(thinking: unknown, limit: number): void {
  if (!isObject(thinking)) return;
  const kinds = ["adaptive", "between_tools", "disabled", "enabled"];
  if (!kinds.includes(String(thinking["type"]))) wrongTag("thinking", thinking["type"], kinds);
  if (thinking["type"] !== "enabled") return;
  const budget = optionalInteger(thinking, "budget_tokens", 1024, "thinking.enabled.budget_tokens");
  if (budget === undefined) refuse("thinking.enabled.budget_tokens: Field required");
  if (budget >= limit) refuse("`max_tokens` must be greater than `thinking.budget_tokens`.");
}

function checkEffort(config: unknown): void {
  const effort = isObject(config) ? config["effort"] : undefined;
  if (effort === undefined || effort === null || EFFORTS.includes(String(effort))) return;
  const levels = EFFORTS.toSorted().join(", ");
  refuse(`This model does not support effort level '${String(effort)}'. Supported levels: ${levels}.`);
}
