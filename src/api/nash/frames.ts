import type { Batch, ChatEvent, EndReason, Usage } from "../../core/event.ts";
import { type Failure, isRetryable } from "../../core/failure.ts";
import type { Session } from "../../core/session.ts";
import { DONE_FRAME, dataFrame, encodeFrames, KEEP_ALIVE_FRAME } from "../../sse/encode.ts";

/** Which lines beyond the seed format a client asked for. */
export interface Wanted {
  readonly usage: boolean;
  readonly reasoning: boolean;
}

/** Encodes an answer in the seed format (contract, section 1). Each method gives the bytes of whole frames. */
export class FrameEncoder {
  readonly #sessionFrame: string;
  readonly #wanted: Wanted;
  /** What the next frames follow: the session, until it has been said. */
  #opening: string;

  constructor(session: Session, wanted: Wanted) {
    this.#sessionFrame = dataFrame({ session_id: session.id });
    this.#opening = this.#sessionFrame;
    this.#wanted = wanted;
  }

  /** The opening alone, where there is nothing yet that could follow it. */
  begin(): Uint8Array {
    return this.batch([]);
  }

  /** Empty where the client did not ask for anything in the batch. */
  batch(events: Batch): Uint8Array {
    let frames = this.#opening;
    this.#opening = "";
    for (const event of events) frames += this.#frame(event);
    return encodeFrames(frames);
  }

  idle(): Uint8Array {
    return encodeFrames(KEEP_ALIVE_FRAME);
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
      case "frame":
        return "";
      case "end":
        return (wanted.usage ? usageFrame(event.usage, event.reason) : "") + this.#sessionFrame + DONE_FRAME;
      case "error": {
        const usage = wanted.usage && event.usage !== undefined ? usageFrame(event.usage, "other") : "";
        return errorFrame(event.failure) + usage + this.#sessionFrame + DONE_FRAME;
      }
    }
  }
}

export function errorFrame(failure: Failure): string {
  return dataFrame({ error: errorObject(failure) });
}

/** A failure as clients see it, in a body and in a line alike (contract, section 2). */
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

/** `usage` is null where the provider reported none: a number of ours would look like its word. */
function usageFrame(usage: Usage | undefined, reason: EndReason): string {
  const tokens =
    usage === undefined ? null : { input_tokens: usage.inputTokens, output_tokens: usage.outputTokens };
  return dataFrame({ usage: tokens, finish_reason: reason });
}
