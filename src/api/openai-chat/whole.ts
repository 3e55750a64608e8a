import { asObject, isObject, type JsonObject, objectsIn, parseJson } from "../../core/json.ts";
import { isComplete } from "../call-ledger.ts";
import type { WholeAnswer } from "../dialect.ts";
import { hasLoneSurrogates } from "../lone-surrogates.ts";
import { isCarried } from "../reasoning-parts.ts";
import { isValidUsage } from "../valid-usage.ts";
import { type ChatContext, completionId, completionUsage, finishReason } from "./chunk.ts";
import { isKnownFinish } from "./pass-through.ts";
import { reasoningDetails } from "./reasoning-details.ts";

/** An answer as one `chat.completion`. @see https://platform.openai.com/docs/api-reference/chat/object */
export function wholeCompletion(answer: WholeAnswer, context: ChatContext): JsonObject {
  const passed = answer.raw === undefined ? undefined : conforming(answer.raw);
  if (passed !== undefined) return context.renamed ? { ...passed, model: context.model() } : passed;
  const { end, toolCalls } = answer;
  return {
    id: completionId(context),
    object: "chat.completion",
    created: context.created,
    model: context.model(),
    choices: [
      {
        index: 0,
        message: messageOf(answer),
        logprobs: null,
        finish_reason: finishReason(end, toolCalls.length > 0),
      },
    ],
    ...(end.usage === undefined ? {} : { usage: completionUsage(end.usage) }),
    system_fingerprint: null,
  };
}

function messageOf({ parts, toolCalls }: WholeAnswer): JsonObject {
  let content = "";
  let refusal = "";
  for (const part of parts) {
    if (part.type === "text") content += part.text;
    else if (part.type === "refusal") refusal += part.refusal;
  }
  const reasoning = parts.filter((part) => part.type === "reasoning");
  const thought = reasoning.map(({ text }) => text).join("");
  const details = reasoningDetails(reasoning.filter(isCarried));
  return {
    role: "assistant",
    content: content === "" && (toolCalls.length > 0 || refusal !== "") ? null : content,
    refusal: refusal === "" ? null : refusal,
    annotations: [],
    ...(toolCalls.length === 0 ? {} : { tool_calls: toolCalls }),
    ...(thought === "" ? {} : { reasoning_content: thought }),
    ...(details.length === 0 ? {} : { reasoning_details: details }),
  };
}

/** The provider's own answer, where it is one that the SDKs take. */
function conforming(raw: string): JsonObject | undefined {
  const json = parseJson(raw);
  if (!isObject(json) || hasLoneSurrogates(raw)) return undefined;
  const choices = objectsIn(json["choices"]);
  const conforms = choices.every(
    (choice) => asObject(choice["message"]) !== undefined && isKnownFinish(choice["finish_reason"]),
  );
  if (choices.length === 0 || !conforms || !isValidUsage(json["usage"])) return undefined;
  return raw.includes('"tool_calls"') ? { ...json, choices: choices.map(mendCalls) } : json;
}

/** Words for an end that may have cut a call. */
const CUTS: ReadonlySet<unknown> = new Set(["length", "content_filter"]);

/**
 * A call without arguments has `{}`: providers refuse an empty text in the next turn. Of an answer that was cut only those
 * calls are left that are complete: half a call must never look callable.
 */
function mendCalls(choice: JsonObject): JsonObject {
  const message = asObject(choice["message"]);
  if (!Array.isArray(message?.["tool_calls"])) return choice;
  const { tool_calls: calls, ...rest } = message;
  if (!CUTS.has(choice["finish_reason"]))
    return { ...choice, message: { ...message, tool_calls: objectsIn(calls).map(withArguments) } };
  const whole = objectsIn(calls).filter((call) => isComplete(argumentsOf(call) ?? ""));
  return { ...choice, message: whole.length === 0 ? rest : { ...rest, tool_calls: whole } };
}

function withArguments(call: JsonObject): JsonObject {
  return argumentsOf(call)?.trim() === ""
    ? { ...call, function: { ...asObject(call["function"]), arguments: "{}" } }
    : call;
}

function argumentsOf(call: JsonObject): string | undefined {
  const text = asObject(call["function"])?.["arguments"];
  return typeof text === "string" ? text : undefined;
}
