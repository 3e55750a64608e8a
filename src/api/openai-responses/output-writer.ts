import { encodeCarrier } from "../../core/carrier.ts";
import type { ChatEvent } from "../../core/event.ts";
import type { ReasoningPart } from "../../core/message.ts";
import { CallLedger, isComplete, toolCallOf } from "../call-ledger.ts";
import { mayCutCalls } from "../ending.ts";
import { addReasoning, isCarried } from "../reasoning-parts.ts";
import type { ClientTool } from "./client-tools.ts";
import type { EventWriter } from "./event-writer.ts";
import { CallItem, MessageItem, type OutputItem, ReasoningItem } from "./output-items.ts";

type End = Extract<ChatEvent, { type: "end" }>;
type TextEvent = Extract<ChatEvent, { type: "text" }>;
type ReasoningEvent = Extract<ChatEvent, { type: "reasoning" }>;
type CallEvent = Extract<ChatEvent, { type: "tool-call" }>;

/**
 * Makes the items of an answer, and the events that tell of them. A message or reasoning is over when something else begins;
 * calls stay open until the end, since deltas of several may alternate. Items are completed in their order, because that is
 * the order in which Codex remembers them.
 */
export class OutputWriter {
  readonly #id: string;
  readonly #events: EventWriter;
  readonly #carriers: boolean;
  readonly #tools: ReadonlyMap<string, ClientTool>;
  readonly #ledger: CallLedger;
  readonly #calls: CallItem[] = [];
  readonly #callIds = new Set<string>();
  /** Items that are not complete, by their order. */
  #open: OutputItem[] = [];
  #current: MessageItem | ReasoningItem | undefined;
  #block: ReasoningPart[] = [];
  #count = 0;
  readonly #completed: unknown[] = [];

  /** @param id of the answer, from which the ids of its items are made */
  constructor(id: string, events: EventWriter, tools: ReadonlyMap<string, ClientTool>, carriers = true) {
    this.#carriers = carriers;
    this.#id = id;
    this.#events = events;
    this.#tools = tools;
    this.#ledger = new CallLedger(`call_${id}`);
  }

  /** The items that are complete. */
  get output(): readonly unknown[] {
    return this.#completed;
  }

  /** Those, and what has come of the text of others; never of calls, since half a call must not look callable. */
  get cutOutput(): readonly unknown[] {
    const begun = this.#open.flatMap((item) => (item instanceof CallItem ? [] : [item.json("incomplete")]));
    return [...this.#completed, ...begun];
  }

  get hasNamelessCall(): boolean {
    return this.#ledger.hasNameless;
  }

  text({ text, refusal, plain }: TextEvent): string {
    if (text === "") return "";
    let frames = "";
    if (!(this.#current instanceof MessageItem)) {
      frames = this.#begin(new MessageItem(this.#position("msg"), this.#events));
    }
    const message = this.#current as MessageItem;
    return frames + message.delta(text, refusal === true ? "refusal" : "output_text", plain === true);
  }

  reasoning(event: ReasoningEvent): string {
    let frames = "";
    if (!(this.#current instanceof ReasoningItem)) {
      if (event.text === "" && !isCarried(event)) return "";
      frames = this.#begin(new ReasoningItem(this.#position("rs"), this.#events));
    }
    addReasoning(this.#block, event);
    const item = this.#current as ReasoningItem;
    frames += item.delta(event.text);
    return isCarried(event) ? frames + this.#finishCurrent() : frames;
  }

  call(event: CallEvent): string {
    const taken = this.#ledger.take(event);
    if (taken === undefined) return "";
    const { call, begun, fresh } = taken;
    let frames = "";
    if (begun) {
      frames = this.#finishCurrent();
      const tool = this.#tools.get(call.name) ?? { kind: "function", name: call.name };
      const position = this.#position(tool.kind === "custom" ? "ctc" : "fc");
      const item = new CallItem(position, this.#events, tool, this.#freeId(call.id, call.position));
      this.#calls.push(item);
      this.#open.push(item);
      frames += item.added();
    }
    return frames + (this.#calls[call.position]?.delta(fresh) ?? "");
  }

  /** The answer has ended: all items are completed, but for calls that were cut. */
  finish(end: End): string {
    const frames = this.#finishCurrent();
    for (const [position, call] of this.#ledger.calls.entries()) {
      const item = this.#calls[position];
      if (item === undefined) continue;
      if (!mayCutCalls(end) || isComplete(call.arguments)) item.finish(toolCallOf(call).function.arguments);
      else this.#open = this.#open.filter((open) => open !== item);
    }
    return frames + this.#completeInOrder();
  }

  #begin(item: MessageItem | ReasoningItem): string {
    const frames = this.#finishCurrent();
    this.#current = item;
    this.#open.push(item);
    return frames + item.added();
  }

  #finishCurrent(): string {
    const item = this.#current;
    if (item === undefined) return "";
    if (item instanceof ReasoningItem) item.finish(this.#carriers ? encodeCarrier(this.#block) : undefined);
    else item.finish();
    this.#current = undefined;
    this.#block = [];
    return this.#completeInOrder();
  }

  #completeInOrder(): string {
    let frames = "";
    for (let item = this.#open[0]; item?.isFinished === true; item = this.#open[0]) {
      frames += item.completed();
      this.#completed.push(item.json("completed"));
      this.#open.shift();
    }
    return frames;
  }

  #position(prefix: string) {
    const index = this.#count++;
    return { index, id: `${prefix}_${this.#id}_${index}` };
  }

  /** Two calls of one answer must not have the same id, though some servers count them all as `call_0`. */
  #freeId(id: string, position: number): string {
    const free = this.#callIds.has(id) ? `${id}_${position}` : id;
    this.#callIds.add(free);
    return free;
  }
}
