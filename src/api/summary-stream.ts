import { secretsOf } from "../chat/ask.ts";
import { type Summary, type SummaryEvent, summarize } from "../chat/summarize.ts";
import { Deadline } from "../core/deadline.ts";
import { ChatError, type Failure } from "../core/failure.ts";
import type { ChatRequest } from "../core/message.ts";
import { redact } from "../core/secret.ts";
import type { Session } from "../core/session.ts";
import type { Trace } from "../core/trace.ts";
import type { Target } from "../routing/target.ts";
import { encodeFrames } from "../sse/encode.ts";
import { IDLE, KeepAliveReader } from "./keep-alive.ts";
import type { Services } from "./services.ts";

export interface SummaryRequest {
  readonly chat: ChatRequest;
  readonly keepLast: number;
  readonly target: Target;
  readonly session: Session;
}

/** How a dialect tells of a summary: each as frames, empty where it has nothing to say. */
export interface SummaryEncoder {
  event(event: SummaryEvent): string;
  /** The summary has failed after the stream began. */
  failure(failure: Failure): string;
  /** What is sent while nothing happens. */
  idle(): string;
}

/**
 * A summary in one piece.
 * @throws {ChatError}
 */
export async function wholeSummary(
  asked: SummaryRequest,
  request: Request,
  services: Services,
): Promise<Summary> {
  const slot = services.acquireSlot(request);
  const trace = noteTarget(asked, request, services);
  const timeout = new SummaryTimeout(slot.signal, services.upstream.timeouts.answer);
  try {
    for await (const event of summaryEvents(asked, services, timeout.signal)) {
      if (event.type === "text") trace.sawText();
      if (event.type !== "done") continue;
      trace.usage = event.summary.usage;
      return event.summary;
    }
    throw new Error("a summary ended without its result");
  } finally {
    timeout.clear();
    slot.release();
  }
}

/**
 * A summary as a stream. Throws only before its first frame.
 * @throws {ChatError}
 */
export async function* streamSummary(
  asked: SummaryRequest,
  encoder: SummaryEncoder,
  request: Request,
  services: Services,
): AsyncGenerator<Uint8Array, undefined, void> {
  const slot = services.acquireSlot(request);
  const trace = noteTarget(asked, request, services);
  const timeout = new SummaryTimeout(slot.signal, services.upstream.timeouts.answer);
  const reader = new KeepAliveReader(
    summaryEvents(asked, services, timeout.signal),
    Math.min(services.keepAliveMs, DECIDE_MS),
  );
  try {
    for (;;) {
      const step = await reader.next();
      if (step !== IDLE && step.done) return;
      const frames = step === IDLE ? encoder.idle() : encoder.event(step.value);
      if (step !== IDLE) noteEvent(step.value, trace);
      if (frames === "") continue;
      trace.streaming = true;
      yield encodeFrames(frames);
      reader.sent();
    }
  } catch (error) {
    if (!trace.streaming) throw error;
    if (!(error instanceof ChatError)) services.logInternalError(error, trace);
    trace.failure = error instanceof ChatError ? error.failure : INTERNAL;
    trace.outcome = "failed";
    yield encodeFrames(encoder.failure(trace.failure));
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

function summaryEvents(
  { chat, keepLast, target, session }: SummaryRequest,
  services: Services,
  signal: AbortSignal,
): AsyncGenerator<SummaryEvent> {
  return summarize(chat, keepLast, { target, session }, services.upstream, signal);
}

function noteEvent(event: SummaryEvent, trace: Trace): void {
  if (event.type === "text") trace.sawText();
  if (event.type !== "done") return;
  trace.outcome = "complete";
  trace.usage = event.summary.usage;
}

function noteTarget({ target }: SummaryRequest, request: Request, services: Services): Trace {
  const trace = services.traceOf(request);
  trace.provider = target.provider.name;
  trace.model = redact(target.askedModel, secretsOf(target, services.upstream));
  return trace;
}
