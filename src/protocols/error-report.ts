import { asCount, asObject, asText, type JsonObject, objectsIn, parseJson } from "../core/json.ts";

/** What a provider said about an error, gathered from the many shapes in which providers say it. */
export interface ErrorReport {
  /** HTTP status, from the response or, inside a stream, from a numeric code. */
  readonly status?: number | undefined;
  readonly message?: string | undefined;
  /** Every machine-readable word: codes, types, reasons. Lower case. */
  readonly codes: readonly string[];
  readonly param?: string | undefined;
  /** Seconds, from the body (Google's RetryInfo). */
  readonly retryAfter?: number | undefined;
}

/** Reads the body of an error response: JSON in any known shape, HTML or plain text. */
export function reportFromBody(status: number, body: string): ErrorReport {
  const json = parseJson(body);
  if (json === undefined || typeof json !== "object") return { status, message: body, codes: [] };
  return { ...reportFromJson(json), status };
}

/**
 * Whether JSON that came in place of an answer, or as a frame of one, tells of an error. Most wrap it in `error`;
 * vLLM and Mistral have sent it flat, Together, Bedrock and proxies as a bare message.
 */
export function tellsOfError(json: JsonObject): boolean {
  if (json["error"] || json["object"] === "error" || json["type"] === "error") return true;
  if (json["choices"] !== undefined || json["content"] !== undefined) return false;
  const isUntyped = json["type"] === undefined && json["object"] === undefined;
  return (isUntyped || json["code"] !== undefined) && messageIn(json, json) !== undefined;
}

/** Reads an error out of parsed JSON: a whole error body, or a frame of a stream that holds an `error`. */
export function reportFromJson(json: unknown): ErrorReport {
  // Gemini's compatible endpoint wraps its error in a list.
  const body = asObject(Array.isArray(json) ? json[0] : json) ?? {};
  const error = asObject(body["error"]) ?? body;
  const details = objectsIn(error["details"]);
  const codes = [
    error["code"],
    error["type"],
    error["status"],
    error["error_type"],
    body["code"],
    body["type"],
    body["error_type"],
    asObject(error["innererror"])?.["code"],
    asObject(error["details"])?.["error_code"],
    asObject(asObject(body["fault"])?.["detail"])?.["errorcode"],
    ...details.map((detail) => detail["reason"]),
  ];
  return {
    status: statusIn([
      error["status_code"],
      error["code"],
      error["status"],
      body["status_code"],
      body["code"],
      body["status"],
    ]),
    message: messageIn(body, error),
    codes: codes.filter((code) => typeof code === "string").map((code) => code.toLowerCase()),
    param: asText(error["param"]),
    retryAfter: retryInfo(details),
  };
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

function messageIn(body: JsonObject, error: JsonObject): string | undefined {
  const message =
    asText(error["message"]) ??
    asText(body["error"]) ??
    asText(body["message"]) ??
    // Bedrock writes some of its errors with a capital letter.
    asText(body["Message"]) ??
    asText(body["detail"]) ??
    asText(asObject(body["fault"])?.["faultstring"]) ??
    asText(body["helicone-message"]) ??
    asText(body["helicone-error"]) ??
    complaintIn(body["detail"]) ??
    complaintIn(error["message"]);
  // OpenRouter says only "Provider returned error" and keeps the reason in `metadata.raw`.
  const raw = asText(asObject(error["metadata"])?.["raw"]);
  return message !== undefined && raw !== undefined ? `${message}: ${raw}` : (message ?? raw);
}

/** Servers written with FastAPI, Mistral's among them, list what is wrong with a request: where, and what. */
function complaintIn(list: unknown): string | undefined {
  const complaint = objectsIn(asObject(list)?.["detail"] ?? list)[0];
  const message = asText(complaint?.["msg"]);
  const steps: readonly unknown[] = Array.isArray(complaint?.["loc"]) ? complaint["loc"] : [];
  const place = steps.filter((step) => typeof step === "string" || typeof step === "number").join(".");
  return message === undefined || place === "" ? message : `${place}: ${message}`;
}

/** @see https://github.com/googleapis/googleapis/blob/master/google/rpc/error_details.proto RetryInfo */
function retryInfo(details: readonly JsonObject[]): number | undefined {
  for (const detail of details) {
    const delay = asText(detail["retryDelay"]);
    if (delay !== undefined && /^\d+(\.\d+)?s$/.test(delay)) return Number(delay.slice(0, -1));
  }
  return undefined;
}
