import type { ChatEvent, Usage } from "../../core/event.ts";
import type { Failure } from "../../core/failure.ts";
import { asObject, asText, isObject, type JsonObject, parseJson } from "../../core/json.ts";
import type { ChatRequest } from "../../core/message.ts";
import type { SseMessage } from "../../sse/decode.ts";
import { AnswerEvents } from "../answer-events.ts";
import { brokenFrame, cutShort } from "../broken-answer.ts";
import { classify } from "../classify.ts";
import { DeltaTemplate } from "../delta-template.ts";
import { reportFromJson } from "../error-report.ts";
import { announcesFailure } from "../error-signs.ts";
import { finishMeaning, finishWord, finishWordIn, graver } from "../finish-reasons.ts";
import { isHeartbeat } from "../heartbeat.ts";
import type { Decoder } from "../protocol.ts";
import { ANTHROPIC_NAME_LENGTH, originalToolNames } from "../tool-names.ts";
import { BlockReader, indexOf } from "./block-reader.ts";
import { UsageReports } from "./usage.ts";

/** Reads a stream of Anthropic's named events (docs/providers.md 2.4). Only `message_stop` finishes it. */
export class AnthropicMessagesDecoder implements Decoder {
  readonly #answer: AnswerEvents;
  readonly #blocks: BlockReader;
  readonly #usage = new UsageReports();
  readonly #template = new DeltaTemplate("text", textDeltaOf);
  /** The index of the block that the template's text belongs to. */
  #textIndex = 0;
  #messageId: string | undefined;
  #stopReason: string | undefined;
  #stopSequence: string | undefined;
  model: string | undefined;

  get promptTokens(): number | undefined {
    return this.#usage.total?.inputTokens;
  }

  constructor(chat?: ChatRequest) {
    this.#answer = new AnswerEvents(originalToolNames(chat, ANTHROPIC_NAME_LENGTH));
    this.#blocks = new BlockReader(this.#answer);
  }

  get finished(): boolean {
    return this.#answer.over;
  }

  message(message: SseMessage, out: ChatEvent[]): void {
    const text =
      this.#answer.over || message.event === "error" ? undefined : this.#template.match(message.data);
    if (text === undefined) this.#plainMessage(message, out);
    else this.#blocks.plainText(this.#textIndex, text, out);
  }

  textRun(stream: string, out: ChatEvent[]): number {
    if (this.#answer.over || this.#answer.waitsForHalf) return 0;
    return this.#template.matchRun(stream, (text) => this.#blocks.plainText(this.#textIndex, text, out));
  }

  #plainMessage(message: SseMessage, out: ChatEvent[]): void {
    const data = message.data.trim();
    // Proxies send events without data, and close the stream in OpenAI's way.
    if (this.#answer.over || data === "[DONE]" || isHeartbeat(data)) return;
    const json = parseJson(data);
    if (message.event === "error") return this.fail(classify(reportFromJson(json ?? { message: data })), out);
    if (json === undefined) {
      if (message.unterminated !== true) this.fail(brokenFrame(), out);
      return;
    }
    // A gateway in front of Gemini wraps its error in a list.
    for (const one of Array.isArray(json) ? json : [json])
      if (isObject(one)) this.#frame(message, data, one, out);
  }

  #frame(message: SseMessage, data: string, json: JsonObject, out: ChatEvent[]): void {
    if (announcesFailure(json)) {
      this.fail(classify(reportFromJson(json)), out);
    } else {
      const before = out.length;
      this.#event(asText(json["type"]) ?? message.event, json, out);
      this.#learn({ ...message, data }, json, out[before]);
    }
  }

  #learn({ data, event: name }: SseMessage, json: JsonObject, event: ChatEvent | undefined): void {
    if (event?.type !== "text" || textDeltaOf(json) !== event.text) return;
    this.#textIndex = indexOf(json);
    this.#template.learn(data, event.text, name);
  }

  end(out: ChatEvent[]): void {
    this.fail(cutShort(), out);
  }

  /** Reads a message that came whole, as JSON. */
  whole(message: JsonObject, out: ChatEvent[]): void {
    this.model ??= asText(message["model"]);
    this.#blocks.message(message["content"], out);
    this.#usage.end(message["usage"]);
    this.#stop(message, out);
    this.#end(out);
  }

  #event(type: string | undefined, json: JsonObject, out: ChatEvent[]): void {
    switch (type) {
      case "message_start":
        return this.#start(asObject(json["message"]) ?? {}, out);
      case "content_block_start":
        return this.#blocks.start(indexOf(json), asObject(json["content_block"]) ?? {}, out);
      case "content_block_delta":
        return this.#blocks.delta(indexOf(json), asObject(json["delta"]) ?? {}, out);
      case "content_block_stop":
        return this.#blocks.stop(indexOf(json), asObject(json["content_block"]), out);
      case "message_delta":
        this.#usage.end(json["usage"]);
        this.#blocks.message(
          asObject(json["delta"])?.["content"] ?? asObject(json["message"])?.["content"],
          out,
        );
        return this.#stop({ ...json, ...asObject(json["delta"]) }, out);
      case "message_stop": {
        const message = asObject(json["message"]);
        this.#usage.end(json["usage"] ?? message?.["usage"]);
        this.#blocks.message(message?.["content"], out);
        this.#stop({ ...json, ...message }, out);
        return this.#end(out);
      }
      case "message":
        return this.whole(asObject(json["message"]) ?? json, out);
      case "completion": {
        // The older completions: text, and the end in the last of them.
        this.#answer.text(asText(json["completion"]) ?? "", out);
        this.#stop(json, out);
        if (this.#stopReason !== undefined) this.#end(out);
        return;
      }
      default:
      // ping, and whatever comes next year.
    }
  }

  /** Proxies have repeated the start of an answer, and have begun another one inside it; some put all of it there. */
  #start(message: JsonObject, out: ChatEvent[]): void {
    const id = asText(message["id"]);
    if (this.#messageId !== undefined && id !== this.#messageId) return this.fail(spliced(), out);
    this.#messageId = id;
    this.model ??= asText(message["model"]);
    this.#usage.start(message["usage"]);
    this.#blocks.message(message["content"], out);
    this.#stop(message, out);
  }

  /** A refusal may have no content at all: the explanation is its words. */
  #stop(told: JsonObject, out: ChatEvent[]): void {
    const word = finishWord(told["stop_reason"]) ?? finishWordIn(told);
    if (word !== undefined) this.#stopReason = graver(this.#stopReason, word);
    this.#stopSequence = asText(told["stop_sequence"]) ?? this.#stopSequence;
    const words = asText(asObject(told["stop_details"])?.["explanation"]);
    if (this.#stopReason === undefined || words === undefined || this.#answer.hasRefusal) return;
    if (finishMeaning(this.#stopReason) !== "refusal") return;
    this.#answer.refusal(this.#answer.said.isEmpty ? words : `\n\n${words}`, out);
  }

  #end(out: ChatEvent[]): void {
    const [word, stopSequence, usage] = [this.#stopReason, this.#stopSequence, this.#usage.total];
    this.#answer.end({ word, stopSequence, usage }, out);
  }

  fail(failure: Failure, out: ChatEvent[]): void {
    const usage: Usage | undefined = this.#usage.isFinal ? this.#usage.total : undefined;
    this.#answer.fail(failure, usage, out);
  }
}

function spliced(): Failure {
  return { type: "bad_output", message: "The provider began a second answer inside the first." };
}

function textDeltaOf(json: unknown): unknown {
  const event = asObject(json);
  return event?.["type"] === "content_block_delta" ? asObject(event["delta"])?.["text"] : undefined;
}
