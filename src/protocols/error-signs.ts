import { asObject, type JsonObject } from "../core/json.ts";

/** By which a field of an error says that there is none, or a field of words that work goes on. */
const ALL_IS_WELL =
  /^(?:0+|2\d\d|20000|ok(?:ay)?|success(?:ful(?:ly)?)?|succeeded?|done|completed?|finished|normal|none|null|nil|undefined|false|no|no[ _-]?errors?|processing|queued|pending|in[ _-]progress|running|started|created|alive|keep-?alive|ping|pong|heart-?beat)?[.!]?$/i;

/** Fields that are there to tell of an error, without `_` and capitals; who writes which: docs/providers.md 1.4. */
const ERROR_FIELDS: ReadonlySet<string> = new Set([
  // OpenAI; Cloudflare; vLLM and TGI; Baidu; AWS; one-api; WeChat's and Tencent's style; Java; Go
  ...["error", "errors", "errortype", "errorcode", "errormessage", "errormsg", "errcode", "errmsg"],
  ...["err", "exception", "exceptionmessage", "exceptiontype", "fault", "failure", "errorreason"],
  ...["errordetail", "errordetails", "lasterror", "failurereason", "modelstreamerror"],
]);

/** Fields of every chunk, which need no look. */
const ORDINARY_FIELDS: ReadonlySet<string> = new Set([
  ...["id", "created", "model", "choices", "usage", "system_fingerprint", "service_tier", "obfuscation"],
  ...["index", "delta", "content_block", "provider"],
]);

/** `type`, `object` and `event` of a frame that is an error: OpenAI, vLLM, Responses, AWS. */
const ERROR_TYPE = /(?:^|[._-]|[a-z](?=E))(?:error|exception|failed|failure)$/i;
/** `status` and `state` of one. */
const ERROR_STATE =
  /^(?:errors?|err|errored|fail(?:ed|ure)?|cancell?ed|aborted|rejected|expired|time(?:d[ _]?)?out|unavailable|incomplete)$/i;

/** Events of Anthropic's protocol, and whole answers: words in them are the model's. */
const ANSWER_TYPES: ReadonlySet<unknown> = new Set([
  ...["message_start", "message_delta", "message_stop", "message", "completion", "ping"],
  ...["content_block_start", "content_block_delta", "content_block_stop"],
]);

/** Codes that come with good answers too, and their words: Spark, Tencent, Java. */
const RESULT_CODES = [
  "code",
  "retcode",
  "ret_code",
  "resultCode",
  "result_code",
  "returnCode",
  "retCode",
  "Code",
];
export const RESULT_MESSAGES = [
  "retmsg",
  "ret_msg",
  "retMsg",
  "resultMessage",
  "resultMsg",
  "result_msg",
  "Msg",
];

const MESSAGE_FIELDS = [
  "message",
  "msg",
  "Message",
  "detail",
  "details",
  "description",
  "title",
  "status_msg",
  ...RESULT_MESSAGES,
];
const ENVELOPES = ["data", "result", "response", "Response", "header", "body", "payload", "output", "resp"];

/**
 * Whether JSON that came in place of an answer, or as a frame of one, announces a failure. Errs towards "no" for a field
 * that it does not know, since frames are full of them; a stream that breaks off after such a frame is a cut one anyway.
 */
export function announcesFailure(json: JsonObject, depth = 0): boolean {
  if (isOrdinaryChunk(json)) return false;
  if (hasErrorField(json) || hasErrorState(json)) return true;
  if (isAnswer(json)) return false;
  if (saysSoInWords(json)) return true;
  // Wrapped in a success.
  if (depth > 2) return false;
  return ENVELOPES.some((name) => {
    const inner = asObject(json[name]);
    return inner !== undefined && announcesFailure(inner, depth + 1);
  });
}

