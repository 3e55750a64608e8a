import type { Playback } from "./playback.ts";
import type { AnswerPart, Ending } from "./protocol.ts";
import { errorFor, RequestRejected } from "./provider-error.ts";
import { isToken, type ScriptStep, type TokenStep } from "./script.ts";

/** Scripts without an end are cut here, for length. */
const MOST_TOKENS = 50_000;

/** What came of playing a script to its end. */
interface Outcome {
  readonly json: string;
  /** Otherwise half of it is sent: cleanly, or with the connection torn down. */
  readonly whole: boolean;
  readonly reset: boolean;
}

/**
 * Plays a script to a client that does not stream, taking as long as the stream would have.
 * @throws {RequestRejected} Where the script fails.
 */
export async function collectAnswer(playback: Playback): Promise<Outcome> {
  const { script, protocol, context, pacer, rewrite, exchange, usage } = playback;
  const parts: AnswerPart[] = [];
  let ending: Ending | undefined;
  let broken: "raw" | "reset" | undefined;

  for (const step of script) {
    if (isToken(step)) {
      await pacer.nextToken();
      usage.add(step);
    }
    switch (step.do) {
      case "wait":
        await pacer.pause(step.ms);
        break;
      case "finish":
      case "end":
        ending = step;
        break;
      case "fail":
        throw new RequestRejected(errorFor(step.error, protocol.name));
      case "raw":
      case "reset":
        broken = step.do;
        break;
      default:
        collect(step, parts);
    }
    if (usage.output === MOST_TOKENS) ending = { reason: "length" };
    if (exchange.over || broken !== undefined || usage.output === MOST_TOKENS) break;
  }
  const body = protocol.whole(context, { parts, ending: ending ?? { reason: "stop" }, usage });
  return {
    json: rewrite(JSON.stringify(body), true),
    whole: ending !== undefined && broken === undefined,
    reset: broken === "reset",
  };
}

type ContentStep = Exclude<ScriptStep, { readonly do: "wait" | "finish" | "end" | "fail" | "raw" | "reset" }>;

/** Adds what a step holds to the parts of the answer; most steps of a stream hold nothing. */
function collect(step: ContentStep, parts: AnswerPart[]): void {
  if (isToken(step)) collectToken(step, parts);
  else if (step.do === "call") {
    parts.push({ type: "call", name: step.name, kind: step.kind, namespace: step.namespace, arguments: "" });
  } else if (step.do === "redacted") parts.push({ type: "redacted", text: step.data });
  else if (step.do === "compaction") parts.push({ type: "compaction", text: step.summary });
}

function collectToken(step: TokenStep, parts: AnswerPart[]): void {
  if (step.do === "argument") {
    const calls = parts.filter((part) => part.type === "call");
    const call = calls[step.call ?? calls.length - 1];
    if (call !== undefined) call.arguments += step.text;
    return;
  }
  const last = parts.at(-1);
  if (last?.type === step.do) last.text += step.text;
  else parts.push({ type: step.do, text: step.text });
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
