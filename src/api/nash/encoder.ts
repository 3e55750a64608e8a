import type { Batch, ChatEvent, EndReason, Usage } from "../../core/event.ts";
import { type Failure, isRetryable } from "../../core/failure.ts";
import type { Receipt } from "../../core/receipt.ts";
import type { Session } from "../../core/session.ts";
import { DONE_FRAME, dataFrame, KEEP_ALIVE_FRAME } from "../../sse/encode.ts";
import { CallLedger } from "../call-ledger.ts";
import type { Encoder } from "../dialect.ts";
import { endReason, mayCutCalls, namelessCall } from "../ending.ts";

/** Which lines beyond the four kinds of docs/protocol.md 1, a client asked for. */
export interface Wanted {
  readonly usage: boolean;
  readonly reasoning: boolean;
  /** The request carries tools: calls are told. */
  readonly toolCalls: boolean;
  readonly receipt?: boolean;
}

/** Encodes an answer as lines of our own protocol (docs/protocol.md 1). */
export class NashEncoder implements Encoder {
  readonly #sessionFrame: string;
  readonly #wanted: Wanted;
  readonly #calls: CallLedger;
  readonly #receipt: ((failure?: Failure) => Receipt) | undefined;
  /** What the next frames follow: the session, until it has been said. */
  #opening: string;

  /**
   * @param id of the answer, for calls that the provider gave no id
   * @param receipt what became of the answer; with a failure, that it ends with this one
   */
  constructor(session: Session, wanted: Wanted, id: string, receipt?: (failure?: Failure) => Receipt) {
    this.#receipt = receipt;
    this.#sessionFrame = dataFrame({ session_id: session.id });
    this.#opening = this.#sessionFrame;
    this.#wanted = wanted;
    this.#calls = new CallLedger(`call_${id}`);
  }

  begin(): string {
    return this.batch([]);
  }

  batch(batch: Batch): string {
    let frames = this.#opening;
    this.#opening = "";
    for (const event of batch) frames += this.#frame(event);
    return frames;
  }

  idle(): string {
    return KEEP_ALIVE_FRAME;
  }

  /** `id` and `name` on the first line of each call, then text that is appended to its arguments. */
  #toolCall(event: Delta): string {
    const taken = this.#calls.take(event);
    if (taken === undefined) return "";
    const { call, begun, fresh } = taken;
    const { id, name } = call;
    return toolCallFrame(call.position, begun ? { id, name, arguments: fresh } : { arguments: fresh });
  }

  #end(event: End): string {
    if (this.#calls.hasNameless && !mayCutCalls(event)) {
      const failure = namelessCall();
      this.#receipt?.(failure);
      return this.#error({ type: "error", failure, ...(event.usage && { usage: event.usage }) });
    }
    const { calls } = this.#calls;
    let frames = "";
    // Of an answer that was cut it may be that the arguments did not come.
    for (const call of mayCutCalls(event) ? [] : calls)
      if (call.arguments.trim() === "") frames += toolCallFrame(call.position, { arguments: "{}" });
    const reason = endReason(event, calls.length > 0);
    return (
      frames +
      (this.#wanted.usage ? usageFrame(event.usage, reason) : "") +
      (this.#wanted.receipt ? this.#receiptFrame() : "") +
      this.#sessionFrame +
      DONE_FRAME
    );
  }

  /** Whoever had the answer stopped is told so by its receipt, wanted or not: it must not look whole. */
  #error({ failure, usage }: Failed): string {
    const wanted = this.#wanted;
    const isStopped = failure.early === "stopped" && this.#receipt !== undefined;
    return (
      (isStopped ? "" : errorFrame(failure)) +
      (wanted.usage && usage !== undefined ? usageFrame(usage, "other") : "") +
      (wanted.receipt || isStopped ? this.#receiptFrame() : "") +
      this.#sessionFrame +
      DONE_FRAME
    );
  }

  #receiptFrame(): string {
    const receipt = this.#receipt?.();
    return receipt === undefined ? "" : dataFrame({ receipt });
  }

  #frame(event: ChatEvent): string {
    const wanted = this.#wanted;
    switch (event.type) {
      case "text":
        if (event.text === "") return "";
        return `data: {"content":${event.plain ? `"${event.text}"` : JSON.stringify(event.text)}}\n\n`;
      case "reasoning":
        return wanted.reasoning && event.text !== "" ? dataFrame({ reasoning: event.text }) : "";
      case "tool-call":
        return wanted.toolCalls ? this.#toolCall(event) : "";
      case "frame":
      case "frames":
        return "";
      case "end":
        return this.#end(event);
      case "error":
        return this.#error(event);
    }
  }
}

type Delta = Extract<ChatEvent, { type: "tool-call" }>;
type End = Extract<ChatEvent, { type: "end" }>;
type Failed = Extract<ChatEvent, { type: "error" }>;

function toolCallFrame(index: number, call: Omit<Delta, "type" | "index">): string {
  return dataFrame({ tool_call: { index, ...call } });
}

export function errorFrame(failure: Failure): string {
  return dataFrame({ error: errorObject(failure) });
}

/** A failure as clients see it, in a body and in a line alike (docs/protocol.md 2). */
export function errorObject(failure: Failure): Record<string, unknown> {
  return {
    type: failure.type,
    message: failure.message,
    ...(failure.param === undefined ? {} : { param: failure.param }),
    ...(failure.providerStatus === undefined ? {} : { provider_status: failure.providerStatus }),
    ...(failure.retryAfter === undefined ? {} : { retry_after: Math.ceil(failure.retryAfter) }),
    retryable: isRetryable(failure),
  };
}

/** The end of a stream that breaks off for a reason of this server. */
export function farewellFrames(failure: Failure, session: Session): string {
  return errorFrame(failure) + dataFrame({ session_id: session.id }) + DONE_FRAME;
}

/** `usage` is null where the provider reported none: a number of ours would look like its own. */
function usageFrame(usage: Usage | undefined, reason: EndReason): string {
  const tokens =
    usage === undefined ? null : { input_tokens: usage.inputTokens, output_tokens: usage.outputTokens };
  return dataFrame({ usage: tokens, finish_reason: reason });
}
