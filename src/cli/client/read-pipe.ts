/** How long a prompt waits for the first byte of a pipe, in milliseconds. */
export const PIPE_WAIT_MS = 3_000;

/** What came through standard input, as text. */
export interface Piped {
  readonly text: string;
  /** Nothing came in time; there may be something later, which nobody will read. */
  readonly gaveUp: boolean;
}

/**
 * Reads a stream to its end.
 * @param waitMs gives up where not even the first byte comes in time: a program that starts us may leave its own
 *   standard input open to us and never write. Absent, it waits for ever.
 */
export async function readPipe(stream: ReadableStream<Uint8Array>, waitMs?: number): Promise<Piped> {
  const reader = stream.getReader();
  const utf8 = new TextDecoder();
  let text = "";
  try {
    const first = await (waitMs === undefined ? reader.read() : within(reader.read(), waitMs));
    if (first === undefined) return { text, gaveUp: true };
    for (let step = first; !step.done; step = await reader.read())
      text += utf8.decode(step.value, { stream: true });
  } catch {
    // A standard input that was closed before we came holds nothing.
  }
  return { text: text + utf8.decode(), gaveUp: false };
}

function within<T>(promise: Promise<T>, milliseconds: number): Promise<T | undefined> {
  const { promise: late, resolve } = Promise.withResolvers<undefined>();
  const timer = setTimeout(resolve, milliseconds);
  return Promise.race([promise, late]).finally(() => clearTimeout(timer));
}
