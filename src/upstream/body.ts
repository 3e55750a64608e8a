/** The text of a body up to so many bytes, and whether that was all of it. Rejects as the body does. */
export async function readText(
  body: ReadableStream<Uint8Array>,
  maxBytes: number,
): Promise<{ readonly text: string; readonly whole: boolean }> {
  const reader = body.getReader();
  const decoder = new TextDecoder();
  let text = "";
  let bytes = 0;
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return { text: text + decoder.decode(), whole: true };
    bytes += value.length;
    text += decoder.decode(value, { stream: true });
    if (bytes > maxBytes) {
      await reader.cancel().catch(() => undefined);
      return { text, whole: false };
    }
  }
}
