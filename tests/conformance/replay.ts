/** A recorded stream, put through everything between the provider's bytes and ours, without a socket or a clock. */

import { NashEncoder } from "../../src/api/nash/encoder.ts";
import { type ChatEvent, endsAnswer } from "../../src/core/event.ts";
import type { Decoder, Protocol } from "../../src/protocols/protocol.ts";
import { ResponseDecoder } from "../../src/upstream/response-decoder.ts";

/** What an answer amounts to. */
export interface Heard {
  /** Without the words of a refusal. */
  readonly text: string;
  readonly refusal: string;
  readonly reasoning: string;
  readonly tools: readonly Tool[];
  /** The one event that ends it. */
  readonly last: ChatEvent;
  /** All that a client is sent who asked for every kind of line. */
  readonly frames: string;
}

export interface Tool {
  readonly id: string | undefined;
  readonly name: string | undefined;
  readonly args: string;
}

const SESSION = { id: "00000000-0000-4000-8000-000000000000" };
const LIMITS = { maxLine: 1 << 20, maxAnswer: 1 << 30 };

/** Reads a body that comes in these pieces and then ends. */
export function replay(
  protocol: Protocol,
  pieces: Iterable<Uint8Array>,
  decoder: Decoder = protocol.decoder(),
): Heard {
  const response = new ResponseDecoder(decoder, LIMITS, false);
  const encoder = new NashEncoder(SESSION, { usage: true, reasoning: true, toolCalls: false }, "a");
  const events: ChatEvent[] = [];
  let frames = encoder.begin();

  const take = (batch: readonly ChatEvent[]) => {
    if (batch.length === 0) return;
    events.push(...batch);
    frames += encoder.batch(batch);
  };
  for (const piece of pieces) {
    const batch: ChatEvent[] = [];
    if (!endsAnswer(events.at(-1))) response.decode(piece, batch);
    take(batch);
  }
  const last: ChatEvent[] = [];
  if (!endsAnswer(events.at(-1))) response.end(last);
  take(last);
  return sumUp(events, frames);
}

/** The same decoder without its fast path for runs of text. */
export function withoutRuns(decoder: Decoder): Decoder {
  return {
    message: (message, out) => decoder.message(message, out),
    end: (out) => decoder.end(out),
    fail: (failure, out) => decoder.fail(failure, out),
    get finished() {
      return decoder.finished;
    },
  };
}

/** Reads JSON that came in place of a stream. */
export function replayReply(protocol: Protocol, json: unknown): Heard {
  const events: ChatEvent[] = [];
  protocol.reply(json, events);
  const encoder = new NashEncoder(SESSION, { usage: true, reasoning: true, toolCalls: false }, "a");
  return sumUp(events, encoder.begin() + encoder.batch(events));
}

/** The bytes in pieces of one size. */
export function* inPieces(bytes: Uint8Array, size: number): Generator<Uint8Array> {
  for (let start = 0; start < bytes.length; start += size) yield bytes.subarray(start, start + size);
}

/** The bytes in two pieces. */
export function splitAt(bytes: Uint8Array, place: number): readonly [Uint8Array, Uint8Array] {
  return [bytes.subarray(0, place), bytes.subarray(place)];
}

function sumUp(events: readonly ChatEvent[], frames: string): Heard {
  const last = events.at(-1);
  const endings = events.filter(({ type }) => type === "end" || type === "error");
  if (last === undefined || endings.length !== 1 || endings[0] !== last) {
    throw new Error(`An answer must have one ending, at its end: ${JSON.stringify(events.slice(-3))}`);
  }
  let text = "";
  let refusal = "";
  let reasoning = "";
  const tools = new Map<number, { id: string | undefined; name: string | undefined; args: string }>();
  for (const event of events) {
    if (event.type === "text" && event.refusal) refusal += event.text;
    else if (event.type === "text") text += event.text;
    else if (event.type === "reasoning") reasoning += event.text;
    else if (event.type === "tool-call") {
      const tool = tools.get(event.index) ?? { id: undefined, name: undefined, args: "" };
      tools.set(event.index, tool);
      tool.id ??= event.id;
      tool.name ??= event.name;
      tool.args += event.arguments ?? "";
    }
  }
  return { text, refusal, reasoning, tools: [...tools.values()].map(withWholeArguments), last, frames };
}

/** Arguments that were cut by a token limit are not passed on; none at all stand for an empty object. */
function withWholeArguments(tool: Tool): Tool {
  try {
    JSON.parse(tool.args);
    return tool;
  } catch {
    return { ...tool, args: "{}" };
  }
}

/** What a client of ours reads out of our frames, one JSON value for each. */
export function readFrames(frames: string): unknown[] {
  const parts = frames.split("\n\n");
  if (parts.pop() !== "") throw new Error("The last frame has no blank line.");
  return parts.map((part) => {
    if (!part.startsWith("data: ") || /[\r\n]/.test(part)) throw new Error(`Not one data line: ${part}`);
    return part === "data: [DONE]" ? "[DONE]" : (JSON.parse(part.slice("data: ".length)) as unknown);
  });
}
