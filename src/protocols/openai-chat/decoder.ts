import type { ChatEvent, Usage } from "../../core/event.ts";
import type { Failure } from "../../core/failure.ts";
import { asObject, asText, isObject, type JsonObject, objectsIn, parseJson } from "../../core/json.ts";
import type { ChatRequest } from "../../core/message.ts";
import type { SseMessage } from "../../sse/decode.ts";
import { AnswerEvents } from "../answer-events.ts";
import { brokenFrame, cutShort } from "../broken-answer.ts";
import { classify } from "../classify.ts";
import { DeltaTemplate } from "../delta-template.ts";
import { reportFromJson } from "../error-report.ts";
import { announcesFailure } from "../error-signs.ts";
import { finishMeaning, finishWord, finishWordIn, graver, isKnownFinish } from "../finish-reasons.ts";
import { isHeartbeat } from "../heartbeat.ts";
import type { Decoder } from "../protocol.ts";
import { OPENAI_NAME_LENGTH, originalToolNames } from "../tool-names.ts";
import { reasoningDetails } from "./reasoning-details.ts";
import { type Piece, piecesBeside, piecesIn, piecesWithoutChoices } from "./text-places.ts";
import { ToolCallReader } from "./tool-calls.ts";
import { usageIn } from "./usage.ts";

const DONE = "[DONE]";

/**
 * Reads a stream of `chat.completion.chunk`s as twenty servers write it (docs/providers.md 1.2 and 1.4).
 * The end is held back until `[DONE]` or the end of the body, because usage and errors come after the finish reason.
 */
export class OpenAIChatDecoder implements Decoder {
  readonly #answer: AnswerEvents;
  readonly #calls: ToolCallReader;
  readonly #template = new DeltaTemplate("content", contentOf);
  #finish: string | undefined;
  #stopSequence: string | undefined;
  #usage: Usage | undefined;
  /** Of several choices only the first is read. */
  #choice: unknown;
  /** Of the others, those that the client asked for, and that are not finished: they are passed on unread. */
  readonly #open = new Set<unknown>();
  readonly #asksForMore: boolean;
  /** Messages in place of deltas have turned out to be pieces, each for itself. */
  #messagesArePieces = false;
  readonly #stops: readonly string[];
  model: string | undefined;

  get promptTokens(): number | undefined {
    return this.#usage?.inputTokens;
  }

  constructor(chat?: ChatRequest) {
    this.#asksForMore = Number(chat?.raw?.body["n"] ?? 1) > 1;
    this.#stops = [chat?.sampling.stop ?? []].flat();
    this.#answer = new AnswerEvents(originalToolNames(chat, OPENAI_NAME_LENGTH));
    this.#calls = new ToolCallReader(this.#answer);
  }

