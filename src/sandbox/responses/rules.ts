import { asObject, isObject, type JsonObject } from "../../core/json.ts";
import { refuse } from "../openai/errors.ts";
import { checkFields, checkNames, type FieldRule, wrongChoice } from "../openai/fields.ts";
import { REASONING_FIELDS, RESPONSES_FIELDS, TEXT_FIELDS } from "../openai/request-fields.ts";
import { checkStreamOptions, jsonBody } from "../openai/rules.ts";
import { readFormat, readToolPolicy } from "../openai/tools.ts";
import { type ParsedRequest, PLAIN_REQUEST, tokensIn } from "../parsed-request.ts";
import type { IncomingRequest } from "../protocol.ts";
import { readInput } from "./input.ts";
import { readTools } from "./tools.ts";

const LEAST_OUTPUT = 16;
const ENCRYPTED = "reasoning.encrypted_content";
const INCLUDABLE = [
  "code_interpreter_call.outputs",
  "computer_call_output.output.image_url",
  "file_search_call.results",
  "message.input_image.image_url",
  "message.output_text.logprobs",
  ENCRYPTED,
  "web_search_call.action.sources",
];

/** Reads `POST /v1/responses` as strictly as OpenAI does. Nothing is stored, so nothing can be referred to. */
export function read(incoming: IncomingRequest): ParsedRequest {
  const body = jsonBody(incoming);
  checkNested(body, "", RESPONSES_FIELDS);
  const model = body["model"];
  if (typeof model !== "string" || model === "") return refuse("you must provide a model parameter");
  checkStored(body);
  checkLimit(body["max_output_tokens"], model);

  const instructions = typeof body["instructions"] === "string" ? body["instructions"] : "";
  const { everything, ...conversation } = readInput(body["input"]);
  const tools = readTools(body["tools"]);
  const toolPolicy = readToolPolicy(body, tools, false);
  const include = readInclude(body["include"]);
  const stream = body["stream"] === true;
  const options = checkStreamOptions(body["stream_options"], stream);
  const limit = body["max_output_tokens"];
  const system = [instructions, conversation.system].filter((text) => text !== "").join("\n");
  const offered = tools.length === 0 ? 0 : JSON.stringify(body["tools"]).length;
  return {
    ...PLAIN_REQUEST,
    ...conversation,
    system,
    model,
    stream,
    tools,
    toolPolicy,
    format: readText(body["text"], instructions + everything),
    reasoning: readReasoning(body, model),
    limit: typeof limit === "number" ? limit : undefined,
    inputTokens: tokensIn(everything.length + instructions.length + offered),
    obfuscate: options["include_obfuscation"] !== false,
    logprobs: include.includes("message.output_text.logprobs"),
    includeEncrypted: include.includes(ENCRYPTED),
    body,
  };
}

/** @throws {RequestRejected} For fields that are unknown or hold something wrong. */
function checkNested(object: JsonObject, path: string, table: Readonly<Record<string, FieldRule>>): void {
  const [unknown] = Object.keys(object).filter((name) => !Object.hasOwn(table, name));
  if (unknown !== undefined) {
    const param = `${path}${unknown}`;
    refuse(`Unknown parameter: '${param}'.`, { code: "unknown_parameter", param });
  }
  checkFields(object, table);
}

function checkStored(body: JsonObject): void {
  const previous = body["previous_response_id"];
  if (typeof previous === "string") {
    refuse(`Previous response with id '${previous}' not found.`, {
      code: "previous_response_not_found",
      param: "previous_response_id",
    });
  }
  for (const param of ["conversation", "prompt"]) {
    if (body[param] === undefined || body[param] === null) continue;
    refuse(`The requested ${param} was not found.`, { status: 404, code: `${param}_not_found`, param });
  }
  if (body["background"] === true)
    refuse("Background mode is not supported with this model.", {
      code: "unsupported_parameter",
      param: "background",
    });
}

/** The model that obeys takes any limit, so that limits can be tried. */
function checkLimit(limit: unknown, model: string): void {
  if (typeof limit !== "number" || limit >= LEAST_OUTPUT || model.endsWith("demo-obedient")) return;
  refuse(
    `Invalid 'max_output_tokens': integer below minimum value. Expected a value >= ${LEAST_OUTPUT}, but got ${limit} ` +
      "instead.",
    { code: "integer_below_min_value", param: "max_output_tokens" },
  );
}

function readInclude(include: unknown): readonly string[] {
  if (!Array.isArray(include)) return [];
  return include.map((value: unknown, index) =>
    typeof value === "string" && INCLUDABLE.includes(value)
      ? value
      : wrongChoice(`include[${index}]`, value, INCLUDABLE),
  );
}

function readText(text: unknown, said: string): ParsedRequest["format"] {
  if (!isObject(text)) return PLAIN_REQUEST.format;
  checkNested(text, "text.", TEXT_FIELDS);
  const format = asObject(text["format"]);
  if (format === undefined) return PLAIN_REQUEST.format;
  checkNames(format, "text.format", new Set(["type", "name", "schema", "strict", "description"]));
  return readFormat(format, format, { param: "text.format", said });
}

function readReasoning(body: JsonObject, model: string): boolean | undefined {
  const reasoning = asObject(body["reasoning"]);
  if (reasoning !== undefined) checkNested(reasoning, "reasoning.", REASONING_FIELDS);
  if (model.includes("demo-reasoning")) {
    for (const param of ["temperature", "top_p"]) {
      if (body[param] === undefined || body[param] === null) continue;
      refuse(`Unsupported parameter: '${param}' is not supported with this model.`, { param });
    }
  }
  const effort = reasoning?.["effort"];
  return typeof effort === "string" ? effort !== "none" : undefined;
}
