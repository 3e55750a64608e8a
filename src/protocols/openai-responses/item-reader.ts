import type { ChatEvent } from "../../core/event.ts";
import { asCount, asText, type JsonObject, objectsIn } from "../../core/json.ts";
import type { AnswerEvents } from "../answer-events.ts";
import { HalfJoiner } from "../well-formed.ts";

/** What a text of an answer is: of a message, of its refusal, of a summary of reasoning, of the reasoning itself. */
export type TextKind = "text" | "refusal" | "summary" | "reasoning";

/** Parts of reasoning are paragraphs. */
const BETWEEN_PARTS = "\n\n";

interface Call {
  readonly index: number;
  /** Custom tools take free text, which becomes the `input` of a JSON object. */
  readonly custom: boolean;
  readonly halves: HalfJoiner;
  /** Characters of its arguments or its input that have been told. */
  told: number;
  closed: boolean;
}

/**
 * The output items of one response: what of each has been told as events. Servers say everything several times, as deltas,
 * as whole parts, as whole items and in the last event, and each leaves out some of it: whatever comes is told once.
 */
export class ItemReader {
  /** Characters told, by item, kind and part. */
  readonly #told = new Map<string, number>();
  /** Whether an item's reasoning is told by its summary or by its text: never by both. */
  readonly #reasoning = new Map<number, TextKind>();
  readonly #completed = new Set<number>();
  readonly #calls = new Map<number, Call>();
  readonly #callIds = new Map<string, Call>();
  readonly #answer: AnswerEvents;
  #next = 0;

  constructor(answer: AnswerEvents) {
    this.#answer = answer;
  }

  /** More of a text. @param index of the item @param part its place in the item */
  delta(kind: TextKind, index: number, part: number, text: string, out: ChatEvent[], isPlain = false): void {
    if (text === "") return;
    this.#next = Math.max(this.#next, index + 1);
    const key = keyOf(kind, index, part);
    const told = this.#told.get(key) ?? 0;
    this.#told.set(key, told + text.length);
    let more = text;
    if (kind === "summary" || kind === "reasoning") {
      const source = this.#reasoning.get(index);
      if (source !== undefined && source !== kind) return;
      if (source !== undefined && told === 0) more = BETWEEN_PARTS + text;
      this.#reasoning.set(index, kind);
    }
    if (kind === "refusal") this.#answer.refusal(more, out);
    else if (kind !== "text") this.#answer.reasoning({ text: more }, out);
    else if (isPlain) this.#answer.plainText(more, out);
    else this.#answer.text(more, out);
  }

