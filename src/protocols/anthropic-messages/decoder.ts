import type { ChatEvent, EndReason, Usage } from "../../core/event.ts";
import type { Failure } from "../../core/failure.ts";
import {
  asCount,
  asNumber,
  asObject,
  asText,
  isObject,
  type JsonObject,
  parseJson,
} from "../../core/json.ts";
import type { SseMessage } from "../../sse/decode.ts";
import { classify } from "../classify.ts";
import { DeltaTemplate } from "../delta-template.ts";
import { reportFromJson, tellsOfError } from "../error-report.ts";
import { isHeartbeat } from "../heartbeat.ts";
import type { Decoder } from "../protocol.ts";
import { brokenFrame, cutShort } from "../verdict.ts";

const END_REASONS: Readonly<Record<string, EndReason>> = {
  end_turn: "stop",
  stop_sequence: "stop",
  pause_turn: "stop",
  max_tokens: "length",
  model_context_window_exceeded: "length",
  tool_use: "tool_calls",
  refusal: "refusal",
};

/** Tokens that a prompt costs are reported in three parts; all of them are input (wire.md 2.7). */
const INPUT_FIELDS = ["input_tokens", "cache_creation_input_tokens", "cache_read_input_tokens"] as const;

/** Reads a stream of Anthropic's named events (wire.md 2.4). Only `message_stop` finishes it. */
export class AnthropicMessagesDecoder implements Decoder {
  #messageId: string | undefined;
  #stopReason: string | undefined;
  #refusal = false;
  /** Whether there was any text, and the blocks that are calls of the client's tools: others' inputs look the same. */
  #hasText = false;
  #calls = new Set<number>();
  #usage: Record<string, number> = {};
  /** Until the first `message_delta` the number of output tokens is a placeholder. */
  #isCounted = false;
  #over = false;
  readonly #template = new DeltaTemplate("text", textDeltaOf);

  get finished(): boolean {
    return this.#over;
  }

  message(message: SseMessage, out: ChatEvent[]): void {
    const text = this.#over || message.event === "error" ? undefined : this.#template.match(message.data);
    if (text === undefined) this.#plainMessage(message, out);
    else out.push({ type: "text", text, plain: true });
  }

  #plainMessage(message: SseMessage, out: ChatEvent[]): void {
    const data = message.data.trim();
    // Proxies send events without data, and close the stream in OpenAI's way.
    if (this.#over || data === "[DONE]" || isHeartbeat(data)) return;
    const json = parseJson(data);
    if (message.event === "error") return this.fail(classify(reportFromJson(json ?? { message: data })), out);
    if (json === undefined) {
      if (message.unterminated !== true) this.fail(brokenFrame(), out);
    } else if (!isObject(json)) {
      return;
    } else if (tellsOfError(json)) {
      this.fail(classify(reportFromJson(json)), out);
    } else {
      const before = out.length;
      this.#event(asText(json["type"]) ?? message.event, json, out);
      const event = out[before];
      if (event?.type === "text" && textDeltaOf(json) === event.text) this.#template.learn(data, event.text);
    }
  }

  end(out: ChatEvent[]): void {
    if (!this.#over) this.fail(cutShort(), out);
  }

  /** Reads a message that came whole, as JSON. */
  whole(message: JsonObject, out: ChatEvent[]): void {
    const content = Array.isArray(message["content"]) ? message["content"] : [];
    for (const [index, block] of content.entries()) if (isObject(block)) this.#blockStart(index, block, out);
    this.#count(message["usage"]);
    this.#stop(message, out);
    this.#end(out);
  }

  #event(type: string | undefined, json: JsonObject, out: ChatEvent[]): void {
    switch (type) {
      case "message_start":
        return this.#start(asObject(json["message"]) ?? {}, out);
      case "content_block_start":
        return this.#blockStart(asNumber(json["index"]) ?? 0, asObject(json["content_block"]) ?? {}, out);
      case "content_block_delta":
        return this.#blockDelta(asNumber(json["index"]) ?? 0, asObject(json["delta"]) ?? {}, out);
      case "message_delta":
        this.#count(json["usage"]);
        return this.#stop(asObject(json["delta"]) ?? {}, out);
      case "message_stop":
        return this.#end(out);
      default:
      // ping, content_block_stop, and whatever comes next year: normal weather.
    }
  }

