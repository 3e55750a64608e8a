import type { Batch } from "../core/event.ts";
import type { Answer } from "../upstream/open-stream.ts";
import type { Encoder } from "./dialect.ts";
import { IDLE, KeepAliveReader } from "./keep-alive.ts";

/** Who is told what becomes of an answer. */
export interface StreamObserver {
  /** A batch has come; called before it is encoded. */
  onBatch(batch: Batch): void;
  /** Something of ours failed. @returns the batch that ends the answer in place of what failed */
  onInternalError(error: unknown): Batch;
  /** Called once: the answer is over, or nobody reads it any more. */
  onEnd(): void;
}

const utf8 = new TextEncoder();

/**
 * A running answer as encoded frames: one for each read of the provider's body, and a comment whenever nothing has been
 * sent for too long. It never throws: whatever fails ends the answer in the dialect's own form.
 *
 * A generator that waits is not interrupted when the client leaves, so each wait in here ends with the slot's signal: it
 * aborts the provider's request, whose next batch is then the answer's `error`.
 * @param keepAliveMs after so long a comment is sent
 */
export async function* answerFrames(
  answer: Answer,
  encoder: Encoder,
  keepAliveMs: number,
  observer: StreamObserver,
): AsyncGenerator<Uint8Array, void, void> {
  const reader = new KeepAliveReader(answer, keepAliveMs);
  try {
    // Something has to go out now, or the client would not see the headers.
    if (!answer.isReady) yield utf8.encode(encoder.begin() || encoder.idle());
    for (;;) {
      const batch = await reader.next();
      if (batch === undefined) return;
      let frames: string;
      if (batch === IDLE) {
        frames = encoder.idle();
      } else {
        observer.onBatch(batch);
        frames = encoder.batch(batch);
      }
      if (frames === "") continue;
      reader.sent();
      yield utf8.encode(frames);
    }
  } catch (error) {
    yield utf8.encode(encoder.batch(observer.onInternalError(error)));
  } finally {
    reader.close();
    observer.onEnd();
  }
}
