import { secretsOf } from "../../chat/ask.ts";
import { type Summary, type SummaryEvent, summarize } from "../../chat/summarize.ts";
import { Deadline } from "../../core/deadline.ts";
import { ChatError, type Failure } from "../../core/failure.ts";
import type { ChatRequest } from "../../core/message.ts";
import { redact } from "../../core/secret.ts";
import type { Session } from "../../core/session.ts";
import type { Trace } from "../../core/trace.ts";
import type { Target } from "../../routing/target.ts";
import { DONE_FRAME, dataFrame, encodeFrames, KEEP_ALIVE_FRAME } from "../../sse/encode.ts";
import { IDLE, KeepAliveReader } from "../keep-alive.ts";
import type { Services } from "../services.ts";
import { errorFrame } from "./encoder.ts";

export interface SummaryRequest {
  readonly chat: ChatRequest;
  readonly keepLast: number;
  readonly target: Target;
  readonly session: Session;
}

/**
 * A summary as one JSON answer.
 * @throws {ChatError}
 */
export async function summaryAnswer(asked: SummaryRequest, request: Request, services: Services) {
  const slot = services.acquireSlot(request.signal);
  const trace = noteTarget(asked, request, services);
  const timeout = new SummaryTimeout(slot.signal, services.upstream.timeouts.answer);
  try {
    for await (const event of summaryEvents(asked, trace, services, timeout.signal)) {
      if (event.type === "text") trace.sawText();
      if (event.type !== "done") continue;
      trace.usage = event.summary.usage;
      return answerOf(event.summary, asked);
    }
    throw new Error("a summary ended without its result");
  } finally {
    timeout.clear();
    slot.release();
  }
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
  const slot = services.acquireSlot(request.signal);
  const trace = noteTarget(asked, request, services);
  const timeout = new SummaryTimeout(slot.signal, services.upstream.timeouts.answer);
  const reader = new KeepAliveReader(
    summaryEvents(asked, trace, services, timeout.signal),
    Math.min(services.keepAliveMs, DECIDE_MS),
  );
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
    timeout.clear();
    slot.release();
    if (trace.streaming) {
      trace.outcome ??= "left";
      services.finished(trace);
    }
  }
}

/** Ends a whole summary, of however many parts, when it has taken too long. */
class SummaryTimeout {
  readonly signal: AbortSignal;
  readonly #deadline: Deadline;

  /** @param milliseconds until the signal aborts, if the one given has not done so before */
  constructor(signal: AbortSignal, milliseconds: number) {
    const late = new AbortController();
    this.#deadline = new Deadline({ onTimeout: () => late.abort(new ChatError(TOO_LONG)) });
    this.#deadline.set(milliseconds);
    this.signal = AbortSignal.any([signal, late.signal]);
  }

  clear(): void {
    this.#deadline.clear();
  }
}

const TOO_LONG: Failure = {
  type: "timeout",
  message: "The summary took longer than this server allows.",
};

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

function summaryEvents(
  { chat, keepLast, target, session }: SummaryRequest,
  { span }: Trace,
  services: Services,
  signal: AbortSignal,
): AsyncGenerator<SummaryEvent> {
  return summarize(chat, keepLast, { target, session, span }, services.upstream, signal);
}

function noteTarget({ target }: SummaryRequest, request: Request, services: Services): Trace {
  const trace = services.traceOf(request);
  trace.provider = target.provider.name;
  trace.route = target.route;
  trace.model = redact(target.askedModel, secretsOf(target, services.upstream));
  return trace;
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
