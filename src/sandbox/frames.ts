import { Counter, isToken, type Part } from "./part.ts";
import type { Step } from "./step.ts";
import type { Visit } from "./visit.ts";
import type { TokenCount, Writer } from "./wire.ts";

/**
 * Bun sends the head of a response together with the first byte of its body, and an empty chunk does not count. A line
 * feed is the least that an event stream can say.
 */
const LEAST = "\n";

/** Plays a part as the writes of a stream. Throws to have the connection torn down. */
export async function* frames(part: Part): AsyncGenerator<Uint8Array> {
  const { script, wire, reading, tempo, perWrite, visit } = part;
  const encoder = new TextEncoder();
  const writer = wire.writer(reading);
  const count = new Counter(reading.inputTokens);
  let first = true;
  let pending = "";
  let held = 0;
  const flush = (): Uint8Array => {
    const bytes = encoder.encode(part.rewrite(pending, first));
    first = false;
    pending = "";
    held = 0;
    return bytes;
  };

  for (const step of script) {
    if (isToken(step)) {
      await tempo.beat();
      count.add(step);
      pending += writer[step.do](step.text);
      if (++held < perWrite) continue;
    } else if (step.do === "wait") {
      if (pending !== "") yield flush();
      await tempo.rest(step.ms);
    } else if (step.do === "raw") {
      if (pending !== "") yield flush();
      const bytes = step.bytes(writer);
      if (typeof bytes === "string") pending += bytes;
      else yield bytes;
    } else if (step.do === "reset") {
      if (pending !== "") yield flush();
      throw new Error("The script tears the connection down.");
    } else {
      pending += write(step, writer, part, count);
    }
    if (visit.over) return;
    if (pending !== "") yield flush();
  }
  if (pending !== "") yield flush();
}

type Written = Extract<Step, { readonly do: "begin" | "head" | "idle" | "call" | "finish" | "end" | "fail" }>;

function write(step: Written, writer: Writer, { wire }: Part, count: TokenCount): string {
  switch (step.do) {
    case "begin":
      return writer.begin();
    case "head":
      return LEAST;
    case "idle":
      return writer.idle();
    case "call":
      return writer.call(step.name);
    case "finish":
      return writer.finish(step.reason, count);
    case "end":
      return writer.finish(step.reason, count) + writer.close(count);
    case "fail":
      return writer.fail(step.fault[wire.name]);
  }
}

/**
 * The writes as a body. It is pulled, so nothing is made that nobody reads, and each pull waits for a turn of the event
 * loop: otherwise Bun would join writes that are ready, and an endless script would starve all others.
 */
export function bodyOf(writes: AsyncGenerator<Uint8Array>, visit: Visit): ReadableStream<Uint8Array> {
  visit.streaming = true;
  return new ReadableStream<Uint8Array>(
    {
      async pull(controller) {
        await new Promise((resolve) => setImmediate(resolve));
        try {
          const { done, value } = await writes.next();
          // After the caller has left, the controller takes nothing more.
          if (visit.over) return;
          if (!done) return controller.enqueue(value);
          visit.end("finished");
          controller.close();
        } catch (error) {
          visit.end("finished");
          controller.error(error);
        }
      },
      cancel() {
        visit.end("cancelled");
      },
    },
    { highWaterMark: 0 },
  );
}
