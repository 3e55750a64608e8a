import type { Batch, ChatEvent } from "../../core/event.ts";
import type { ReasoningPart } from "../../core/message.ts";
import { DONE_FRAME, KEEP_ALIVE_FRAME } from "../../sse/encode.ts";
import { CallLedger } from "../call-ledger.ts";
import type { Encoder } from "../dialect.ts";
import { mayCutCalls, namelessCall } from "../ending.ts";
import { addReasoning, isCarried } from "../reasoning-parts.ts";
import { type ChatContext, ChunkWriter, finishReason } from "./chunk.ts";
import { errorFrames } from "./errors.ts";
import { reasoningDetails } from "./reasoning-details.ts";

type End = Extract<ChatEvent, { type: "end" }>;
type CallEvent = Extract<ChatEvent, { type: "tool-call" }>;

/** What of an ending the client has been told already, in the provider's own frames. */
export interface Told {
  readonly finish: boolean;
  readonly usage: boolean;
}

const NOTHING: Told = { finish: false, usage: false };

/** Encodes an answer as OpenAI's chat completion chunks. @see https://platform.openai.com/docs/api-reference/chat-streaming */
export class ChatCompletionEncoder implements Encoder {
  readonly chunks: ChunkWriter;
  readonly #context: ChatContext;
  readonly #calls: CallLedger;
  readonly #wantsUsage: boolean;
  /** Only blocks that their provider wants back are kept. */
  #reasoning: ReasoningPart[] = [];
  #hasRole = false;

  constructor(context: ChatContext) {
    this.#context = context;
    this.#wantsUsage = context.body.stream_options?.include_usage === true;
    this.chunks = new ChunkWriter(context, this.#wantsUsage);
    this.#calls = new CallLedger(`call_${context.id}`);
  }

  /** The first chunk waits for the first event: it tells whether there is content. */
  begin(): string {
    return "";
  }

  idle(): string {
    return KEEP_ALIVE_FRAME;
  }

  batch(batch: Batch): string {
    let frames = "";
    for (const event of batch) frames += this.event(event);
    return frames;
  }

  event(event: ChatEvent): string {
    switch (event.type) {
      case "text":
        return this.#text(event);
      case "reasoning":
        return this.#reason(event);
      case "tool-call":
        return this.#call(event);
      case "frame":
      case "frames":
        return "";
      case "end":
        return this.end(event);
      case "error":
        return errorFrames(event.failure);
    }
  }

  /** The first chunk, which alone names the role; empty once it has been written. */
  open(content: "" | null = ""): string {
    if (this.#hasRole) return "";
    this.#hasRole = true;
    return this.chunks.chunk(JSON.stringify({ role: "assistant", content, refusal: null }));
  }

  /** The provider's own first chunk has named it. */
  skipOpening(): void {
    this.#hasRole = true;
  }

  end(end: End, told = NOTHING): string {
    if (!told.finish && this.#calls.hasNameless && !mayCutCalls(end)) {
      const failure = namelessCall();
      this.#context.receipt?.(failure);
      return errorFrames(failure);
    }
    const finish = told.finish
      ? ""
      : this.#lastDeltas(end) + this.chunks.chunk("{}", finishReason(end, this.#calls.calls.length > 0));
    const { usage } = end;
    const wantsUsage = this.#wantsUsage && !told.usage && usage !== undefined;
    return this.open() + finish + (wantsUsage ? this.chunks.usage(usage) : "") + DONE_FRAME;
  }

  #text({ text, refusal, plain }: Extract<ChatEvent, { type: "text" }>): string {
    if (text === "") return "";
    if (this.#reasoning.length > 0) this.#dropPlainReasoning();
    const json = plain ? `"${text}"` : JSON.stringify(text);
    return this.open() + this.chunks.chunk(`{"${refusal ? "refusal" : "content"}":${json}}`);
  }

  #reason(event: Extract<ChatEvent, { type: "reasoning" }>): string {
    addReasoning(this.#reasoning, event);
    if (event.text === "") return "";
    return this.open() + this.chunks.chunk(JSON.stringify({ reasoning_content: event.text }));
  }

  #dropPlainReasoning(): void {
    this.#reasoning = this.#reasoning.filter(isCarried);
  }

  #call(event: CallEvent): string {
    const taken = this.#calls.take(event);
    if (taken === undefined) return "";
    const { call, begun, fresh } = taken;
    const { position: index, id, name } = call;
    const first = begun ? { index, id, type: "function", function: { name, arguments: "" } } : undefined;
    return (
      (begun ? this.open(null) : "") +
      (first === undefined ? "" : this.#callChunk(first)) +
      (fresh === "" ? "" : this.#callChunk({ index, function: { arguments: fresh } }))
    );
  }

  #callChunk(call: object): string {
    return this.chunks.chunk(JSON.stringify({ tool_calls: [call] }));
  }

  /** `{}` for calls without arguments: the next turn would be refused without. */
  emptyArguments(): string {
    return this.#calls.calls
      .filter((call) => call.arguments.trim() === "")
      .map((call) => this.#callChunk({ index: call.position, function: { arguments: "{}" } }))
      .join("");
  }

  /** What the provider wants back, before the finish. */
  #lastDeltas(end: End): string {
    const frames = mayCutCalls(end) ? "" : this.emptyArguments();
    this.#dropPlainReasoning();
    if (this.#reasoning.length === 0) return frames;
    const details = JSON.stringify({ reasoning_details: reasoningDetails(this.#reasoning) });
    return this.open() + frames + this.chunks.chunk(details);
  }
}
