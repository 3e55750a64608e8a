import type { ChatEvent, Usage } from "../../core/event.ts";
import type { Failure } from "../../core/failure.ts";
import {
  asCount,
  asObject,
  asText,
  isObject,
  type JsonObject,
  objectsIn,
  parseJson,
} from "../../core/json.ts";
import type { ChatRequest } from "../../core/message.ts";
import type { SseMessage } from "../../sse/decode.ts";
import { AnswerEvents } from "../answer-events.ts";
import { brokenFrame, cutShort } from "../broken-answer.ts";
import { classify } from "../classify.ts";
import { DeltaTemplate } from "../delta-template.ts";
import { reportFromJson } from "../error-report.ts";
import { announcesFailure, saysFailure } from "../error-signs.ts";
import { brokenOff, finishMeaning } from "../finish-reasons.ts";
import { isHeartbeat } from "../heartbeat.ts";
import type { Decoder } from "../protocol.ts";
import { OPENAI_NAME_LENGTH, originalToolNames } from "../tool-names.ts";
import { ItemReader, placeOf, type TextKind } from "./item-reader.ts";

const DONE = "[DONE]";

/** Events that hold the whole response and are the last. `response.done` is what OpenAI's realtime API calls it. */
const LAST_EVENTS = new Map([
  ["response.completed", "completed"],
  ["response.incomplete", "incomplete"],
  ["response.failed", "failed"],
  ["response.cancelled", "cancelled"],
  ["response.done", "completed"],
]);

const DELTAS = new Map<string, TextKind>([
  ["response.output_text.delta", "text"],
  ["response.refusal.delta", "refusal"],
  ["response.reasoning_summary_text.delta", "summary"],
  ["response.reasoning_text.delta", "reasoning"],
]);

/** Events that repeat a text that is complete, and the field that holds it. */
const WHOLE_TEXTS = new Map<string, readonly [TextKind, field: string]>([
  ["response.output_text.done", ["text", "text"]],
  ["response.refusal.done", ["refusal", "refusal"]],
  ["response.reasoning_summary_text.done", ["summary", "text"]],
  ["response.reasoning_text.done", ["reasoning", "text"]],
]);

const LESSER_STATUSES: ReadonlySet<string> = new Set(["incomplete", "failed", "cancelled"]);

/** Why a response may be `incomplete`. For any other reason it was broken off. */
const INCOMPLETE: ReadonlySet<string> = new Set(["length", "content_filter", "refusal"]);

/** Reads the named events of OpenAI's Responses (docs/providers.md 5.1). Only an event that holds a final response finishes it. */
export class OpenAIResponsesDecoder implements Decoder {
  readonly #answer: AnswerEvents;
  readonly #items: ItemReader;
  readonly #template = new DeltaTemplate("delta", textDeltaOf);
  /** Where the text goes that the template finds. */
  #place: readonly [index: number, part: number] = [0, 0];
  #responseId: string | undefined;
  #usage: Usage | undefined;
  model: string | undefined;

  /** @param chat the request, for the names of its tools */
  constructor(chat?: ChatRequest) {
    this.#answer = new AnswerEvents(originalToolNames(chat, OPENAI_NAME_LENGTH));
    this.#items = new ItemReader(this.#answer);
  }

  get finished(): boolean {
    return this.#answer.over;
  }

  message(message: SseMessage, out: ChatEvent[]): void {
    if (this.#answer.over) return;
    const text =
      message.event === "error" ? undefined : this.#template.match(withoutSequenceNumber(message.data));
    if (text === undefined) return this.#plainMessage(message, out);
    this.#items.delta("text", ...this.#place, text, out, true);
  }

  #plainMessage(message: SseMessage, out: ChatEvent[]): void {
    const data = message.data.trim();
    // OpenRouter closes its streams as in chat completions.
    if (data === DONE || isHeartbeat(data)) return;
    const json = parseJson(data);
    if (message.event === "error") return this.fail(classify(reportFromJson(json ?? { message: data })), out);
    if (json === undefined) {
      if (message.unterminated !== true) this.fail(brokenFrame(), out);
    } else if (isObject(json)) {
      this.#event(asText(json["type"]) ?? message.event ?? "", json, out);
      if (json["type"] === "response.output_text.delta") this.#learn(data, json);
    }
  }

  end(out: ChatEvent[]): void {
    this.fail(cutShort(), out);
  }

  fail(failure: Failure, out: ChatEvent[]): void {
    this.#answer.fail(failure, this.#usage, out);
  }

  /** Reads a response that came whole, as JSON. */
  whole(response: JsonObject, out: ChatEvent[]): void {
    this.#last(asText(response["status"]) ?? "completed", { response }, out);
  }

