import { asObject, isObject, type JsonObject } from "../../core/json.ts";
import { type ParsedRequest, PLAIN_REQUEST, tokensIn } from "../parsed-request.ts";
import type { IncomingRequest } from "../protocol.ts";
import { RequestRejected } from "../provider-error.ts";
import { checkBlock, checkText } from "./blocks.ts";
import { errors, providerError, refuse } from "./errors.ts";
import { checkFraction, checkNames, optionalInteger } from "./fields.ts";
import { readMessages } from "./messages.ts";
import { checkThinking } from "./thinking.ts";
import { readFormat, readToolPolicy, readTools } from "./tools.ts";

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
/** Taken with any `anthropic-beta` header, else unknown. */
const BETA_FIELDS = ["context_management", "mcp_servers", "output_format", "speed", "diagnostics"];
const NOT_COUNTED = new Set(["max_tokens", "stream", "stop_sequences", "metadata", ...SAMPLING]);
const COUNTED = new Set([...FIELDS].filter((name) => !NOT_COUNTED.has(name)));

const MOST_BYTES = 32 * 1024 * 1024;
const MOST_OUTPUT = 128_000;
const MOST_CACHE_MARKS = 4;
const LONGEST_USER_ID = 256;
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
  const reasoning = checkThinking(body, limit);
  return { ...common, reasoning, limit, stream: stream === true };
}

/** Answers `POST /v1/messages/count_tokens`: the same body without what only an answer needs. */
export function countTokens(incoming: IncomingRequest): Omit<ParsedRequest, "limit" | "stream"> {
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
  checkNames(body, "", headers["anthropic-beta"] === undefined ? known : new Set([...known, ...BETA_FIELDS]));
  return body;
}

function readCommon(body: JsonObject): Omit<ParsedRequest, "limit" | "stream"> {
  const model = body["model"];
  if (model === undefined) return refuse("model: Field required");
  if (typeof model !== "string") return refuse("model: Input should be a valid string");
  if (model === "") return refuse("model: String should have at least 1 character");
  const { usesTools, ...conversation } = readMessages(body["messages"], takesPrefill(model));
  const system = [readSystem(body["system"]), conversation.system].filter((text) => text !== "").join("\n");
  const tools = readTools(body["tools"]);
  const offered = body["tools"];
  const toolsGiven = Array.isArray(offered) && offered.length > 0;
  if (usesTools && !toolsGiven)
    refuse("Requests which have `tool_use` or `tool_result` blocks in their messages must define tools.");
  const toolPolicy = readToolPolicy(body["tool_choice"], body["tools"]);
  const stop = readStops(body["stop_sequences"]);
  checkMetadata(body["metadata"]);
  checkEffort(body["output_config"]);
  checkCacheMarks(body);
  const characters =
    conversation.characters + system.length + (toolsGiven ? JSON.stringify(offered).length : 0);
  return {
    ...PLAIN_REQUEST,
    ...conversation,
    model,
    system,
    tools,
    toolPolicy,
    stop,
    format: readFormat(body),
    inputTokens: tokensIn(characters),
    body,
  };
}

/** The newest models go on with no message of their own; this one stands for those before. */
function takesPrefill(model: string): boolean {
  return model.endsWith("demo-obedient");
}

function checkMetadata(metadata: unknown): void {
  if (!isObject(metadata)) return;
  checkNames(metadata, "metadata", new Set(["user_id"]));
  const user = metadata["user_id"];
  if (typeof user === "string" && user.length > LONGEST_USER_ID)
    refuse(`metadata.user_id: String should have at most ${LONGEST_USER_ID} characters`);
}

/** Marks are counted wherever they stand; those of the whole request count too. */
function checkCacheMarks(body: JsonObject): void {
  const found = countMarks([body["system"], body["tools"], body["messages"]]);
  if (found <= MOST_CACHE_MARKS) return;
  refuse(`A maximum of ${MOST_CACHE_MARKS} blocks with cache_control may be provided. Found ${found}.`);
}

function countMarks(value: unknown): number {
  if (Array.isArray(value)) return value.reduce((sum: number, item) => sum + countMarks(item), 0);
  if (!isObject(value)) return 0;
  return (isObject(value["cache_control"]) ? 1 : 0) + countMarks(value["content"]);
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

function readStops(stops: unknown): readonly string[] {
  if (stops === undefined || stops === null) return [];
  if (!Array.isArray(stops)) return refuse("stop_sequences: Input should be a valid list");
  return stops.map((stop: unknown, index) => {
    if (typeof stop !== "string") return refuse(`stop_sequences.${index}: Input should be a valid string`);
    if (stop.trim() === "") return refuse("stop_sequences: each stop sequence must contain non-whitespace");
    return stop;
  });
}

function checkEffort(config: unknown): void {
  if (isObject(config)) checkNames(config, "output_config", new Set(["effort", "format", "task_budget"]));
  const effort = asObject(config)?.["effort"];
  if (effort === undefined || effort === null || EFFORTS.includes(String(effort))) return;
  const levels = EFFORTS.toSorted().join(", ");
  refuse(`This model does not support effort level '${String(effort)}'. Supported levels: ${levels}.`);
}
