import type { Batch } from "../../core/event.ts";
import { asObject, isObject, type JsonObject, parseJson } from "../../core/json.ts";
import type { Encoder } from "../dialect.ts";
import { dataLine, type FrameEvents, framesIn, framesOfRun, textIn } from "../frames-in.ts";
import { hasLoneSurrogates } from "../lone-surrogates.ts";
import { ModelRenamer } from "../model-renamer.ts";
import { isValidUsage, saysInput, saysNoInput } from "../valid-usage.ts";
import { BlockOrder } from "./block-order.ts";
import { MessagesEncoder } from "./encoder.ts";
import { type MessagesContext, messageId } from "./events.ts";
import { isStopReason, mendCall, mendedStop, ownId } from "./whole.ts";

/** What SDKs go by; providers leave the name out, or write another. */
const NAMED_DELTA = "event: content_block_delta\n";

/**
 * An Anthropic-speaking provider's own events, passed on as they are. From the first that SDKs refuse, or that is not what
 * was read from it, all is written anew by the encoder, which is kept up to date for that.
 */
export class MessagesPassThrough implements Encoder {
  readonly #context: MessagesContext;
  readonly #encoder: MessagesEncoder;
  readonly #renamer: ModelRenamer;
  readonly #order = new BlockOrder();
  #isAnew = false;
  /** A text block that has begun but holds nothing yet: clients must never see one that stays so. */
  #held = "";
  #hasCalls = false;
  #hasInput = false;
  /** More than the placeholder of the start. */
  #hasOutput = false;
  /** The message's end has been told, all but `message_stop`. */
  #hasEnd = false;

  constructor(context: MessagesContext) {
    this.#context = context;
    this.#encoder = new MessagesEncoder(context);
    this.#renamer = new ModelRenamer(context);
  }

  begin(): string {
    return "";
  }

  idle(): string {
    return this.#encoder.idle();
  }

  batch(batch: Batch): string {
    let frames = "";
    for (const group of framesIn(batch)) frames += this.#group(group);
    return frames;
  }

  #group(group: FrameEvents): string {
    const { run, data, events } = group;
    if (run !== undefined) {
      if (!this.#isAnew && run.startsWith(NAMED_DELTA) && this.#isInOpenText(run)) return run;
      return framesOfRun(group)
        .map((one) => this.#group(one))
        .join("");
    }
    return data === undefined ? this.#anew(events) : this.#frame(data, events);
  }

  #anew(events: Batch): string {
    return events.map((event) => this.#encoder.event(event)).join("");
  }

  #frame(data: string, events: Batch): string {
    if (this.#isAnew) return this.#anew(events);
    if (this.#isPlainText(data, events)) return `${NAMED_DELTA}${dataLine(data)}`;
    const json = parseJson(data);
    if (!isObject(json) || events.some((event) => event.type === "error")) return this.#anew(events);
    // Proxies have repeated the start of a message.
    if (json["type"] === "message_start" && this.#order.hasStarted) return "";
    if (json["type"] === "message_stop" && this.#hasEnd) return named(json, data);
    const isSame =
      !hasLoneSurrogates(data) &&
      textIn(events) === textOf(json) &&
      this.#isValidUsage(json) &&
      isKnownEnd(json);
    if (json["type"] === "message_stop" || !isSame || !this.#order.takes(json)) {
      this.#isAnew = true;
      return this.#flush() + this.#anew(events);
    }
    return this.#pass(json, data, events);
  }

  /** A report of nothing at the end would replace what the start has told. */
  #isValidUsage(json: JsonObject): boolean {
    const usage = json["usage"] ?? asObject(json["message"])?.["usage"];
    if (!isObject(usage)) return json["type"] !== "message_delta" && isValidUsage(usage);
    const isForeign = usage["completion_tokens"] !== undefined && usage["output_tokens"] === undefined;
    const isLess =
      (this.#hasInput && saysNoInput(usage)) || (this.#hasOutput && usage["output_tokens"] === 0);
    this.#hasInput ||= saysInput(usage);
    this.#hasOutput ||= Number(usage["output_tokens"] ?? 0) > 1;
    return isValidUsage(usage) && !isForeign && !isLess;
  }

  /** The bulk of every answer; told by its decoder to have nothing in it that would have to be looked at. */
  #isPlainText(data: string, events: Batch): boolean {
    const [event] = events;
    return events.length === 1 && event?.type === "text" && event.plain === true && this.#isInOpenText(data);
  }

  #isInOpenText(data: string): boolean {
    const { open, index } = this.#order;
    return this.#held === "" && open === "text" && data.includes(`"index":${index},`);
  }

  #pass(json: JsonObject, data: string, events: Batch): string {
    for (const event of events) this.#encoder.event(event);
    const frame = named(json, this.#mended(json, data));
    switch (json["type"]) {
      case "message_start":
        this.#encoder.follow();
        return frame;
      case "content_block_start":
        this.#follow();
        if (!isEmptyText(json)) return frame;
        this.#held = frame;
        return "";
      case "content_block_delta":
        if (this.#held === "" || !isBlankText(json)) return this.#flush() + frame;
        this.#held += frame;
        return "";
      case "content_block_stop":
        return this.#stop(frame);
      case "message_delta":
        this.#hasEnd = true;
        return frame;
      default:
        return frame;
    }
  }

  /** A block that stayed empty was never there; those after it are numbered anew. */
  #stop(frame: string): string {
    if (this.#held !== "") {
      this.#held = "";
      this.#isAnew = true;
      this.#encoder.follow(this.#order.index - 1);
      return "";
    }
    this.#follow();
    return frame;
  }

  #follow(): void {
    this.#encoder.follow(this.#order.index, this.#order.open);
  }

  #flush(): string {
    const held = this.#held;
    this.#held = "";
    return held;
  }

