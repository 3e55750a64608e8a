/**
 * The data of each server-sent event, as text, whatever the pieces that the bytes come in and whatever their line
 * ends. Comments and other fields are skipped; an event whose blank line never came is not given.
 * @param onId told the id of each event that has one, before its data is given
 * @param silenceMs the stream is taken to be over where nothing has come for so long, no comment either
 */
export async function* readFrames(
  body: ReadableStream<Uint8Array>,
  onId?: (id: string) => void,
  silenceMs?: number,
): AsyncGenerator<string, void, void> {
  const reader = body.getReader();
  const frames = createFrameReader();
  const utf8 = new TextDecoder();
  const end = () => void reader.cancel().catch(() => undefined);
  try {
    for (;;) {
      const timer = silenceMs === undefined ? undefined : setTimeout(end, silenceMs);
      const { done, value } = await reader.read().finally(() => clearTimeout(timer));
      if (done) return;
      for (const [data, id] of frames(utf8.decode(value, { stream: true }))) {
        if (id !== undefined) onId?.(id);
        yield data;
      }
    }
  } finally {
    end();
  }
}

/** Text cut anywhere in, the data of the events that it completes out, each with its id if it has one. */
export function createFrameReader(): (text: string) => Frame[] {
  let rest = "";
  let id: string | undefined;
  let data: string[] = [];

  return (text) => {
    rest += text;
    // A CR at the very end may be half of a CR LF: it waits for what follows.
    const lines = rest.split(/\r\n|\n|\r(?!$)/);
    rest = lines.pop() ?? "";
    const events: Frame[] = [];
    for (const line of lines) {
      if (line === "") {
        if (data.length > 0) events.push([data.join("\n"), id]);
        data = [];
        id = undefined;
      } else if (line.startsWith("id:")) {
        id = line.slice(line[3] === " " ? 4 : 3);
      } else if (line.startsWith("data:")) {
        data.push(line.slice(line[5] === " " ? 6 : 5));
      }
    }
    return events;
  };
}

type Frame = readonly [data: string, id: string | undefined];
