import type { Batch, ChatEvent } from "../../core/event.ts";
import type { Failure } from "../../core/failure.ts";
import { toolId } from "../../core/tool-id.ts";
import { KEEP_ALIVE_FRAME } from "../../sse/encode.ts";
import { CallLedger, isComplete, type LedgerCall } from "../call-ledger.ts";
import type { Encoder } from "../dialect.ts";
import { changedCall, mayCutCalls, namelessCall } from "../ending.ts";
import { isCarried } from "../reasoning-parts.ts";
import { type BlockType, BlockWriter } from "./block-writer.ts";
import { anthropicError } from "./errors.ts";
import { eventFrame, type MessagesContext, messageStart, stopOf, usageNumbers } from "./events.ts";

type Of<Type extends ChatEvent["type"]> = Extract<ChatEvent, { type: Type }>;

/** A delta of a call, as the ledger has read it. */
interface CallDelta {
  readonly type: "call";
  readonly call: LedgerCall;
  readonly begun: boolean;
  readonly fresh: string;
}

type Content = Of<"text"> | Of<"reasoning"> | CallDelta;

/**
 * Encodes an answer as Anthropic's message events. One block is open at a time: while the call in it is not complete,
 * whatever else comes is held.
 * @see https://docs.anthropic.com/en/api/messages-streaming
 */
export class MessagesEncoder implements Encoder {
  readonly #context: MessagesContext;
  readonly #calls: CallLedger;
  readonly #blocks: BlockWriter;
  /** The call whose block is open, and what of its arguments has been written. */
  #open: LedgerCall | undefined;
  #openArguments = "";
  readonly #closed = new Set<LedgerCall>();
  #held: Content[] = [];
  /** White space that waits for a text that is not blank: Anthropic refuses a history with a blank block for ever. */
  #blank = "";
  #written = 0;
  #hasStarted = false;
  #isOver = false;

  constructor(context: MessagesContext) {
    this.#context = context;
    this.#blocks = new BlockWriter(context.reasoningCarriers);
    this.#calls = new CallLedger(`toolu_${context.id}`);
  }

  /** The message waits for the first event: it names the model. */
  begin(): string {
    return "";
  }

  idle(): string {
    return this.#hasStarted && !this.#isOver ? eventFrame("ping", {}) : KEEP_ALIVE_FRAME;
  }

  batch(batch: Batch): string {
    let frames = "";
    for (const event of batch) frames += this.event(event);
    return frames;
  }

  event(event: ChatEvent): string {
    if (this.#isOver) return "";
    switch (event.type) {
      case "text":
        return event.text === "" ? "" : this.#content(event);
      case "reasoning":
        return event.text === "" && !isCarried(event) ? "" : this.#content(event);
      case "tool-call": {
        const taken = this.#calls.take(event);
        return taken === undefined ? "" : this.#content({ type: "call", ...taken });
      }
      case "frame":
      case "frames":
        return "";
      case "end":
        return this.#end(event);
      case "error":
        return this.#fail(event.failure);
    }
  }

  /** The client has been told of the message, or of one of its blocks, by someone else. */
  follow(index = -1, open?: BlockType): void {
    this.#hasStarted = true;
    this.#blank = "";
    this.#blocks.follow(index, open);
    if (open !== "tool_use") this.#close();
  }

  #content(content: Content): string {
    if (this.#isOver) return "";
    const isCall = content.type === "call";
    // Its block was closed, since what had come was complete.
    if (isCall && this.#closed.has(content.call))
      return content.fresh.trim() === "" ? "" : this.#spoil(changedCall());
    if (this.#open === undefined) return this.#write(content);
    if (isCall && content.call === this.#open) return this.#write(content) + this.#release();
    if (this.#held.length === 0 && isComplete(this.#openArguments)) return this.#write(content);
    this.#held.push(content);
    return "";
  }

  /** Writes what was held, once the open call is complete. */
  #release(): string {
    if (this.#held.length === 0 || !isComplete(this.#openArguments)) return "";
    const held = this.#held;
    this.#held = [];
    this.#close();
    return held.map((content) => this.#content(content)).join("");
  }

  #close(): void {
    if (this.#open !== undefined) this.#closed.add(this.#open);
    this.#open = undefined;
    this.#openArguments = "";
  }

  #write(content: Content): string {
    switch (content.type) {
      case "text":
        return this.#text(content);
      case "reasoning":
        return this.#reason(content);
      case "call":
        return this.#call(content);
    }
  }

  #text({ text, plain }: Of<"text">): string {
    if (this.#blocks.open === "text") return this.#textDelta(text, plain);
    this.#blank += text;
    if (this.#blank.trim() === "") return "";
    const all = this.#blank;
    return this.#start("text", { text: "" }) + this.#textDelta(all, plain && all === text);
  }

  #textDelta(text: string, plain: boolean | undefined): string {
    this.#written += text.length;
    return this.#blocks.text(plain ? `"${text}"` : JSON.stringify(text));
  }

  #reason(event: Of<"reasoning">): string {
    const { text, signature, redacted, encrypted } = event;
    if (redacted !== undefined)
      return this.#start("redacted_thinking", { data: redacted }) + this.#blocks.stop();
    let frames =
      this.#blocks.open === "thinking" ? "" : this.#start("thinking", { thinking: "", signature: "" });
    this.#written += text.length;
    if (text !== "") frames += this.#blocks.delta("thinking_delta", { thinking: text });
    const carrier = encrypted === undefined ? signature : this.#blocks.carrier([event]);
    return carrier === undefined ? frames : frames + this.#blocks.sign(carrier) + this.#blocks.stop();
  }

  #call({ call, begun, fresh }: CallDelta): string {
    const start = begun ? this.#start("tool_use", { id: toolId(call.id), name: call.name, input: {} }) : "";
    this.#open = call;
    this.#openArguments += fresh;
    this.#written += fresh.length;
    return start + (fresh === "" ? "" : this.#blocks.delta("input_json_delta", { partial_json: fresh }));
  }

  #start(type: Exclude<BlockType, "other">, fields: object): string {
    this.#close();
    this.#blank = "";
    return this.#message() + this.#blocks.start(type, fields);
  }

  #message(): string {
    if (this.#hasStarted) return "";
    this.#hasStarted = true;
    return messageStart(this.#context);
  }

  #end(end: Of<"end">): string {
    if (this.#calls.hasNameless && !mayCutCalls(end)) return this.#spoil(namelessCall());
    const held = this.#held.map((content) => this.#writeWhole(content, mayCutCalls(end))).join("");
    const frames = this.#message() + held + this.#blocks.stop();
    this.#isOver = true;
    const delta = stopOf(end, this.#calls.calls.length > 0);
    const usage = usageNumbers(end.usage, this.#context, this.#written);
    return frames + eventFrame("message_delta", { delta, usage }) + eventFrame("message_stop", {});
  }

  /** What is still held at the end; each call at once, and none that was cut. */
  #writeWhole(content: Content, mayBeCut: boolean): string {
    if (content.type !== "call") return this.#write(content);
    const { call, begun } = content;
    if (!begun || (mayBeCut && !isComplete(call.arguments))) return "";
    return this.#call({ ...content, fresh: call.arguments });
  }

  /** A failure that the provider did not tell of. */
  #spoil(failure: Failure): string {
    this.#context.receipt?.(failure);
    return this.#fail(failure);
  }

  /** Nothing is closed before it, so that what is open never looks whole. */
  #fail(failure: Failure): string {
    this.#isOver = true;
    const { type: _, ...fields } = anthropicError(failure, this.#context.requestId);
    return eventFrame("error", fields);
  }
}
