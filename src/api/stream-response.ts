/** Headers of every stream. The last one tells nginx and its kin not to hold it back. */
const STREAM_HEADERS = {
  "content-type": "text/event-stream; charset=utf-8",
  "cache-control": "no-cache, no-transform",
  "x-accel-buffering": "no",
};

/** What a streaming handler is: it yields encoded frames, or yields none and returns the JSON of a whole answer. */
export type FrameGenerator = AsyncGenerator<Uint8Array, unknown, void>;

interface HandlerResult {
  readonly request: Pick<Request, "method">;
  readonly responseValue?: unknown;
  readonly set: { headers: Record<string, string | number>; status?: number | string };
}

/** The part of Bun's sink that is used. */
export type Sink = Pick<ReadableStreamDirectController, "write" | "flush">;

/**
 * Elysia's `mapResponse` hook that makes a response of a generator handler: each frame is sent as soon as it is there, the
 * first together with the headers. Elysia would make one of it too; the sink of Bun's own streams takes a fifth less CPU for
 * a short answer (docs/decisions/0011). Waits for the first frame, so that what is thrown before it becomes a status.
 */
export async function streamResponse({
  request,
  responseValue,
  set,
}: HandlerResult): Promise<Response | undefined> {
  if (!isFrameGenerator(responseValue)) return undefined;
  const frames = responseValue;
  if (request.method === "HEAD") {
    // Elysia would read the stream to measure it, and a direct one never lets its reader go.
    await frames.return(undefined);
    return new Response(null, { headers: STREAM_HEADERS });
  }
  const first = await frames.next();
  const headers = set.headers as Record<string, string>;
  // Taken out: Elysia would make a second response to add them.
  set.headers = {};
  if (first.done === true) return Response.json(first.value, { headers });
  const source: Bun.DirectUnderlyingSource<Uint8Array> = {
    type: "direct",
    pull: (sink) => pour(first, frames, sink),
    cancel: () => void frames.return(undefined),
  };
  // The types of the DOM, which stand in front of Bun's, do not know this one.
  const stream = new ReadableStream(source as unknown as UnderlyingDefaultSource<Uint8Array>);
  return new Response(stream, { headers: { ...headers, ...STREAM_HEADERS } });
}

function isFrameGenerator(value: unknown): value is FrameGenerator {
  return typeof value === "object" && value !== null && Symbol.asyncIterator in value && "return" in value;
}

/**
 * Writes frame after frame, the first of them before it returns, and asks for none while the client does not keep up.
 * Each is flushed, for what is only written may stay where it is. Settles when the client has been sent all: to the
 * runtime the request is over then, and a server that stops waits no longer.
 */
export async function pour(
  first: IteratorResult<Uint8Array, unknown>,
  frames: Pick<FrameGenerator, "next">,
  sink: Sink,
): Promise<void> {
  for (let frame = first; frame.done !== true; frame = await frames.next()) {
    const written = sink.write(frame.value);
    sink.flush();
    if (typeof written !== "number") await written;
  }
  await sink.flush(true);
}
