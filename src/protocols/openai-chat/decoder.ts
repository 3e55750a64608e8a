import type { ChatEvent, EndReason, Usage } from "../../core/event.ts";
import type { Failure } from "../../core/failure.ts";
import {
  asCount,
  asNumber,
  asObject,
  asText,
  isObject,
  type JsonObject,
  objectsIn,
  parseJson,
} from "../../core/json.ts";
import type { SseMessage } from "../../sse/decode.ts";
import { classify } from "../classify.ts";
import { DeltaTemplate } from "../delta-template.ts";
import { reportFromJson, tellsOfError } from "../error-report.ts";
import { isHeartbeat } from "../heartbeat.ts";
import type { Decoder } from "../protocol.ts";
import { brokenFrame, cutShort } from "../verdict.ts";

const DONE = "[DONE]";

const END_REASONS: Readonly<Record<string, EndReason>> = {
  stop: "stop",
  eos: "stop",
  length: "length",
  model_length: "length",
  tool_calls: "tool_calls",
  function_call: "tool_calls",
  content_filter: "content_filter",
};

/**
 * Reads a stream of `chat.completion.chunk`s as twenty servers write it (wire.md 1.2 and 1.4).
 * The end is held back until `[DONE]` or the end of the body, because usage and errors come after the finish reason.
 */
export class OpenAIChatDecoder implements Decoder {
  #finish: string | undefined;
  #usage: Usage | undefined;
  #over = false;
  #calls = 0;
  #callId: string | undefined;
  readonly #template = new DeltaTemplate("content", contentOf);

  get finished(): boolean {
    return this.#finish !== undefined || this.#over;
  }

  message(message: SseMessage, out: ChatEvent[]): void {
    const text = this.#over || message.event === "error" ? undefined : this.#template.match(message.data);
    if (text === undefined) this.#plainMessage(message, out);
    else out.push({ type: "text", text, plain: true });
  }

  #plainMessage(message: SseMessage, out: ChatEvent[]): void {
    const data = message.data.trim();
    if (this.#over || isHeartbeat(data)) return;
    if (data === DONE) return this.#end(out);

    const json = parseJson(data);
    if (message.event === "error") return this.fail(classify(reportFromJson(json ?? { message: data })), out);
    if (json !== undefined) return this.#study(data, Array.isArray(json) ? json[0] : json, out);
    if (message.unterminated !== true) this.fail(brokenFrame(), out);
  }

