import type { HeldAnswer } from "../answers/held-answer.ts";
import type { HeldAnswerOptions } from "../answers/held-answer-options.ts";
import { countEvents, withIds } from "../answers/held-frames.ts";
import { ChatError } from "../core/failure.ts";
import { encodeFrames, KEEP_ALIVE_FRAME } from "../sse/encode.ts";
import type { Dialect } from "./dialect.ts";
import { IDLE, KeepAliveReader } from "./keep-alive.ts";
import type { OpenedAnswer } from "./open-answer.ts";
import type { Services } from "./services.ts";

export interface Holding
  extends Pick<HeldAnswerOptions, "kind" | "finish" | "headers" | "farewell" | "lost"> {
  /** What its clients know it by. */
  readonly id: string;
  /** Its events are numbered from 1 on, in a line `id:` behind each `data:` line. */
  readonly numbered: boolean;
}

/** Holds an answer that has begun, and reads it to its end whoever of its readers comes and goes. */
export function holdAnswer<Body>(
  opened: OpenedAnswer<Body>,
  dialect: Dialect<Body>,
  { id, numbered, ...options }: Holding,
  request: Request,
  services: Services,
): HeldAnswer {
  const { slot } = opened;
  const owner = services.clientOf(request);
  const held = services.answers.hold(id, { ...options, owner, abort: (reason) => slot.abort(reason) });
  slot.signal.addEventListener("abort", () => held.hurry(), { once: true });
  void readToEnd(opened, dialect, held, numbered);
  return held;
}

/** It never rejects: whatever fails ends the answer in the dialect's own form. */
async function readToEnd<Body>(
  { answer, context, observer }: OpenedAnswer<Body>,
  dialect: Dialect<Body>,
  held: HeldAnswer,
  numbered: boolean,
): Promise<void> {
  const encoder = dialect.encoder(context);
  const append = (frames: string) => {
    if (numbered) held.append(...withIds(frames, held.eventCount));
    else held.append(frames, countEvents(frames));
  };
  try {
    if (!answer.isReady) append(encoder.begin());
    for (let batch = await answer.next(); batch !== undefined; batch = await answer.next()) {
      observer.onBatch(batch);
      append(encoder.batch(batch));
      await held.ready();
    }
  } catch (error) {
    append(encoder.batch(observer.onInternalError(error)));
  } finally {
    held.end();
    observer.onEnd();
  }
}

const COMMENT = encodeFrames(KEEP_ALIVE_FRAME);

/**
 * What comes of a held answer behind so many of its events, until it is over or this reader leaves.
 * @throws {ChatError} `not_found`, 410, where the answer has become too long to be held
 */
export function readHeld(
  held: HeldAnswer,
  behind: number,
  client: AbortSignal,
  keepAliveMs: number,
): AsyncGenerator<Uint8Array, void, void> {
  if (held.isOutgrown) throw outgrown();
  return frames();

  async function* frames() {
    // Only now: whoever does not begin to read, such as a HEAD, would never leave.
    const reader = held.reader(behind);
    if (reader === undefined) throw outgrown();
    const leave = () => reader.close();
    if (client.aborted) leave();
    else client.addEventListener("abort", leave, { once: true });
    const keepAlive = new KeepAliveReader(reader, keepAliveMs);
    try {
      // Something has to go out now, or the client would not see the headers.
      if (behind > 0 && !reader.isReady && !held.isOver) yield COMMENT;
      for (;;) {
        const bytes = await keepAlive.next();
        if (bytes === undefined) return;
        keepAlive.sent();
        yield bytes === IDLE ? COMMENT : bytes;
      }
    } finally {
      client.removeEventListener("abort", leave);
      keepAlive.close();
      leave();
    }
  }
}

function outgrown(): ChatError {
  return new ChatError({
    type: "not_found",
    status: 410,
    message: "This answer has become too long to be held, so that nobody can begin to read it any more.",
  });
}

/** The same for a request that does nothing else: its line in the log comes with its end. */
export async function* resumeHeld(
  frames: AsyncGenerator<Uint8Array, void, void>,
  request: Request,
  services: Services,
): AsyncGenerator<Uint8Array, void, void> {
  const trace = services.traceOf(request);
  trace.streaming = true;
  try {
    yield* frames;
    trace.outcome = "complete";
  } finally {
    if (request.signal.aborted || trace.outcome === undefined) trace.outcome = "left";
    services.finished(trace);
  }
}
