import type { Batch, ChatEvent } from "../../core/event.ts";
import { asObject, isObject, type JsonObject, objectsIn, parseJson } from "../../core/json.ts";
import type { Encoder } from "../dialect.ts";
import { dataLine, type FrameEvents, framesIn, framesOfRun, textIn } from "../frames-in.ts";
import { hasLoneSurrogates } from "../lone-surrogates.ts";
import { ModelRenamer } from "../model-renamer.ts";
import { isValidUsage, saysNoInput } from "../valid-usage.ts";
import type { ChatContext } from "./chunk.ts";
import { ChatCompletionEncoder } from "./encoder.ts";

const FINISHES: ReadonlySet<unknown> = new Set([
  "stop",
  "length",
  "tool_calls",
  "content_filter",
  "function_call",
]);

/** Those that say that calls are complete. */
const COMPLETE: ReadonlySet<unknown> = new Set(["stop", "tool_calls"]);

/** Whether OpenAI's SDKs know the word. Others are written anew, by their meaning. */
export function isKnownFinish(finish: unknown): boolean {
  return FINISHES.has(finish);
}

interface Call {
  readonly id: unknown;
  readonly name: unknown;
}

/**
 * An OpenAI-speaking provider's own chunks, passed on as they are. A chunk that SDKs refuse, or whose text is not what was
 * read from it, is written anew from its events by the encoder, which is kept up to date for that.
 */
export class ChatPassThrough implements Encoder {
  readonly #encoder: ChatCompletionEncoder;
  readonly #renamer: ModelRenamer;
  readonly #wantsUsage: boolean;
  readonly #calls: Call[] = [];
  /** A call was written anew: all others must be, to be numbered with it. */
  #rewritesCalls = false;
  /** A chunk has been passed on: from here on plain text needs no second look. */
  #begun = false;
  #told = { finish: false, usage: false };

  constructor(context: ChatContext) {
    this.#encoder = new ChatCompletionEncoder(context);
    this.#renamer = new ModelRenamer(context);
    this.#wantsUsage = context.body.stream_options?.include_usage === true;
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
      // From the first chunk on plain text needs no second look. Chunks have no names, and SDKs go by those that they know.
      if (this.#begun && !this.#renamer.renames && run.startsWith("data: ")) return run;
      return framesOfRun(group)
        .map((one) => this.#group(one))
        .join("");
    }
    return data === undefined ? this.#anew(events) : this.#frame(data, events);
  }

  #event(event: ChatEvent): string {
    return event.type === "end" ? this.#encoder.end(event, this.#told) : this.#encoder.event(event);
  }

  #frame(data: string, events: Batch): string {
    const [first] = events;
    if (this.#begun && events.length === 1 && first?.type === "text" && first.plain && !first.refusal)
      return dataLine(this.#renamer.rename(data));
    const chunk = parseJson(data);
    if (isObject(chunk) && !isError(events)) {
      if (this.#isUnaskedUsage(chunk)) return this.#anew(events);
      if (this.#conforms(chunk, events) && !hasLoneSurrogates(data)) return this.#pass(data, chunk, events);
    }
    return this.#anew(events);
  }

  #anew(events: Batch): string {
    return events.map((event) => this.#event(event)).join("");
  }

  #pass(data: string, chunk: JsonObject, events: Batch): string {
    if (!this.#begun) this.#encoder.chunks.adopt(chunk);
    this.#begun = true;
    const [choice] = objectsIn(chunk["choices"]);
    const delta = asObject(choice?.["delta"]);
    if (delta?.["role"] === "assistant") this.#encoder.skipOpening();
    const opening = choice === undefined ? "" : this.#encoder.open(delta?.["tool_calls"] ? null : "");
    const finish = choice?.["finish_reason"];
    if (isKnownFinish(finish)) this.#told.finish = true;
    if (isObject(chunk["usage"])) this.#told.usage = true;
    let last = "";
    for (const event of events) {
      if (event.type === "end") last += this.#event(event);
      else this.#encoder.event(event);
    }
    const calls = COMPLETE.has(finish) && !delta?.["tool_calls"] ? this.#encoder.emptyArguments() : "";
    return opening + calls + dataLine(this.#renamer.rename(data)) + last;
  }

  /** Providers are always asked for usage; a client that did not ask must not see a chunk without choices. */
  #isUnaskedUsage(chunk: JsonObject): boolean {
    const choices = chunk["choices"];
    return !this.#wantsUsage && isObject(chunk["usage"]) && Array.isArray(choices) && choices.length === 0;
  }

  #conforms(chunk: JsonObject, events: Batch): boolean {
    if (!Array.isArray(chunk["choices"]) || !isValidUsage(chunk["usage"])) return false;
    const usage = asObject(chunk["usage"]);
    if (usage !== undefined && this.#told.usage && saysNoInput(usage)) return false;
    for (const choice of objectsIn(chunk["choices"])) {
      const delta = asObject(choice["delta"]);
      const finish = choice["finish_reason"] ?? null;
      if (delta === undefined || (finish !== null && !isKnownFinish(finish))) return false;
      // Only the first choice is read; a client of this very protocol may have asked for more.
      if ((choice["index"] ?? 0) !== 0) continue;
      if ((delta["content"] ?? "") !== textIn(events) || !this.#takesCalls(delta)) return false;
    }
    return true;
  }

  #takesCalls(delta: JsonObject): boolean {
    const calls = objectsIn(delta["tool_calls"]);
    if (calls.length > 0 && !this.#rewritesCalls) this.#rewritesCalls = !this.#areOrdered(calls);
    return calls.length === 0 || !this.#rewritesCalls;
  }

  /** Numbered without gaps, and what a call is called said once: else the SDKs' helpers throw. */
  #areOrdered(calls: readonly JsonObject[]): boolean {
    for (const call of calls) {
      const index = call["index"];
      const { id, type } = call;
      const name = asObject(call["function"] ?? call["custom"])?.["name"];
      const known = typeof index === "number" ? this.#calls[index] : undefined;
      if (known === undefined) {
        if (index !== this.#calls.length || !id || !name || !isCallType(type)) return false;
        this.#calls.push({ id, name });
      } else if (!isSame(id, known.id) || !isSame(name, known.name)) {
        return false;
      }
    }
    return true;
  }
}

function isCallType(type: unknown): boolean {
  return type === "function" || type === "custom";
}

function isSame(said: unknown, known: unknown): boolean {
  return said === undefined || said === known;
}

function isError(events: Batch): boolean {
  return events.some((event) => event.type === "error");
}