  /** A `stop` before any text is not believed yet: reasoning models behind proxies have gone on after it. */
  get finished(): boolean {
    if (this.#answer.over) return true;
    if (this.#finish === undefined || this.#open.size > 0) return false;
    return this.#answer.hasContent || !["stop", "other"].includes(finishMeaning(this.#finish));
  }

  message(message: SseMessage, out: ChatEvent[]): void {
    const text =
      this.#answer.over || message.event === "error" ? undefined : this.#template.match(message.data);
    if (text === undefined) this.#plainMessage(message, out);
    else this.#answer.plainText(text, out);
  }

  textRun(stream: string, out: ChatEvent[]): number {
    if (this.#answer.over || this.#answer.waitsForHalf) return 0;
    return this.#template.matchRun(stream, (text) => this.#answer.plainText(text, out));
  }

  #plainMessage(message: SseMessage, out: ChatEvent[]): void {
    const data = withoutPrefix(message.data.trim());
    if (this.#answer.over || isHeartbeat(data)) return;
    if (data === DONE) return this.complete(out);

    const json = parseJson(data);
    if (message.event === "error") return this.fail(classify(reportFromJson(json ?? { message: data })), out);
    if (json !== undefined) return this.#study(data, json, message.event, out);
    if (message.unterminated !== true) this.fail(brokenFrame(), out);
  }

  /** Reads a chunk, and learns from one that holds a text and nothing else how to read its like without parsing. */
  #study(data: string, json: unknown, name: SseMessage["event"], out: ChatEvent[]): void {
    const [usage, finish, before] = [this.#usage, this.#finish, out.length];
    this.chunk(json, out);
    const event = out[before];
    if (out.length !== before + 1 || event?.type !== "text" || event.refusal) return;
    if (this.#usage === usage && this.#finish === finish) this.#template.learn(data, event.text, name);
  }

  /** Reads one parsed chunk or a list of them, or a whole `chat.completion`, whose choices hold a `message` for a `delta`. */
  chunk(json: unknown, out: ChatEvent[]): void {
    if (Array.isArray(json)) {
      for (const one of json) if (!this.#answer.over) this.chunk(one, out);
      return;
    }
    if (!isObject(json)) return;
    this.#usage = usageIn(json, this.#usage);
    this.model ??= asText(json["model"]);
    if (announcesFailure(json)) return this.fail(classify(reportFromJson(json)), out);

    const choices = choicesIn(json["choices"]);
    for (const choice of choices) {
      this.#choice ??= choice["index"] ?? 0;
      const index = choice["index"] ?? 0;
      if (index === this.#choice) this.#readChoice(choice, json, out);
      else if (this.#asksForMore && finishWordIn(choice) === undefined) this.#open.add(index);
      else this.#open.delete(index);
      if (this.#answer.over) return;
    }
    if (choices.length === 0) {
      this.#say(piecesWithoutChoices(json), out);
      const message = asObject(json["message"]);
      if (message !== undefined) this.#calls.read(message, false, out);
    }
    this.#noteFinish(finishWordIn(json));
  }

  #readChoice(choice: JsonObject, chunk: JsonObject, out: ChatEvent[]): void {
    // Moonshot reports usage inside the choice.
    this.#usage = usageIn(choice, this.#usage);
    const delta = choice["delta"];
    const message = choice["message"];
    const before = out.length;
    this.#readDelta(delta, out);
    // Perplexity sends the whole message so far beside each delta; only the delta is new.
    if (out.length === before && message !== undefined && message !== null) {
      const pieces = piecesIn(message);
      this.#say(this.#news(pieces, choice, chunk), out);
      if (isObject(message)) this.#calls.read(message, true, out);
    }
    if (out.length === before) this.#say(piecesBeside(choice), out);

    const inDelta = asObject(delta) ?? asObject(message);
    this.#noteFinish(finishWordIn(choice) ?? finishWordIn(inDelta));
    this.#noteNativeFinish(choice["native_finish_reason"] ?? choice["nativeFinishReason"]);
    this.#noteStopReason(choice["stop_reason"] ?? inDelta?.["stop_reason"]);
    this.#noteStopSequence(choice["stop_reason"] ?? choice["matched_stop"]);
    // OpenRouter documents an `error` in the choice itself.
    // SGLang's word for an abort is an object with the reason in it.
    const finish = asObject(choice["finish_reason"]);
    const aborted =
      finish?.["message"] && finishMeaning(finishWord(finish) ?? "") === "broken" ? finish : undefined;
    const failing = aborted ?? [choice, inDelta].find((place) => place?.["error"]);
    if (failing !== undefined) this.fail(classify(reportFromJson(failing)), out);
  }

  #readDelta(delta: unknown, out: ChatEvent[]): void {
    const pieces = piecesIn(delta);
    if (!isObject(delta)) return this.#say(pieces, out);
    if (delta["reasoning_details"] !== undefined) {
      const thought = pieces.filter(({ type }) => type === "reasoning");
      this.#say(thought, out);
      for (const detail of reasoningDetails(delta, thought.length > 0)) this.#answer.reasoning(detail, out);
      this.#say(
        pieces.filter(({ type }) => type !== "reasoning"),
        out,
      );
    } else {
      this.#say(pieces, out);
    }
    this.#calls.read(delta, false, out);
  }

  #say(pieces: readonly Piece[], out: ChatEvent[]): void {
    for (const { type, text } of pieces) {
      if (type === "text") this.#answer.text(text, out);
      else if (type === "refusal") this.#answer.refusal(text, out);
      else this.#answer.reasoning({ text }, out);
    }
  }

  /** Of a message in place of a delta what was not said yet: it may be a piece, all so far, or all again at the end. */
  #news(pieces: readonly Piece[], choice: JsonObject, chunk: JsonObject): Piece[] {
    const isLast = finishWordIn(choice) !== undefined || chunk["object"] === "chat.completion";
    return (["reasoning", "text", "refusal"] as const).flatMap((type): Piece[] => {
      const whole = pieces.map((piece) => (piece.type === type ? piece.text : "")).join("");
      if (whole === "") return [];
      if (type === "refusal") return this.#answer.hasRefusal && isLast ? [] : [{ type, text: whole }];
      const said = type === "text" ? this.#answer.said : this.#answer.thought;
      if (said.isEmpty || (this.#messagesArePieces && !isLast)) return [{ type, text: whole }];
      const news = said.newsIn(whole);
      if (news !== undefined) return news === "" ? [] : [{ type, text: news }];
      if (isLast && said.resembles(whole)) return [];
      if (!isLast) this.#messagesArePieces = true;
      return [{ type, text: whole }];
    });
  }

  #noteFinish(word: string | undefined): void {
    if (word !== undefined) this.#finish = graver(this.#finish, word);
  }

  /** OpenRouter's word from the provider behind it: counts where it tells of a loss that `finish_reason` hides. */
  #noteNativeFinish(value: unknown): void {
    const word = finishWord(value);
    if (word === undefined || this.#finish === undefined) return;
    const isLoss = !["stop", "other", "tool_calls"].includes(finishMeaning(word));
    if (isLoss && ["stop", "other"].includes(finishMeaning(this.#finish))) this.#finish = word;
  }

  /** Proxies of Anthropic keep its word beside OpenAI's, or in its place; vLLM has the stop sequence there. */
  #noteStopReason(value: unknown): void {
    if (typeof value !== "string" || !isKnownFinish(value) || this.#stops.includes(value)) return;
    if (this.#finish === undefined) this.#finish = value;
    else this.#noteNativeFinish(value);
  }

  /** vLLM and SGLang tell which stop sequence it was; a number there is the id of a token. */
  #noteStopSequence(value: unknown): void {
    if (typeof value === "string" && value !== "" && !isKnownFinish(value)) this.#stopSequence = value;
  }

  end(out: ChatEvent[]): void {
    if (this.#finish === undefined || this.#open.size > 0) this.fail(cutShort(), out);
    else this.complete(out);
  }

  /** Ends an answer that is known to be whole, with whatever reason it gave. */
  complete(out: ChatEvent[]): void {
    const stopped = this.#finish !== undefined && finishMeaning(this.#finish) === "stop";
    const stopSequence = stopped ? this.#stopSequence : undefined;
    this.#answer.end({ word: this.#finish, stopSequence, usage: this.#usage }, out);
  }

  fail(failure: Failure, out: ChatEvent[]): void {
    this.#answer.fail(failure, this.#usage, out);
  }
}

/** A list; some proxies write the one choice alone. */
function choicesIn(choices: unknown): readonly JsonObject[] {
  return isObject(choices) ? [choices] : objectsIn(choices);
}

/** Proxies that wrap a stream in a stream write the field's name twice. */
function withoutPrefix(data: string): string {
  return data.startsWith("data:") ? data.slice("data:".length).trim() : data;
}

function contentOf(json: unknown): unknown {
  const [choice] = objectsIn(asObject(json)?.["choices"]);
  return (choice?.["index"] ?? 0) === 0 ? asObject(choice?.["delta"])?.["content"] : undefined;
}
