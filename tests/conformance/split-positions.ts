/** Where recorded streams are split and cut: at every byte, or at as many as a test has time for. */

import type { ChatEvent } from "../../src/core/event.ts";
import { anthropicMessages } from "../../src/protocols/anthropic-messages/protocol.ts";
import type { Protocol } from "../../src/protocols/protocol.ts";
import { SseDecoder } from "../../src/sse/decode.ts";
import { type Heard, replay, splitAt } from "./replay.ts";

/** Streams up to this long are taken apart at every byte. */
const EVERY_BYTE = 5_000;
/** Bytes read for one stream that is longer. */
const READ = 5_000_000;

/** Every place inside a stream, or even steps through one that is too long. */
function placesIn({ length }: Uint8Array): number[] {
  const count = length <= EVERY_BYTE ? length : Math.floor(READ / length);
  return Array.from({ length: count }, (_, i) => Math.floor((i * length) / count));
}

/** The places at which a split changes anything. There should be none. */
export function harmfulSplits(protocol: Protocol, bytes: Uint8Array, whole: Heard): number[] {
  return placesIn(bytes).filter((place) => !Bun.deepEquals(replay(protocol, splitAt(bytes, place)), whole));
}

/**
 * What is wrong with answers that were cut, in words. There should be none. A cut answer is `incomplete` unless the
 * provider had said that it was finished; its text is exact, and all that had come.
 */
export function wrongCuts(protocol: Protocol, bytes: Uint8Array, whole: Heard): string[] {
  const all = whole.text + whole.refusal;
  const come = charactersByByte(protocol, bytes);
  const signal = finishSignal(protocol, bytes);
  const wrong: string[] = [];
  let hasEnded = false;
  for (const place of placesIn(bytes)) {
    const { text, refusal, last } = replay(protocol, [bytes.subarray(0, place)]);
    const said = text + refusal;
    const isEnd = last.type === "end";
    // Half a character that was cut off from its other half is told as one that is none.
    if (!all.startsWith(said.replace(/\ufffd$/, ""))) wrong.push(`${place}: other text`);
    if (said.length < (come[place] ?? 0)) wrong.push(`${place}: text is missing`);
    if (isEnd && place <= signal) wrong.push(`${place}: a false end`);
    if (!isEnd && hasEnded) wrong.push(`${place}: an end that is taken back`);
    if (last.type === "error" && last.failure.type !== "incomplete")
      wrong.push(`${place}: ${last.failure.type}`);
    hasEnded ||= isEnd;
  }
  return wrong;
}

/** How many characters of text have come when so many bytes have. */
function charactersByByte(protocol: Protocol, bytes: Uint8Array): number[] {
  const sse = new SseDecoder(1 << 20);
  const decoder = protocol.decoder();
  const counts = [0];
  let characters = 0;
  for (let place = 0; place < bytes.length; place++) {
    const events: ChatEvent[] = [];
    for (const message of sse.feed(bytes.subarray(place, place + 1))) decoder.message(message, events);
    for (const event of events) if (event.type === "text") characters += event.text.length;
    counts.push(characters);
  }
  return counts;
}

/** Where the provider first says that it is finished, read without our decoders. */
function finishSignal(protocol: Protocol, bytes: Uint8Array): number {
  const text = Buffer.from(bytes).toString("latin1");
  const signal = protocol === anthropicMessages ? /message_stop/ : /"finish_reason": ?"\w|\[DONE\]/;
  return text.search(signal);
}
