import type { Summary, SummaryEvent } from "../../chat/summarize.ts";
import { ChatError, type Failure } from "../../core/failure.ts";
import type { Trace } from "../../core/trace.ts";
import { DONE_FRAME, dataFrame, encodeFrames, KEEP_ALIVE_FRAME } from "../../sse/encode.ts";
import { IDLE, KeepAliveReader } from "../keep-alive.ts";
import type { Services } from "../services.ts";
import { runSummary, type SummaryRequest, SummaryRun } from "../summary-run.ts";
import { errorFrame } from "./encoder.ts";

/** A summary as one JSON answer. @throws {ChatError} */
export async function summaryAnswer(asked: SummaryRequest, request: Request, services: Services) {
  return answerOf(await runSummary(asked, request, services), asked);
}

/**
 * A summary as a stream: progress, the text as it comes, the whole answer, `[DONE]`. Throws only before its first frame.
 * @throws {ChatError}
 */
export async function* streamSummary(
  asked: SummaryRequest,
  request: Request,
  services: Services,
): AsyncGenerator<Uint8Array, undefined, void> {
  const run = new SummaryRun(asked, request, services);
  const { trace } = run;
  const reader = new KeepAliveReader(run.events(), Math.min(services.keepAliveMs, DECIDE_MS));
  try {
    for (;;) {
      const step = await reader.next();
      if (step !== IDLE && step.done) return;
      trace.streaming = true;
      yield encodeFrames(step === IDLE ? KEEP_ALIVE_FRAME : frameOf(step.value, asked, trace));
      reader.sent();
    }
  } catch (error) {
    if (!trace.streaming) throw error;
    if (!(error instanceof ChatError)) services.logInternalError(error, trace);
    trace.failure = error instanceof ChatError ? error.failure : INTERNAL;
    trace.outcome = "failed";
    yield encodeFrames(errorFrame(trace.failure) + dataFrame({ session_id: asked.session.id }) + DONE_FRAME);
  } finally {
    if (trace.outcome !== "complete" && request.signal.aborted) trace.outcome = "left";
    reader.close();
    run.end();
    if (trace.streaming) {
      trace.outcome ??= "left";
      services.finished(trace);
    }
  }
}

/** If no part is done by then, the stream begins without waiting for it, as a chat does. */
const DECIDE_MS = 5_000;

const INTERNAL: Failure = { type: "internal", message: "The server failed to make the summary." };

function frameOf(event: SummaryEvent, asked: SummaryRequest, trace: Trace): string {
  switch (event.type) {
    case "progress":
      return dataFrame({ progress: { part: event.part, parts: event.parts } });
    case "text":
      trace.sawText();
      return dataFrame({ content: event.text });
    case "done":
      trace.outcome = "complete";
      trace.usage = event.summary.usage;
      return dataFrame(answerOf(event.summary, asked)) + DONE_FRAME;
  }
}

function answerOf({ text, messages, tokens }: Summary, { session }: SummaryRequest) {
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
