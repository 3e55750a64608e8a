import { NashError } from "./error.ts";
import type { Ask } from "./http.ts";
import { readFrames } from "./sse-reader.ts";

/** A stream on which nothing comes for so long is dead: the server sends a comment every 10 s. */
const SILENCE_MS = 25_000;

/** How long to wait before each try to go on, in milliseconds; together less than the server holds an answer. */
const WAITS = [0, 250, 500, 1_000, 2_000, 4_000, 4_000, 4_000, 4_000, 4_000];

/** How long the server may take to hear that an answer is not wanted any more. */
const STOP_MS = 500;

/**
 * The frames of a resumable answer, over as many connections as it takes: each goes on behind the last whole event, so that
 * none is missing or given twice. Ends with the last frame, or where the server cannot be asked to go on.
 * @param first the answer's own response
 * @param id from its header `x-answer-id`
 * @throws {NashError} where the answer is held no longer; the signal's reason when it aborts
 */
export async function* resumedFrames(
  ask: Ask,
  first: Response,
  id: string,
  signal: AbortSignal,
): AsyncGenerator<string, void, void> {
  let last = "";
  const noteId = (event: string) => {
    last = event;
  };
  for (let response: Response | undefined = first; response?.body; ) {
    try {
      for await (const frame of readFrames(response.body, noteId, SILENCE_MS)) {
        signal.throwIfAborted();
        yield frame;
        if (frame === "[DONE]") return;
      }
    } catch {
      // A connection that breaks and one that ends too early are the same.
    }
    signal.throwIfAborted();
    response = await goOn(ask, id, last, signal);
  }
}

/** The rest of an answer; nothing where the server cannot be reached for too long. @throws {NashError} */
async function goOn(ask: Ask, id: string, last: string, signal: AbortSignal): Promise<Response | undefined> {
  for (const wait of WAITS) {
    await pause(wait, signal);
    try {
      const headers = last === "" ? {} : { "last-event-id": last };
      return await ask(`/v1/answers/${id}`, undefined, { signal, accept: "text/event-stream", headers });
    } catch (error) {
      if (!(error instanceof NashError) || error.type !== "network") throw error;
    }
  }
  return undefined;
}

/** Tells the server that an answer is not wanted any more. It would find out by itself, but later. */
export async function stopAnswer(ask: Ask, id: string): Promise<void> {
  const late = new AbortController();
  const timer = setTimeout(() => late.abort(), STOP_MS);
  try {
    await ask(`/v1/answers/${id}`, undefined, { method: "DELETE", signal: late.signal });
  } catch {
    // Over, or not to be reached.
  } finally {
    clearTimeout(timer);
  }
}

function pause(milliseconds: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    if (milliseconds === 0) return resolve();
    const leave = () => {
      clearTimeout(timer);
      reject(signal.reason);
    };
    const timer = setTimeout(() => {
      signal.removeEventListener("abort", leave);
      resolve();
    }, milliseconds);
    signal.addEventListener("abort", leave, { once: true });
  });
}
