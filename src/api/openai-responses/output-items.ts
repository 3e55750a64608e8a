import { type ClientTool, customInput } from "./client-tools.ts";
import type { EventWriter } from "./event-writer.ts";

type Status = "in_progress" | "completed" | "incomplete";

/** Where an item stands among the others, and its name. */
export interface ItemPosition {
  readonly index: number;
  readonly id: string;
}

/** One item of an answer's `output`, and the events that tell of it. */
export abstract class OutputItem {
  protected readonly position: ItemPosition;
  protected readonly events: EventWriter;
  isFinished = false;

  constructor(position: ItemPosition, events: EventWriter) {
    this.position = position;
    this.events = events;
  }

  /** The item as far as it has come. */
  abstract json(status: Status): Readonly<Record<string, unknown>>;

  /** The events after its last delta. */
  protected abstract whole(): string;

  /** The event that begins it. */
  added(): string {
    const item = this.json("in_progress");
    return this.events.event("response.output_item.added", { output_index: this.position.index, item });
  }

  /** The events that complete it. */
  completed(): string {
    const whole = this.whole();
    const fields = { output_index: this.position.index, item: this.json("completed") };
    return whole + this.events.event("response.output_item.done", fields);
  }

  /** An event about a part of it. */
  protected event(name: string, fields: Readonly<Record<string, unknown>>): string {
    const { id, index } = this.position;
    return this.events.event(`response.${name}`, { item_id: id, output_index: index, ...fields });
  }

  /** An event with a delta of text. @param fields between the position and the delta, as JSON @param rest after it */
  protected deltaEvent(name: string, fields: string, text: string, plain: boolean, rest = ""): string {
    const { id, index } = this.position;
    const json = plain ? `"${text}"` : JSON.stringify(text);
    return this.events.json(
      `response.${name}`,
      `"item_id":"${id}","output_index":${index},${fields}"delta":${json}${rest}`,
    );
  }
}

interface MessagePart {
  readonly type: "output_text" | "refusal";
  text: string;
}

/** What the assistant says. */
export class MessageItem extends OutputItem {
  readonly #parts: MessagePart[] = [];

  delta(text: string, type: MessagePart["type"], plain: boolean): string {
    let part = this.#parts.at(-1);
    let frames = "";
    if (part?.type !== type) {
      frames = this.#partDone();
      part = { type, text: "" };
      this.#parts.push(part);
      frames += this.#partEvent("content_part.added", part);
    }
    part.text += text;
    const index = `"content_index":${this.#parts.length - 1},`;
    const isText = type === "output_text";
    const name = isText ? "output_text.delta" : "refusal.delta";
    return frames + this.deltaEvent(name, index, text, plain, isText ? ',"logprobs":[]' : "");
  }

  finish(): void {
    this.isFinished = true;
  }

  json(status: Status) {
    const content = status === "in_progress" ? [] : this.#parts.map(partJson);
    return { id: this.position.id, type: "message", status, role: "assistant", content };
  }

  protected whole(): string {
    return this.#partDone();
  }

  #partDone(): string {
    const part = this.#parts.at(-1);
    if (part === undefined) return "";
    const content_index = this.#parts.length - 1;
    const done =
      part.type === "refusal"
        ? this.event("refusal.done", { content_index, refusal: part.text })
        : this.event("output_text.done", { content_index, text: part.text, logprobs: [] });
    return done + this.#partEvent("content_part.done", part);
  }

  #partEvent(name: string, part: MessagePart): string {
    return this.event(name, { content_index: this.#parts.indexOf(part), part: partJson(part) });
  }
}

function partJson({ type, text }: MessagePart): Readonly<Record<string, unknown>> {
  return type === "refusal" ? { type, refusal: text } : { type, text, annotations: [], logprobs: [] };
}

/** What the model thought, as a summary, which every client shows, with what its provider wants back. */
export class ReasoningItem extends OutputItem {
  #text = "";
  #carrier: string | undefined;

  delta(text: string): string {
    if (text === "") return "";
    const begun = this.#text === "" ? this.#summaryEvent("reasoning_summary_part.added") : "";
    this.#text += text;
    return begun + this.deltaEvent("reasoning_summary_text.delta", '"summary_index":0,', text, false);
  }

  finish(carrier: string | undefined): void {
    this.#carrier = carrier;
    this.isFinished = true;
  }

  json(status: Status) {
    const summary = this.#text === "" || status === "in_progress" ? [] : [this.#summary()];
    const carrier = this.#carrier === undefined ? {} : { encrypted_content: this.#carrier };
    return { id: this.position.id, type: "reasoning", status, summary, ...carrier };
  }

  protected whole(): string {
    if (this.#text === "") return "";
    const done = this.event("reasoning_summary_text.done", { summary_index: 0, text: this.#text });
    return done + this.#summaryEvent("reasoning_summary_part.done");
  }

  #summary() {
    return { type: "summary_text", text: this.#text };
  }

  #summaryEvent(name: string): string {
    return this.event(name, { summary_index: 0, part: this.#summary() });
  }
}

/** A call of a function, or of a custom tool, whose text is only known when all of its arguments are there. */
export class CallItem extends OutputItem {
  readonly #tool: ClientTool;
  readonly #callId: string;
  /** Of what has been told as deltas. */
  #told = "";
  #arguments = "";

  constructor(position: ItemPosition, events: EventWriter, tool: ClientTool, callId: string) {
    super(position, events);
    this.#tool = tool;
    this.#callId = callId;
  }

  delta(text: string): string {
    if (text === "" || this.#tool.kind === "custom") return "";
    this.#told += text;
    return this.deltaEvent("function_call_arguments.delta", "", text, false);
  }

  /** @param args all of them, which may be more than has come as deltas */
  finish(args: string): void {
    this.#arguments = args;
    this.isFinished = true;
  }

  json(status: Status) {
    const { kind, name, namespace } = this.#tool;
    const called = { call_id: this.#callId, name, ...(namespace === undefined ? {} : { namespace }) };
    return kind === "custom"
      ? { id: this.position.id, type: "custom_tool_call", status, ...called, input: this.#input() }
      : { id: this.position.id, type: "function_call", status, ...called, arguments: this.#arguments };
  }

  protected whole(): string {
    const { kind, name } = this.#tool;
    if (kind === "custom") {
      const input = this.#input();
      const delta = input === "" ? "" : this.event("custom_tool_call_input.delta", { delta: input });
      return delta + this.event("custom_tool_call_input.done", { input });
    }
    const missing = this.#told.trim() === "" ? this.delta(this.#arguments) : "";
    return missing + this.event("function_call_arguments.done", { name, arguments: this.#arguments });
  }

  #input(): string {
    return this.isFinished ? customInput(this.#arguments) : "";
  }
}
