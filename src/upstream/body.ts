import type { ReplyBody } from "./reply.ts";

/** The text of a body up to so many bytes, and whether that was all of it. Rejects as the body does. */
export async function readText(
  body: ReplyBody,
  maxBytes: number,
): Promise<{ readonly text: string; readonly whole: boolean }> {
  const decoder = new TextDecoder();
  let text = "";
  let bytes = 0;
  for (;;) {
    const part = await body.read();
    if (part === undefined) return { text: text + decoder.decode(), whole: true };
    bytes += part.length;
    text += decoder.decode(part, { stream: true });
    if (bytes > maxBytes) return { text, whole: false };
  }
}
