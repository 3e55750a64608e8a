import { asCount, asObject, asText, isObject, type JsonObject, objectsIn, parseJson } from "../core/json.ts";
import { errorMessage } from "./error-message.ts";

/** What a provider said about an error, gathered from the many shapes in which providers say it. */
export interface ErrorReport {
  /** HTTP status, from the response or, inside a stream, from a numeric code. */
  readonly status?: number | undefined;
  readonly message?: string | undefined;
  /** Every machine-readable word: codes, types, reasons. Lower case, parts joined by `_`. */
  readonly codes: readonly string[];
  readonly param?: string | undefined;
  /** Seconds, from the body (Google's RetryInfo). */
  readonly retryAfter?: number | undefined;
}

/** Fields that hold a code. */
const CODES = [
  ...["code", "type", "status", "error_type", "errorType", "error_code", "errorCode", "err_code", "errcode"],
  ...["reason", "errorcode", "__type", "Code", "exception_type", "blockReason", "block_reason", "state"],
];
const STATUSES = ["status_code", "statusCode", "http_status", "httpStatus", "code", "status", "error_code"];

/** Objects in an error that hold more of it. */
const INNER = [
  ...["error", "errors", "detail", "details", "fault", "exception", "innererror", "inner_error", "base_resp"],
  ...["message", "data", "result", "response", "body", "payload", "output", "resp", "promptFeedback"],
  ...["prompt_feedback", "failure", "err", "header", "Response", "Error"],
];
const DEEPEST = 4;

/** Reads the body of an error response: JSON in any shape, an SSE frame of it, XML, HTML or plain text. */
export function reportFromBody(status: number, body: string): ErrorReport {
  const json = parseJson(body) ?? parseJson(frameIn(body) ?? "");
  if (typeof json === "object" && json !== null) return { ...reportFromJson(json), status };
  const xml = /<(?:Error)?Message>([^<]+)<\/(?:Error)?Message>/.exec(body)?.[1];
  const code = /<Code>([^<]+)<\/Code>/.exec(body)?.[1];
  return {
    status,
    message: xml ?? (typeof json === "string" ? json : body),
    codes: code === undefined ? [] : [codeWord(code)],
  };
}

/** Servers that had begun to stream write their error as an event. */
function frameIn(body: string): string | undefined {
  return /^(?:data|error):[ \t]*([{["].*)$/m.exec(body)?.[1];
}

/** Reads an error out of parsed JSON: a whole error body, or a frame of a stream that announces one. */
export function reportFromJson(json: unknown): ErrorReport {
  const objects = objectsOf(json, 0);
  const named = (names: readonly string[]) => objects.flatMap((object) => names.map((name) => object[name]));
  return {
    status: statusIn(named(STATUSES)),
    message: errorMessage(json),
    codes: [...codesIn(objects, named(CODES))],
    param: asText(asObject(objects[1])?.["param"]) ?? asText(objects[0]?.["param"]),
    retryAfter: retryInfo(objects),
  };
}

/** The outermost object first, then what is in it; the first of a list, where Gemini and Cloudflare wrap theirs in one. */
function objectsOf(value: unknown, depth: number): JsonObject[] {
  if (depth > DEEPEST) return [];
  if (typeof value === "string") return /^\s*[{[]/.test(value) ? objectsOf(parseJson(value), depth + 1) : [];
  if (Array.isArray(value))
    return value.slice(0, 8).flatMap((one) => (isObject(one) ? objectsOf(one, depth) : []));
  const object = asObject(value);
  return object === undefined ? [] : [object, ...INNER.flatMap((name) => objectsOf(object[name], depth + 1))];
}

function* codesIn(objects: readonly JsonObject[], fields: readonly unknown[]): Generator<string> {
  for (const field of fields) if (typeof field === "string") yield codeWord(field);
  for (const object of objects) {
    // MiniMax numbers its errors by itself.
    const own = asCount(object["status_code"]);
    if (own !== undefined && object["status_msg"] !== undefined) yield `minimax_${own}`;
    if (typeof object["error"] === "string" && !object["error"].includes(" "))
      yield codeWord(object["error"]);
    // AWS names what went wrong by the field that it stands in.
    for (const name of Object.keys(object)) if (/.exception$/i.test(name)) yield codeWord(name);
  }
}

/** `InvalidApiKey`, `invalid-api-key` and `INVALID_API_KEY` are one word. */
function codeWord(code: string): string {
  return code
    .replaceAll(/([a-z])([A-Z])/g, "$1_$2")
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, "_");
}

/** Numbers at OpenRouter and Perplexity, numeric strings at Azure. */
function statusIn(candidates: readonly unknown[]): number | undefined {
  for (const candidate of candidates) {
    const status =
      typeof candidate === "string" && /^\d{3}$/.test(candidate) ? Number(candidate) : asCount(candidate);
    if (status !== undefined && status >= 400 && status <= 599) return status;
  }
  return undefined;
}

/** @see https://github.com/googleapis/googleapis/blob/master/google/rpc/error_details.proto RetryInfo */
function retryInfo(objects: readonly JsonObject[]): number | undefined {
  for (const detail of objects.flatMap((object) => [object, ...objectsIn(object["details"])])) {
    const delay = asText(detail["retryDelay"]);
    if (delay !== undefined && /^\d+(\.\d+)?s$/.test(delay)) return Number(delay.slice(0, -1));
  }
  return undefined;
}