/** Nearly every frame: a chunk with a choice and nothing that could tell of an error. */
function isOrdinaryChunk(json: JsonObject): boolean {
  if (json["object"] !== "chat.completion.chunk" && !ANSWER_TYPES.has(json["type"])) return false;
  for (const name in json)
    if (!ORDINARY_FIELDS.has(name) && name !== "object" && name !== "type") return false;
  return isAnswer(json);
}

function hasErrorField(json: JsonObject): boolean {
  for (const [name, value] of Object.entries(json)) {
    if (ORDINARY_FIELDS.has(name) || value === null || value === undefined) continue;
    const plain = name.toLowerCase().replaceAll(/[_-]/g, "");
    if ((ERROR_FIELDS.has(plain) || plain.endsWith("exception")) && saysFailure(value)) return true;
  }
  return false;
}

/** Whether the value of a field for errors tells of one: `false`, 0, "", "ok" and their kin do not. */
export function saysFailure(value: unknown): boolean {
  if (value === null || value === undefined) return false;
  if (typeof value === "boolean") return value;
  if (typeof value === "number" || typeof value === "string") return !ALL_IS_WELL.test(String(value).trim());
  const held = Object.values(value);
  return held.some((one) => (typeof one === "boolean" ? false : saysFailure(one)));
}

function hasErrorState(json: JsonObject): boolean {
  if (json["success"] === false || json["ok"] === false) return true;
  const status = json["status"];
  if (typeof status === "string" && ERROR_STATE.test(status.trim())) return true;
  const state = json["state"];
  if (typeof state === "string" && ERROR_STATE.test(state.trim())) return true;
  const codes = [status, json["status_code"], json["statusCode"], json["http_status"], json["httpStatus"]];
  if (codes.some((code) => Number(code) >= 400 && Number(code) < 600)) return true;
  // MiniMax reports on every frame.
  const base = asObject(json["base_resp"]);
  if (base !== undefined && saysFailure(base["status_code"])) return true;
  const feedback = asObject(json["promptFeedback"] ?? json["prompt_feedback"]);
  if (saysFailure(feedback?.["blockReason"] ?? feedback?.["block_reason"])) return true;
  return ["type", "object", "event"].some((name) => isErrorType(json[name]));
}

/** A tool of the provider's own that failed (`response.mcp_call.failed`) is the model's business. */
function isErrorType(type: unknown): boolean {
  return typeof type === "string" && ERROR_TYPE.test(type) && !/^response\..+\./.test(type);
}

function isAnswer(json: JsonObject): boolean {
  const { choices, content } = json;
  if (ANSWER_TYPES.has(json["type"])) return true;
  if (Array.isArray(choices) ? choices.length > 0 : typeof choices === "object" && choices !== null)
    return true;
  return (content !== undefined && content !== null) || (json["usage"] ?? null) !== null;
}

/** A code that is none of success, with words or as an HTTP status; or words alone, in a frame that says of itself nothing else. */
function saysSoInWords(json: JsonObject): boolean {
  const code = RESULT_CODES.map((name) => json[name]).find((value) => value !== undefined);
  const words = MESSAGE_FIELDS.some((name) => isWords(json[name]));
  if (code !== undefined && code !== null && code !== "") {
    if (!saysFailure(code)) return false;
    return words || (Number(code) >= 400 && Number(code) < 600);
  }
  if (!words || json["success"] === true || json["ok"] === true) return false;
  if (Array.isArray(json["choices"])) return false;
  return json["choices"] === null || (json["type"] === undefined && json["object"] === undefined);
}

function isWords(value: unknown): boolean {
  if (typeof value === "string") return !ALL_IS_WELL.test(value.trim());
  if (Array.isArray(value)) return value.some((one) => isWords(one) || asObject(one) !== undefined);
  // Anthropic's and Ollama's `message` is an answer.
  const held = asObject(value);
  return (
    held !== undefined &&
    held["role"] === undefined &&
    ["msg", "message", "error"].some((name) => isWords(held[name]))
  );
}