  /** Proxies have repeated the start of an answer, and have begun another one inside it. */
  #start(message: JsonObject, out: ChatEvent[]): void {
    const id = asText(message["id"]);
    if (this.#messageId !== undefined && id !== this.#messageId) return this.fail(spliced(), out);
    this.#messageId = id;
    this.#merge(message["usage"]);
  }

  #blockStart(index: number, block: JsonObject, out: ChatEvent[]): void {
    if (block["type"] === "tool_use") {
      this.#calls.add(index);
      const id = asText(block["id"]);
      const name = asText(block["name"]);
      const input = asObject(block["input"]) ?? {};
      out.push({
        type: "tool-call",
        index,
        ...(id === undefined ? {} : { id }),
        ...(name === undefined ? {} : { name }),
        // `{}` is a placeholder for the fragments that follow.
        ...(Object.keys(input).length === 0 ? {} : { arguments: JSON.stringify(input) }),
      });
    } else if (block["type"] === "text" || block["type"] === "thinking") {
      this.#blockDelta(index, { ...block, type: `${block["type"]}_delta` }, out);
    }
  }

  #blockDelta(index: number, delta: JsonObject, out: ChatEvent[]): void {
    if (delta["type"] === "text_delta") {
      const text = asText(delta["text"]);
      if (text === undefined) return;
      this.#hasText = true;
      out.push({ type: "text", text });
    } else if (delta["type"] === "thinking_delta" || delta["type"] === "signature_delta") {
      const text = asText(delta["thinking"]);
      const signature = asText(delta["signature"]);
      if (text === undefined && signature === undefined) return;
      out.push({ type: "reasoning", text: text ?? "", ...(signature === undefined ? {} : { signature }) });
    } else if (delta["type"] === "input_json_delta" && this.#calls.has(index)) {
      const json = asText(delta["partial_json"]);
      if (json !== undefined) out.push({ type: "tool-call", index, arguments: json });
    }
  }

  /** A refusal may have no content at all: the explanation is its words. */
  #stop(delta: JsonObject, out: ChatEvent[]): void {
    this.#stopReason = asText(delta["stop_reason"]) ?? this.#stopReason;
    const words = asText(asObject(delta["stop_details"])?.["explanation"]);
    if (this.#stopReason !== "refusal" || this.#refusal || words === undefined) return;
    this.#refusal = true;
    out.push({ type: "text", text: this.#hasText ? `\n\n${words}` : words, refusal: true });
  }

  #count(usage: unknown): void {
    this.#isCounted ||= isObject(usage);
    this.#merge(usage);
  }

  /** Cumulative: each field that is present replaces the last, zero included; an absent one keeps its value. */
  #merge(usage: unknown): void {
    for (const field of [...INPUT_FIELDS, "output_tokens"]) {
      const value = asCount(asObject(usage)?.[field]);
      if (value !== undefined) this.#usage[field] = value;
    }
  }

  #total(): { usage?: Usage } {
    if (Object.keys(this.#usage).length === 0) return {};
    let inputTokens = 0;
    for (const field of INPUT_FIELDS) inputTokens += this.#usage[field] ?? 0;
    return { usage: { inputTokens, outputTokens: this.#usage["output_tokens"] ?? 0 } };
  }

  #end(out: ChatEvent[]): void {
    this.#over = true;
    const raw = this.#stopReason;
    out.push({
      type: "end",
      reason: (raw === undefined ? undefined : END_REASONS[raw]) ?? "other",
      ...(raw === undefined ? {} : { rawReason: raw }),
      ...this.#total(),
    });
  }

  fail(failure: Failure, out: ChatEvent[]): void {
    this.#over = true;
    out.push({ type: "error", failure, ...(this.#isCounted ? this.#total() : {}) });
  }
}

function spliced(): Failure {
  return { type: "bad_output", message: "The provider began a second answer inside the first." };
}

function textDeltaOf(json: unknown): unknown {
  const event = asObject(json);
  return event?.["type"] === "content_block_delta" ? asObject(event["delta"])?.["text"] : undefined;
}