  /** Ids that clients could not send back to Anthropic, and the name of a model that was asked for under another. */
  #mended(json: JsonObject, data: string): string {
    const message = asObject(json["message"]);
    if (message !== undefined) {
      const id = ownId(message["id"]);
      if (id !== undefined) return this.#renamer.rename(data);
      return this.#renamer.rename(
        JSON.stringify({ ...json, message: { ...message, id: messageId(this.#context) } }),
      );
    }
    const block = asObject(json["content_block"]);
    if (json["type"] === "message_delta") return this.#mendedEnd(json, data);
    if (block === undefined) return data;
    this.#hasCalls ||= block["type"] === "tool_use";
    const mended = mendCall(block);
    return mended["id"] === block["id"] ? data : JSON.stringify({ ...json, content_block: mended });
  }

  #mendedEnd(json: JsonObject, data: string): string {
    const delta = asObject(json["delta"]);
    const reason = String(delta?.["stop_reason"]);
    const mended = mendedStop(reason, this.#hasCalls);
    return mended === reason ? data : JSON.stringify({ ...json, delta: { ...delta, stop_reason: mended } });
  }
}

/** Not an end in a word that Anthropic's clients do not know. */
function isKnownEnd(json: JsonObject): boolean {
  const word = asObject(json["delta"])?.["stop_reason"] ?? asObject(json["message"])?.["stop_reason"];
  return word === undefined || word === null || isStopReason(word);
}

function named(json: JsonObject, data: string): string {
  return `event: ${String(json["type"])}\n${dataLine(data)}`;
}

function isEmptyText(json: JsonObject): boolean {
  const block = asObject(json["content_block"]);
  return block?.["type"] === "text" && String(block["text"] ?? "").trim() === "";
}

function isBlankText(json: JsonObject): boolean {
  const delta = asObject(json["delta"]);
  return delta?.["type"] === "text_delta" && String(delta["text"] ?? "").trim() === "";
}

/** The text in an event of a text block, where SDKs read it. */
function textOf(json: JsonObject): string {
  if (json["type"] === "content_block_stop") return "";
  const inner = asObject(json["delta"]) ?? asObject(json["content_block"]);
  const isText = inner?.["type"] === "text_delta" || inner?.["type"] === "text";
  return isText && typeof inner["text"] === "string" ? inner["text"] : "";
}
