import type { EndReason } from "../core/event.ts";
import { Counter, isToken, type Playback } from "./playback.ts";
import { RequestRejected } from "./provider-error.ts";

/** Scripts without an end are cut here, for length. */
const MOST_TOKENS = 50_000;

/** What came of playing a playback to the end. */
interface Outcome {
  readonly json: string;
  /** Otherwise half of it is sent: cleanly, or with the connection torn down. */
  readonly whole: boolean;
  readonly reset: boolean;
}

/**
 * Plays a playback to a caller who does not stream, taking as long as the stream would have.
 * @throws {RequestRejected} Where the script fails.
 */
export async function collectAnswer({
  script,
  protocol,
  parsed,
  pacer,
  rewrite,
  exchange,
}: Playback): Promise<Outcome> {
  const said = { text: "", reasoning: "", refusal: "" };
  const calls: { name: string; arguments: string }[] = [];
  const count = new Counter(parsed.inputTokens);
  let reason: EndReason | undefined;
  let broken: "raw" | "reset" | undefined;

  for (const step of script) {
    if (isToken(step)) {
      await pacer.nextToken();
      count.add(step);
    }
    switch (step.do) {
      case "text":
      case "reasoning":
      case "refusal":
        said[step.do] += step.text;
        break;
      case "call":
        calls.push({ name: step.name, arguments: "" });
        break;
      case "argument": {
        const call = calls.at(-1);
        if (call !== undefined) call.arguments += step.text;
        break;
      }
      case "wait":
        await pacer.pause(step.ms);
        break;
      case "finish":
      case "end":
        reason = step.reason;
        break;
      case "fail":
        throw new RequestRejected(step.error[protocol.name]);
      case "raw":
      case "reset":
        broken = step.do;
        break;
    }
    if (count.output === MOST_TOKENS) reason = "length";
    if (exchange.over || broken !== undefined || count.output === MOST_TOKENS) break;
  }
  const body = protocol.reply(parsed, { ...said, calls, reason: reason ?? "stop" }, count);
  return {
    json: rewrite(JSON.stringify(body), true),
    whole: reason !== undefined && broken === undefined,
    reset: broken === "reset",
  };
}

/** What is sent of it. */
export function answerBody({ json, whole, reset }: Outcome): string | ReadableStream<Uint8Array> {
  if (whole) return json;
  const half = json.slice(0, json.length / 2);
  return reset ? tornDown(half) : half;
}

function tornDown(text: string): ReadableStream<Uint8Array> {
  let sent = false;
  const source: UnderlyingDefaultSource<Uint8Array> = {
    async pull(controller) {
      // In one turn of the event loop both would be seen together, and the text would be lost.
      await new Promise((resolve) => setImmediate(resolve));
      if (sent) controller.error(new Error("The script tears the connection down."));
      else controller.enqueue(new TextEncoder().encode(text));
      sent = true;
    },
  };
  return new ReadableStream(source, { highWaterMark: 0 });
}
