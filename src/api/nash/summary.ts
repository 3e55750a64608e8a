import type { Summary, SummaryEvent } from "../../chat/summarize.ts";
import type { Failure } from "../../core/failure.ts";
import type { Session } from "../../core/session.ts";
import { DONE_FRAME, dataFrame, KEEP_ALIVE_FRAME } from "../../sse/encode.ts";
import type { SummaryEncoder } from "../summary-stream.ts";
import { errorFrame } from "./encoder.ts";

/** Encodes a summary as our own protocol has it: progress, the text as it comes, the whole answer, `[DONE]`. */
export class NashSummaryEncoder implements SummaryEncoder {
  readonly #session: Session;

  constructor(session: Session) {
    this.#session = session;
  }

  event(event: SummaryEvent): string {
    switch (event.type) {
      case "progress":
        return dataFrame({ progress: { part: event.part, parts: event.parts } });
      case "text":
        return dataFrame({ content: event.text });
      case "done":
        return dataFrame(summaryAnswer(event.summary, this.#session)) + DONE_FRAME;
    }
  }

  failure(failure: Failure): string {
    return errorFrame(failure) + dataFrame({ session_id: this.#session.id }) + DONE_FRAME;
  }

  idle(): string {
    return KEEP_ALIVE_FRAME;
  }
}

/** A summary as one JSON answer. */
export function summaryAnswer({ text, messages, tokens }: Summary, session: Session) {
  return {
    success: true,
    summary: text,
    messages,
    token_reduction: {
      before: tokens.before,
      after: tokens.after,
      ...(tokens.estimated ? { estimated: true } : {}),
    },
    session_id: session.id,
  };
}
