import { ask, type Caller, providerFor, secretsOf } from "../../chat/ask.ts";
import type { Batch } from "../../core/event.ts";
import type { Failure } from "../../core/failure.ts";
import type { ChatRequest } from "../../core/message.ts";
import { redact } from "../../core/secret.ts";
import type { Trace } from "../../core/trace.ts";
import type { Admission, Services } from "../services.ts";
import { AnswerFrames, type FrameHooks } from "./answer-frames.ts";
import type { FrameEncoder } from "./frames.ts";

/**
 * Puts a chat to its provider and gives the answer as encoded frames, one batch for each read of the provider's body.
 * All that can fail before the first frame fails here; the frames never throw: from then on whatever fails is an
 * `error` line, and a client that leaves ends them without a sound.
 * @throws {ChatError} when the provider's first event is an error
 */
export async function openChat(
  chat: ChatRequest,
  caller: Caller,
  encoder: FrameEncoder,
  request: Request,
  services: Services,
): Promise<AnswerFrames> {
  const trace = services.traceOf(request);
  trace.provider = providerFor(caller, chat.model).name;
  trace.model = redact(chat.model, secretsOf(caller, services.engine));
  const admission = services.admit(request);
  try {
    const answer = await ask(chat, caller, "/chat", services.engine, admission.signal);
    trace.streaming = true;
    const story = new Story(trace, request, admission, services);
    return new AnswerFrames(answer, encoder, services.keepAliveMs, story);
  } catch (error) {
    admission.release();
    throw error;
  }
}

/** What the log and the metrics tell of one answer. */
class Story implements FrameHooks {
  readonly #trace: Trace;
  readonly #request: Request;
  readonly #admission: Admission;
  readonly #services: Services;

  constructor(trace: Trace, request: Request, admission: Admission, services: Services) {
    this.#trace = trace;
    this.#request = request;
    this.#admission = admission;
    this.#services = services;
  }

  batch(batch: Batch): void {
    note(batch, this.#trace);
  }

  fault(error: unknown): Batch {
    this.#services.fault(error, this.#trace);
    const batch: Batch = [{ type: "error", failure: OUR_FAULT }];
    note(batch, this.#trace);
    return batch;
  }

  over(): void {
    const trace = this.#trace;
    this.#admission.release();
    if (trace.outcome !== "complete" && this.#request.signal.aborted) trace.outcome = "left";
    trace.outcome ??= "left";
    this.#services.finished(trace);
  }
}

const OUR_FAULT: Failure = { type: "internal", message: "The server failed in the middle of this answer." };

/** Notes what the log and the metrics tell of an answer: when it began and how it ended. */
function note(batch: Batch, trace: Trace): void {
  if (trace.firstTokenMs === undefined && batch.some(({ type }) => type === "text" || type === "reasoning")) {
    trace.sawText();
  }
  const last = batch.at(-1);
  if (last?.type === "end") {
    trace.outcome = "complete";
    trace.usage = last.usage;
  } else if (last?.type === "error") {
    trace.outcome = "failed";
    trace.failure = last.failure;
    trace.usage = last.usage;
  }
}
