import { type Caller, providerFor, secretsOf } from "../../chat/ask.ts";
import { type Summary, type SummaryEvent, summarize } from "../../chat/summarize.ts";
import { ChatError, type Failure } from "../../core/failure.ts";
import type { ChatRequest } from "../../core/message.ts";
import { redact } from "../../core/secret.ts";
import type { Trace } from "../../core/trace.ts";
import { DONE_FRAME, dataFrame, encodeFrames, KEEP_ALIVE_FRAME } from "../../sse/encode.ts";
import { Listener, SILENCE } from "../keep-alive.ts";
import type { Services } from "../services.ts";
import { errorFrame } from "./frames.ts";

export interface SummaryRequest {
  readonly chat: ChatRequest;
  readonly keepLast: number;
  readonly caller: Caller;
}

/**
 * A summary as one JSON answer.
 * @throws {ChatError}
 */
export async function summaryReply(asked: SummaryRequest, request: Request, services: Services) {
  const admission = services.admit(request);
  const trace = tracing(asked, request, services);
  const clock = new AnswerClock(admission.signal, services.engine.clocks.answer);
  try {
    for await (const event of summaryEvents(asked, services, clock.signal)) {
      if (event.type === "text") trace.sawText();
      if (event.type !== "done") continue;
      trace.usage = event.summary.usage;
      return replyOf(event.summary, asked.caller);
    }
    throw new Error("a summary ended without its result");
  } finally {
    clock.stop();
    admission.release();
  }
}

/**
 * A summary as a stream: progress, the words as they come, the whole answer, `[DONE]`. Throws only before its first frame.
 * @throws {ChatError}
 */
export async function* streamSummary(
  asked: SummaryRequest,
  request: Request,
  services: Services,
): AsyncGenerator<Uint8Array, undefined, void> {
  const admission = services.admit(request);
  const trace = tracing(asked, request, services);
  const clock = new AnswerClock(admission.signal, services.engine.clocks.answer);
  const listener = new Listener(
    summaryEvents(asked, services, clock.signal),
    Math.min(services.keepAliveMs, DECIDE_MS),
  );
  try {
    for (;;) {
      const step = await listener.next();
      if (step !== SILENCE && step.done) return;
      trace.streaming = true;
      yield encodeFrames(step === SILENCE ? KEEP_ALIVE_FRAME : frameOf(step.value, asked.caller, trace));
      listener.wrote();
    }
  } catch (error) {
    if (!trace.streaming) throw error;
    if (!(error instanceof ChatError)) services.fault(error, trace);
    trace.failure = error instanceof ChatError ? error.failure : UNEXPECTED;
    trace.outcome = "failed";
    yield encodeFrames(
      errorFrame(trace.failure) + dataFrame({ session_id: asked.caller.session.id }) + DONE_FRAME,
    );
  } finally {
    if (trace.outcome !== "complete" && request.signal.aborted) trace.outcome = "left";
    listener.close();
    clock.stop();
    admission.release();
    if (trace.streaming) {
      trace.outcome ??= "left";
      services.finished(trace);
    }
  }
}

/** Ends a whole summary, of however many parts, when it has taken too long. */
class AnswerClock {
  readonly signal: AbortSignal;
  readonly #timer: ReturnType<typeof setTimeout>;

  /** @param milliseconds until the signal aborts, if the one given has not done so before */
  constructor(signal: AbortSignal, milliseconds: number) {
    const late = new AbortController();
    this.#timer = setTimeout(() => late.abort(new ChatError(TOO_LONG)), milliseconds);
    this.signal = AbortSignal.any([signal, late.signal]);
  }

  stop(): void {
    clearTimeout(this.#timer);
  }
}

const TOO_LONG: Failure = {
  type: "timeout",
  message: "The summary took longer than this server allows.",
};

/** If no part is done by then, the stream begins without waiting for it, as a chat does. */
const DECIDE_MS = 5_000;

const UNEXPECTED: Failure = { type: "internal", message: "The server failed to make the summary." };

function frameOf(event: SummaryEvent, caller: Caller, trace: Trace): string {
  switch (event.type) {
    case "progress":
      return dataFrame({ progress: { part: event.part, parts: event.parts } });
    case "text":
      trace.sawText();
      return dataFrame({ content: event.text });
    case "done":
      trace.outcome = "complete";
      trace.usage = event.summary.usage;
      return dataFrame(replyOf(event.summary, caller)) + DONE_FRAME;
  }
}

function summaryEvents(
  asked: SummaryRequest,
  services: Services,
  signal: AbortSignal,
): AsyncGenerator<SummaryEvent> {
  return summarize(asked.chat, asked.keepLast, asked.caller, services.engine, signal);
}

function tracing({ chat, caller }: SummaryRequest, request: Request, services: Services): Trace {
  const trace = services.traceOf(request);
  trace.provider = providerFor(caller, chat.model).name;
  trace.model = redact(chat.model, secretsOf(caller, services.engine));
  return trace;
}

function replyOf({ text, messages, tokens }: Summary, { session }: Caller) {
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