  /** A text is complete: the rest of it, if there is any. */
  text(kind: TextKind, index: number, part: number, whole: string, out: ChatEvent[]): void {
    this.delta(kind, index, part, whole.slice(this.#told.get(keyOf(kind, index, part)) ?? 0), out);
  }

  /** An item begins. What it holds comes later. */
  begin(index: number, item: JsonObject, out: ChatEvent[]): void {
    if (isCall(item)) this.#call(index, item, out);
  }

  /** More of the arguments of a call, or of the input of a custom one. */
  arguments(index: number, text: string, out: ChatEvent[]): void {
    const call = this.#calls.get(index) ?? this.#call(index, {}, out);
    if (text === "" || call.closed) return;
    const opening = call.custom && call.told === 0 ? '{"input":"' : "";
    call.told += text.length;
    const written = call.custom ? opening + JSON.stringify(call.halves.take(text)).slice(1, -1) : text;
    this.#answer.call({ index: call.index, arguments: written }, out);
  }

  /** The arguments of a call are complete. */
  wholeArguments(index: number, whole: string, out: ChatEvent[]): void {
    this.arguments(index, whole.slice(this.#calls.get(index)?.told ?? 0), out);
  }

  /** An item is complete: what of it has not been told. @param isWhole it has not been cut */
  item(index: number, item: JsonObject, out: ChatEvent[], isWhole = item["status"] !== "incomplete"): void {
    this.#next = Math.max(this.#next, index + 1);
    if (isCall(item)) {
      const call = this.#call(index, item, out);
      this.wholeArguments(index, asText(item[call.custom ? "input" : "arguments"]) ?? "", out);
      if (isWhole) this.#close(call, out);
    } else if (item["type"] === "message") {
      for (const [part, content] of objectsIn(item["content"]).entries())
        this.part(index, part, content, out);
    } else if (item["type"] === "reasoning") {
      this.#wholeReasoning(index, item, out);
    }
  }

  /** A part of an item's content is complete. */
  part(index: number, part: number, content: JsonObject, out: ChatEvent[]): void {
    if (content["type"] === "refusal") {
      this.text("refusal", index, part, asText(content["refusal"]) ?? "", out);
    } else if (content["type"] === "output_text") {
      this.text("text", index, part, asText(content["text"]) ?? "", out);
    } else if (content["type"] === "reasoning_text") {
      this.text("reasoning", index, part, asText(content["text"]) ?? "", out);
    }
  }

  /**
   * The whole response. Items are told apart by their calls' ids alone: some servers leave items out here, and count anew.
   * @param isWhole no call in it has been cut
   */
  response(output: readonly JsonObject[], isWhole: boolean, out: ChatEvent[]): void {
    const isNew = this.#told.size === 0 && this.#calls.size === 0 && this.#completed.size === 0;
    for (const item of output) {
      const known = isCall(item) ? this.#callIds.get(idOf(item) ?? "") : undefined;
      if (known !== undefined) this.item(known.index, item, out, isWhole);
      else if (isNew || isCall(item)) this.item(this.#next, item, out, isWhole);
    }
    if (isWhole) for (const call of this.#calls.values()) this.#close(call, out);
  }

  #call(index: number, item: JsonObject, out: ChatEvent[]): Call {
    this.#next = Math.max(this.#next, index + 1);
    const known = this.#calls.get(index);
    if (known !== undefined) return known;
    const custom = item["type"] === "custom_tool_call";
    const call: Call = { index, custom, halves: new HalfJoiner(), told: 0, closed: false };
    this.#calls.set(index, call);
    const id = idOf(item);
    const name = asText(item["name"]);
    if (id !== undefined) this.#callIds.set(id, call);
    this.#answer.call(
      { index, ...(id === undefined ? {} : { id }), ...(name === undefined ? {} : { name }) },
      out,
    );
    return call;
  }

  #close(call: Call, out: ChatEvent[]): void {
    if (call.closed) return;
    call.closed = true;
    if (!call.custom) return;
    const written = call.told === 0 ? '{"input":""}' : `${call.halves.flush()}"}`;
    this.#answer.call({ index: call.index, arguments: written }, out);
  }

  #wholeReasoning(index: number, item: JsonObject, out: ChatEvent[]): void {
    if (this.#completed.has(index)) return;
    this.#completed.add(index);
    for (const [part, { text }] of objectsIn(item["summary"]).entries()) {
      this.text("summary", index, part, asText(text) ?? "", out);
    }
    for (const [part, content] of objectsIn(item["content"]).entries()) this.part(index, part, content, out);
    const content = asText(item["encrypted_content"]);
    if (content === undefined) return;
    const id = asText(item["id"]);
    this.#answer.reasoning({ text: "", encrypted: { ...(id === undefined ? {} : { id }), content } }, out);
  }
}

/** Where a delta belongs: `output_index`, and `content_index` or `summary_index`. */
export function placeOf(event: JsonObject): readonly [index: number, part: number] {
  return [
    asCount(event["output_index"]) ?? 0,
    asCount(event["content_index"] ?? event["summary_index"]) ?? 0,
  ];
}

function keyOf(kind: TextKind, index: number, part: number): string {
  return `${kind} ${index} ${part}`;
}

function isCall({ type }: JsonObject): boolean {
  return type === "function_call" || type === "custom_tool_call";
}

/** What answers of tools name. */
function idOf(item: JsonObject): string | undefined {
  return asText(item["call_id"]) ?? asText(item["id"]);
}
