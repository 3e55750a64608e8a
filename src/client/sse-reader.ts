/**
 * The data of each server-sent event, as text, whatever the pieces that the bytes come in and whatever their line
 * ends. Comments and other fields are skipped; an event whose blank line never came is not given.
 */
export async function* readFrames(body: ReadableStream<Uint8Array>): AsyncGenerator<string, void, void> {
  const reader = body.getReader();
  const frames = createFrameReader();
  const utf8 = new TextDecoder();
  try {
    for (;;) {
      const { done, value } = await reader.read();
      if (done) return;
      yield* frames(utf8.decode(value, { stream: true }));
    }
  } finally {
    reader.cancel().catch(() => undefined);
  }
}

/** Text cut anywhere in, the data of the events that it completes out. */
export function createFrameReader(): (text: string) => string[] {
  let rest = "";
  let data: string[] = [];

  return (text) => {
    rest += text;
    // A CR at the very end may be half of a CR LF: it waits for what follows.
    const lines = rest.split(/\r\n|\n|\r(?!$)/);
    rest = lines.pop() ?? "";
    const events: string[] = [];
    for (const line of lines) {
      if (line === "") {
        if (data.length > 0) events.push(data.join("\n"));
        data = [];
      } else if (line.startsWith("data:")) {
        data.push(line.slice(line[5] === " " ? 6 : 5));
      }
    }
    return events;
  };
}