  #learn(data: string, json: JsonObject): void {
    const text = asText(json["delta"]);
    if (text === undefined) return;
    this.#place = placeOf(json);
    this.#template.learn(withoutSequenceNumber(data), text);
  }

  #event(type: string, json: JsonObject, out: ChatEvent[]): void {
    const last = LAST_EVENTS.get(type);
    if (last !== undefined) {
      const status = asText(asObject(json["response"])?.["status"]) ?? "";
      // A status that says less than `completed` is believed.
      return this.#last(last === "completed" && LESSER_STATUSES.has(status) ? status : last, json, out);
    }
    // A tool that the provider ran itself may have failed: the answer goes on.
    const fails = type.startsWith("response.") ? saysFailure(json["error"]) : announcesFailure(json);
    if (fails) return this.fail(classify(reportFromJson(json)), out);

    const [index, part] = placeOf(json);
    const delta = DELTAS.get(type);
    if (delta !== undefined) return this.#items.delta(delta, index, part, asText(json["delta"]) ?? "", out);
    const whole = WHOLE_TEXTS.get(type);
    if (whole !== undefined) {
      return this.#items.text(whole[0], index, part, asText(json[whole[1]]) ?? "", out);
    }
    switch (type) {
      case "response.created":
      case "response.queued":
      case "response.in_progress":
        return this.#begin(asObject(json["response"]) ?? {}, out);
      case "response.output_item.added":
        return this.#items.begin(index, asObject(json["item"]) ?? {}, out);
      case "response.output_item.done":
        return this.#items.item(index, asObject(json["item"]) ?? {}, out);
      case "response.content_part.done":
        return this.#items.part(index, part, asObject(json["part"]) ?? {}, out);
      case "response.function_call_arguments.delta":
      case "response.custom_tool_call_input.delta":
        return this.#items.arguments(index, asText(json["delta"]) ?? "", out);
      case "response.function_call_arguments.done":
        return this.#items.wholeArguments(index, asText(json["arguments"]) ?? "", out);
      case "response.custom_tool_call_input.done":
        return this.#items.wholeArguments(index, asText(json["input"]) ?? "", out);
      default:
      // Some forty types tell of tools that the provider runs itself, and there will be more.
    }
  }

  /** Proxies have begun another answer inside the first. */
  #begin(response: JsonObject, out: ChatEvent[]): void {
    const id = asText(response["id"]);
    if (this.#responseId !== undefined && id !== undefined && id !== this.#responseId) {
      return this.fail(secondAnswer(), out);
    }
    this.#responseId ??= id;
    this.model = asText(response["model"]) ?? this.model;
  }

  #last(status: string, json: JsonObject, out: ChatEvent[]): void {
    const response = asObject(json["response"]) ?? {};
    this.model = asText(response["model"]) ?? this.model;
    this.#usage = usageIn(response) ?? this.#usage;
    // Proxies put the error beside the response.
    const error = asObject(response["error"]) ?? asObject(json["error"]);
    if (status === "failed" || error !== undefined) {
      return this.fail(classify(reportFromJson({ error: error ?? {} })), out);
    }
    if (status !== "completed" && status !== "incomplete") return this.fail(brokenOff(status), out);
    this.#items.response(objectsIn(response["output"]), status === "completed", out);
    const word = asText(asObject(response["incomplete_details"])?.["reason"]) ?? status;
    if (status === "incomplete" && !INCOMPLETE.has(finishMeaning(word)))
      return this.fail(brokenOff(word), out);
    this.#answer.end({ word, usage: this.#usage }, out);
  }
}

/** Cached and reasoning tokens are parts of the two numbers. */
function usageIn(response: JsonObject): Usage | undefined {
  const usage = asObject(response["usage"]);
  const inputTokens = asCount(usage?.["input_tokens"]);
  const outputTokens = asCount(usage?.["output_tokens"]);
  if (usage === undefined || (inputTokens === undefined && outputTokens === undefined)) return undefined;
  const input = asObject(usage["input_tokens_details"]);
  const parts = {
    cacheReadTokens: asCount(input?.["cached_tokens"]),
    cacheWriteTokens: asCount(input?.["cache_write_tokens"]),
    reasoningTokens: asCount(asObject(usage["output_tokens_details"])?.["reasoning_tokens"]),
  };
  const reported = Object.fromEntries(Object.entries(parts).filter(([, count]) => count !== undefined));
  return { inputTokens: inputTokens ?? 0, outputTokens: outputTokens ?? 0, ...reported };
}

function textDeltaOf(json: unknown): unknown {
  const event = asObject(json);
  return event?.["type"] === "response.output_text.delta" ? event["delta"] : undefined;
}

const SEQUENCE_NUMBER = '"sequence_number":';

/** Data in which the number that rises with each event is always the same. A name in quotes cannot stand inside a text. */
function withoutSequenceNumber(data: string): string {
  const start = data.lastIndexOf(SEQUENCE_NUMBER);
  if (start < 0) return data;
  let end = start + SEQUENCE_NUMBER.length;
  while (data.charCodeAt(end) >= 48 && data.charCodeAt(end) <= 57) end++;
  return `${data.slice(0, start + SEQUENCE_NUMBER.length)}0${data.slice(end)}`;
}

function secondAnswer(): Failure {
  return { type: "bad_output", message: "The provider began a second answer inside the first." };
}
