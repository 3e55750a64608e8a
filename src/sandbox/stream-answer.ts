import type { Exchange } from "./exchange.ts";
import type { Playback } from "./playback.ts";
import type { StreamWriter } from "./protocol.ts";
import { errorFor } from "./provider-error.ts";
import { isToken, type ScriptStep, type TokenStep } from "./script.ts";

/**
 * Bun sends the head of a response together with the first byte of its body, and an empty chunk does not count. A line
 * feed is the least that an event stream can say.
 */
const LEAST = "\n";

/** Plays a script as the writes of a stream. Throws to have the connection torn down. */
export async function* streamAnswer(playback: Playback): AsyncGenerator<Uint8Array> {
  const { script, protocol, context, pacer, perWrite, exchange, usage } = playback;
  const encoder = new TextEncoder();
  const writer = protocol.writer(context);
  let first = true;
  let pending = "";
  let held = 0;
  const flush = (): Uint8Array => {
    const bytes = encoder.encode(playback.rewrite(pending, first));
    first = false;
    pending = "";
    held = 0;
    return bytes;
  };

  for (const step of script) {
    if (isToken(step)) {
      await pacer.nextToken();
      usage.add(step);
      pending += step.do === "argument" ? writer.argument(step.text, step.call) : writer[step.do](step.text);
      if (++held < perWrite) continue;
    } else if (step.do === "wait") {
      if (pending !== "") yield flush();
      await pacer.pause(step.ms);
    } else if (step.do === "raw") {
      if (pending !== "") yield flush();
      const bytes = step.bytes(writer);
      if (typeof bytes === "string") pending += bytes;
      else yield bytes;
    } else if (step.do === "reset") {
      if (pending !== "") yield flush();
      throw new Error("The script tears the connection down.");
    } else {
      pending += write(step, writer, playback);
    }
    if (exchange.over) return;
    if (pending !== "") yield flush();
  }
  if (pending !== "") yield flush();
}

type WrittenStep = Exclude<ScriptStep, TokenStep | { readonly do: "wait" | "raw" | "reset" }>;

function write(step: WrittenStep, writer: StreamWriter, { protocol, usage }: Playback): string {
  switch (step.do) {
    case "begin":
      return writer.begin();
    case "head":
      return LEAST;
    case "idle":
      return writer.idle();
    case "call":
      return writer.call(step);
    case "redacted":
      return writer.redacted(step.data);
    case "compaction":
      return writer.compaction(step.summary);
    case "frame": {
      const payload = step.payload[protocol.name];
      return payload === undefined ? "" : writer.frame(payload);
    }
    case "finish":
      return writer.finish(step, usage);
    case "end":
      return writer.finish(step, usage) + writer.close(usage);
    case "close":
      return writer.close(usage);
    case "fail":
      return writer.fail(errorFor(step.error, protocol.name));
  }
}

/**
 * The writes as a body. It is pulled, so nothing is made that nobody reads, and each pull waits for a turn of the event
 * loop: otherwise Bun would join writes that are ready, and an endless script would starve all others.
 */
export function bodyOf(writes: AsyncGenerator<Uint8Array>, exchange: Exchange): ReadableStream<Uint8Array> {
  exchange.streaming = true;
  return new ReadableStream<Uint8Array>(
    {
      async pull(controller) {
        await new Promise((resolve) => setImmediate(resolve));
        try {
          const { done, value } = await writes.next();
          // After the client has left, the controller takes nothing more.
          if (exchange.over) return;
          if (!done) return controller.enqueue(value);
          exchange.end("finished");
          controller.close();
        } catch (error) {
          exchange.end("finished");
          controller.error(error);
        }
      },
      cancel() {
        exchange.end("cancelled");
      },
    },
    { highWaterMark: 0 },
  );
}
