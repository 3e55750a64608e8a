import { asObject, asText, isObject, type JsonObject, objectsIn, parseJson } from "../core/json.ts";
import { RESULT_MESSAGES } from "./error-signs.ts";

/** Fields for words, the best first; who writes which: docs/providers.md 1.3, 1.4 and 2.6. */
const FIELDS = [
  ...[
    "message",
    "msg",
    "error_message",
    "errorMessage",
    "error_msg",
    "errorMsg",
    "errmsg",
    "errMsg",
    "err_msg",
  ],
  ...["status_msg", "Message", "detail", "details", "error_description", "description", "faultstring"],
  ...["helicone-message", "helicone-error", "reason", "exception", "blockReason", "block_reason", "title"],
  ...RESULT_MESSAGES,
];
/** Fields for an error in the error. */
const WRAPPERS = [
  ...["error", "errors", "fault", "base_resp", "exception", "failure", "err", "data", "result", "response"],
  ...[
    "body",
    "payload",
    "output",
    "resp",
    "promptFeedback",
    "prompt_feedback",
    "header",
    "Response",
    "Error",
  ],
];
const DEEPEST = 5;

/** Fields of which nothing is a sentence for a person. */
const NO_WORDS = /^(?:code|status|type|object|id|.*_?id|param|success|timestamp|path|instance|doc.*|.*url)$/i;

/**
 * The provider's own words in an error of any shape; undefined where there are none.
 * @param json a body or a frame
 */
export function errorMessage(json: unknown): string | undefined {
  // Gemini's compatible endpoint wraps its error in a list.
  const body: unknown = Array.isArray(json) && json.length === 1 ? json[0] : json;
  const words = wordsIn(body, 0) ?? (isObject(body) ? anyWords(body, 0) : undefined);
  // OpenRouter says only "Provider returned error" and keeps the reason in `metadata.raw`.
  const error = asObject(asObject(body)?.["error"]) ?? asObject(body);
  const raw = asText(asObject(error?.["metadata"])?.["raw"]);
  return (words !== undefined && raw !== undefined ? `${words}: ${raw}` : (words ?? raw))?.toWellFormed();
}

function wordsIn(value: unknown, depth: number): string | undefined {
  if (depth > DEEPEST) return undefined;
  if (typeof value === "string") return wordsInText(value, depth);
  if (Array.isArray(value)) return firstOf(value, (one) => complaint(one) ?? wordsIn(one, depth + 1));
  const object = asObject(value);
  if (object === undefined) return undefined;
  const inner = firstOf(WRAPPERS, (name) =>
    typeof object[name] === "string" ? undefined : wordsIn(object[name], depth + 1),
  );
  if (inner !== undefined) return inner;
  // ASP.NET lists what is wrong by the names of the fields, under a title that says nothing.
  const listed = asObject(object["errors"]);
  const byField = listed === undefined ? undefined : anyWords(listed, depth + 1);
  if (byField !== undefined) return byField;
  const own = firstOf(FIELDS, (name) =>
    isBlank(object[name]) ? undefined : wordsIn(object[name], depth + 1),
  );
  // `error` may be the words, or a title of the words beside it: the longer ones say more, and a word alone is a code.
  const error = typeof object["error"] === "string" ? wordsInText(object["error"], depth) : undefined;
  if (own === undefined || error === undefined) return own ?? error ?? wrappedText(object, depth);
  return error.length >= own.length && error.includes(" ") && !STATUS_TEXTS.test(error) ? error : own;
}

/** Titles of statuses, which Spring and others write as `error`. */
const STATUS_TEXTS =
  /^(?:bad request|unauthorized|forbidden|not found|method not allowed|unprocessable \w+|too many requests|internal server error|bad gateway|service unavailable|gateway time-?out|payload too large|content too large|payment required|conflict|not acceptable|unsupported media type)\.?$/i;

function wrappedText(object: JsonObject, depth: number): string | undefined {
  return firstOf(WRAPPERS, (name) =>
    typeof object[name] === "string" ? wordsInText(object[name], depth) : undefined,
  );
}

/** Text, or JSON that was put into a string. */
function wordsInText(text: string, depth: number): string | undefined {
  if (isBlank(text)) return undefined;
  const json = /^\s*[{[]/.test(text) ? parseJson(text) : undefined;
  return (typeof json === "object" && json !== null ? wordsIn(json, depth + 1) : undefined) ?? text;
}

/** Servers written with FastAPI, Mistral's among them, list what is wrong with a request: where, and what. */
function complaint(value: unknown): string | undefined {
  const object = asObject(value);
  const message = asText(object?.["msg"]);
  const steps: readonly unknown[] = Array.isArray(object?.["loc"]) ? object["loc"] : [];
  const place = steps.filter((step) => typeof step === "string" || typeof step === "number").join(".");
  return message === undefined || place === "" ? message : `${place}: ${message}`;
}

/** Words under a name that nobody knows, such as that of the field that they are about. */
function anyWords(object: JsonObject, depth: number): string | undefined {
  if (depth > DEEPEST) return undefined;
  return firstOf(Object.entries(object), ([name, value]) => {
    if (NO_WORDS.test(name)) return undefined;
    const [text] = Array.isArray(value) ? value : [value];
    if (typeof text === "string" && !isBlank(text)) return `${name}: ${text}`;
    for (const inner of isObject(value) ? [value] : objectsIn(value)) {
      const words = anyWords(inner, depth + 1);
      if (words !== undefined) return words;
    }
    return undefined;
  });
}

function isBlank(value: unknown): boolean {
  return typeof value === "string" && value.trim() === "";
}

function firstOf<T>(list: readonly T[], find: (one: T) => string | undefined): string | undefined {
  for (const one of list) {
    const found = find(one);
    if (found !== undefined) return found;
  }
  return undefined;
}
