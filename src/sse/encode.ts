const utf8 = new TextEncoder();

/**
 * One event as text: `data: ` with the value as JSON on a single line. JSON never holds a raw line break,
 * so nothing inside a value can forge a field or a frame.
 */
export function dataFrame(value: unknown): string {
  return `data: ${JSON.stringify(value)}\n\n`;
}

/** The closing frame of a stream in OpenAI's and the seed's form. */
export const DONE_FRAME = "data: [DONE]\n\n";

/**
 * A comment, which clients must ignore. The blank line after it spares clients that split on blank lines
 * a comment glued to the next event.
 */
export const KEEP_ALIVE_FRAME = ": keep-alive\n\n";

/** Frames as the bytes that go to the socket. */
export function encodeFrames(frames: string): Uint8Array {
  return utf8.encode(frames);
}
