import { ask, type Caller, providerFor } from "../../chat/ask.ts";
import type { Batch } from "../../core/event.ts";
import type { ChatRequest } from "../../core/message.ts";
import type { Trace } from "../../core/trace.ts";
import { Listener, SILENCE } from "../keep-alive.ts";
import type { Services } from "../services.ts";
import type { FrameEncoder } from "./frames.ts";

/**
 * A chat as encoded frames, one batch for each read of the provider's body. Throws only before its first frame;
 * from then on whatever fails is an `error` line, and a client that leaves ends it without a sound.
 * @throws {ChatError} when the provider's first event is an error
 */
export async function* streamChat(
  chat: ChatRequest,
  caller: Caller,
  encoder: FrameEncoder,
  request: Request,
  services: Services,
): AsyncGenerator<Uint8Array, void, void> {
  const trace = services.traceOf(request);
  trace.provider = providerFor(caller, chat.model).name;
  trace.model = chat.model;
  const admission = services.admit(request);
  let listener: Listener<Batch | undefined> | undefined;
  try {
    const answer = await ask(chat, caller, "/chat", services.engine, admission.signal);
    trace.streaming = true;
    listener = new Listener(answer, services.keepAliveMs);
    yield encoder.begin();
    for (;;) {
      const batch = await listener.next();
      if (batch === undefined) return;
      if (batch !== SILENCE) note(batch, trace);
      const bytes = batch === SILENCE ? encoder.idle() : encoder.batch(batch);
      if (bytes.length === 0) continue;
      yield bytes;
      listener.wrote();
    }
  } finally {
    listener?.close();
    admission.release();
    if (trace.outcome === undefined || (trace.outcome === "failed" && request.signal.aborted))
      trace.outcome = "left";
    if (trace.streaming) services.finished(trace);
  }
}

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