  /** Reads a chunk, and learns from one that holds a text and nothing else how to read its like without parsing. */
  #study(data: string, json: unknown, out: ChatEvent[]): void {
    const [usage, finish, before] = [this.#usage, this.#finish, out.length];
    this.chunk(json, out);
    const event = out[before];
    if (out.length !== before + 1 || event?.type !== "text" || event.refusal) return;
    if (this.#usage === usage && this.#finish === finish) this.#template.learn(data, event.text);
  }

  /** Reads one parsed chunk, or a whole `chat.completion`, whose choices hold a `message` in place of a `delta`. */
  chunk(json: unknown, out: ChatEvent[]): void {
    if (!isObject(json)) return;
    this.#usage = usageIn(json) ?? this.#usage;
    if (tellsOfError(json)) return this.fail(classify(reportFromJson(json)), out);

    for (const choice of objectsIn(json["choices"])) {
      if ((asNumber(choice["index"]) ?? 0) !== 0) continue;
      // Moonshot reports usage inside the choice.
      this.#usage = usageIn(choice) ?? this.#usage;
      // Perplexity sends the whole message so far beside each delta; only the delta is new.
      const delta = asObject(choice["delta"]) ?? asObject(choice["message"]);
      if (delta !== undefined) this.#delta(delta, out);
      this.#finish = asText(choice["finish_reason"]) ?? this.#finish;
      // OpenRouter documents an `error` in the choice itself.
      if (choice["error"]) return this.fail(classify(reportFromJson(choice)), out);
      if (this.#finish === "error") return this.fail(brokenOff(), out);
    }
  }

  end(out: ChatEvent[]): void {
    if (this.#over) return;
    if (this.finished) this.#end(out);
    else this.fail(cutShort(), out);
  }

  /** Ends an answer that is known to be whole, with whatever reason it gave. */
  complete(out: ChatEvent[]): void {
    if (!this.#over) this.#end(out);
  }

  #delta(delta: JsonObject, out: ChatEvent[]): void {
    const reasoning = asText(delta["reasoning_content"]) ?? asText(delta["reasoning"]);
    if (reasoning !== undefined) out.push({ type: "reasoning", text: reasoning });
    readContent(delta["content"], out);
    const refusal = asText(delta["refusal"]);
    if (refusal !== undefined) out.push({ type: "text", text: refusal, refusal: true });
    for (const call of objectsIn(delta["tool_calls"])) this.#toolCall(call, out);
  }

  /** Gemini sends no index: there, a new id means the next call. Names and ids sent again as `""` mean nothing. */
  #toolCall(call: JsonObject, out: ChatEvent[]): void {
    const id = asText(call["id"]);
    const given = asNumber(call["index"]);
    if (given === undefined && id !== undefined && id !== this.#callId) this.#calls++;
    this.#callId = id ?? this.#callId;
    const called = asObject(call["function"]);
    const name = asText(called?.["name"]);
    const args = asText(called?.["arguments"]);
    out.push({
      type: "tool-call",
      index: given ?? Math.max(0, this.#calls - 1),
      ...(id === undefined ? {} : { id }),
      ...(name === undefined ? {} : { name }),
      ...(args === undefined ? {} : { arguments: args }),
    });
  }

  #end(out: ChatEvent[]): void {
    this.#over = true;
    const raw = this.#finish;
    out.push({
      type: "end",
      reason: (raw === undefined ? undefined : END_REASONS[raw]) ?? "other",
      ...(raw === undefined ? {} : { rawReason: raw }),
      ...(this.#usage === undefined ? {} : { usage: this.#usage }),
    });
  }

  fail(failure: Failure, out: ChatEvent[]): void {
    this.#over = true;
    out.push({ type: "error", failure, ...(this.#usage === undefined ? {} : { usage: this.#usage }) });
  }
}

function contentOf(json: unknown): unknown {
  const [choice] = objectsIn(asObject(json)?.["choices"]);
  return (choice?.["index"] ?? 0) === 0 ? asObject(choice?.["delta"])?.["content"] : undefined;
}

/** A string; or, at Mistral, a list of `text`, `thinking` (itself a list) and `reference` parts. */
function readContent(content: unknown, out: ChatEvent[]): void {
  if (typeof content === "string") {
    if (content !== "") out.push({ type: "text", text: content });
    return;
  }
  for (const part of objectsIn(content)) {
    if (part["type"] === "thinking") {
      const text = objectsIn(part["thinking"])
        .map((piece) => asText(piece["text"]) ?? "")
        .join("");
      if (text !== "") out.push({ type: "reasoning", text });
    } else {
      const text = asText(part["text"]);
      if (text !== undefined) out.push({ type: "text", text });
    }
  }
}

/**
 * Groq keeps usage under `x_groq`. Where the total says that `completion_tokens` leaves reasoning out (xAI, Gemini),
 * the output is what the total leaves after the prompt.
 */
function usageIn(json: JsonObject): Usage | undefined {
  const usage = asObject(json["usage"]) ?? asObject(asObject(json["x_groq"])?.["usage"]);
  if (usage === undefined) return undefined;
  const input = asCount(usage["prompt_tokens"]);
  const output = asCount(usage["completion_tokens"]);
  if (input === undefined && output === undefined) return undefined;
  const total = asCount(usage["total_tokens"]) ?? 0;
  return { inputTokens: input ?? 0, outputTokens: Math.max(output ?? 0, total - (input ?? total)) };
}

function brokenOff(): Failure {
  return { type: "upstream", message: "The provider broke off its answer with an error." };
}
