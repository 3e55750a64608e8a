/** What providers send, without a socket: the decoder of events, both protocols, and what clients are told of it. */

import fc from "fast-check";
import { type ChatEvent, endsAnswer } from "../../src/core/event.ts";
import { FAILURE_STATUS, type Failure } from "../../src/core/failure.ts";
import { Secret } from "../../src/core/secret.ts";
import { anthropicMessages } from "../../src/protocols/anthropic-messages/protocol.ts";
import { openaiChat } from "../../src/protocols/openai-chat/protocol.ts";
import { sanitizeFailure } from "../../src/upstream/error-messages.ts";
import { ResponseDecoder } from "../../src/upstream/response-decoder.ts";
import { replay, replayReply } from "../../tests/conformance/replay.ts";
import { readNativeStream } from "../../tests/support/answers.ts";
import { anyJson, mutated, mutations, type Stream, streams } from "./hostile-streams.ts";
import { count, type Part, promise } from "./run-inputs.ts";

const PROTOCOLS = { openai: openaiChat, anthropic: anthropicMessages };
const KEY = "sk-planted-0123456789abcdef";

/** Far beyond any input, so that where it is cut makes no difference. */
const AMPLE = { maxLine: 1 << 24, maxAnswer: 1 << 24 };
/** So near that many inputs go past them. */
const TIGHT = { maxLine: 1_024, maxAnswer: 4_096 };
const PIECE = 256;

/** What one body amounts to. */
interface Heard {
  readonly text: string;
  readonly rest: string;
  readonly last: ChatEvent;
  /** How many bytes were asked for. */
  readonly read: number;
}

/** Decodes a body that comes in these pieces, and then ends or breaks. */
function hear(
  protocol: Stream["protocol"],
  pieces: readonly Uint8Array[],
  limits: typeof AMPLE,
  breaks = false,
): Heard {
  const decoder = new ResponseDecoder(PROTOCOLS[protocol].decoder(), limits, false);
  const events: ChatEvent[] = [];
  let read = 0;
  for (const piece of pieces) {
    read += piece.length;
    decoder.decode(piece, events);
    if (endsAnswer(events.at(-1))) break;
  }
  if (!endsAnswer(events.at(-1))) {
    if (breaks) decoder.fail(() => ({ type: "incomplete", message: "It was cut." }), events);
    else decoder.end(events);
  }
  return { ...heardIn(events), read };
}

const tally = new Map<string, number>();

/** Puts events together, and checks that they are an answer. */
function heardIn(events: readonly ChatEvent[]): Omit<Heard, "read"> {
  const ends = events.filter(({ type }) => type === "end" || type === "error");
  const last = events.at(-1);
  promise(ends.length === 1 && ends[0] === last && last !== undefined, () => `ends ${ends.length} times`);
  const text = events.map((event) => (event.type === "text" ? event.text : "")).join("");
  let rest = "";
  for (const event of events) {
    if (event.type === "reasoning") rest += `r${event.text}`;
    if (event.type === "tool-call")
      rest += `t${event.index}${event.id ?? ""}${event.name ?? ""}${event.arguments ?? ""}`;
  }
  if (last.type === "error") checkFailure(last.failure);
  const usage = last.type === "end" || last.type === "error" ? last.usage : undefined;
  for (const count of [usage?.inputTokens ?? 0, usage?.outputTokens ?? 0]) {
    promise(Number.isSafeInteger(count) && count >= 0, () => `${count} tokens`);
  }
  count(tally, last.type === "error" ? last.failure.type : last.type);
  return { text, rest, last };
}

/** What a client is sent is the native stream format, with the same text. */
function checkFrames(frames: string, text: string): void {
  promise(readNativeStream(frames).text === text, "the frames hold another text");
}

function checkFailure(failure: Failure): void {
  promise(failure.type in FAILURE_STATUS, () => `an error of the type ${failure.type}`);
  const {
    message,
    param,
    retryAfter,
    status = 500,
    providerStatus = 500,
  } = sanitizeFailure(failure, [new Secret(KEY)]);
  promise(!`${message}${param}`.includes(KEY), "the key stands in an error");
  promise(Buffer.byteLength(message) <= 2_048, "a message of more than 2 KiB");
  promise(!/<(?:script|html|body|div|p|h1)\b/i.test(message), () => `HTML in ${message}`);
  promise(Number.isInteger(status) && status >= 400 && status <= 599, () => `the status ${status}`);
  promise(Number.isInteger(providerStatus), () => `the provider's status ${providerStatus}`);
  promise(
    retryAfter === undefined || /^\d{1,9}$/.test(String(Math.ceil(retryAfter))),
    () => `wait ${retryAfter} s`,
  );
}

function piecesOf(bytes: Uint8Array, cuts: readonly number[]): Uint8Array[] {
  const places = cuts.map((cut) => Math.floor((cut / 1_000_000) * bytes.length)).sort((a, b) => a - b);
  return [...places, bytes.length]
    .map((end, i) => bytes.subarray(places[i - 1] ?? 0, end))
    .filter(({ length }) => length > 0);
}

function evenPieces(bytes: Uint8Array, size: number): Uint8Array[] {
  return Array.from({ length: Math.ceil(bytes.length / size) }, (_, i) =>
    bytes.subarray(i * size, (i + 1) * size),
  );
}

interface Split extends Stream {
  /** Where it is split, in millionths of its length. */
  readonly cuts: readonly number[];
}

async function tryStream({ protocol, bytes, cuts }: Split): Promise<void> {
  const whole = hear(protocol, bytes.length === 0 ? [] : [bytes], AMPLE);
  checkFrames(replay(PROTOCOLS[protocol], [bytes]).frames, whole.text);
  const ways = [piecesOf(bytes, cuts), evenPieces(bytes, bytes.length < 2_000 ? 1 : 97)];
  for (const pieces of ways) {
    const { read: _, ...split } = hear(protocol, pieces, AMPLE);
    const { read: __, ...same } = whole;
    promise(
      Bun.deepEquals(split, same, true),
      () => `in pieces: ${JSON.stringify(split)}, whole: ${JSON.stringify(same)}`,
    );
  }
  const cut = hear(protocol, piecesOf(bytes, cuts).slice(0, -1), AMPLE, true);
  // The start of a frame that is no JSON may be JSON, and a last frame needs no blank line.
  const isMore = whole.last.type === "error" && cut.text.startsWith(whole.text);
  // Half of a surrogate pair whose other half was cut off is told as U+FFFD (docs/protocol.md 1).
  const kept = cut.text.replace(/\uFFFD$/, "");
  promise(isMore || whole.text.startsWith(kept), "a cut made another text");

  const bounded = hear(protocol, evenPieces(bytes, PIECE), TIGHT);
  promise(whole.text.startsWith(bounded.text.replace(/\uFFFD$/, "")), "a limit made another text");
  promise(bounded.read <= TIGHT.maxAnswer + PIECE, () => `${bounded.read} bytes were read`);
}

function tryReply(protocol: Stream["protocol"], json: unknown): void {
  const events: ChatEvent[] = [];
  PROTOCOLS[protocol].reply(json, events);
  checkFrames(replayReply(PROTOCOLS[protocol], json).frames, heardIn(events).text);
}

const header = fc.tuple(
  fc.constantFrom("retry-after", "retry-after-ms", "x-should-retry", "content-type", "x-request-id"),
  fc.oneof(
    fc.constantFrom(
      "7",
      "0.5",
      "-1",
      "9".repeat(400),
      "1e9",
      "Sun, 22 Nov 2999 15:00:30 GMT",
      "true",
      "text/html",
    ),
    fc.string({ maxLength: 8 }),
  ),
);

interface Refusal {
  readonly protocol: Stream["protocol"];
  readonly status: number;
  readonly headers: readonly (readonly [string, string])[];
  readonly body: Uint8Array;
}

function tryRefusal({ protocol, status, headers, body }: Refusal): void {
  const sent = new Headers();
  for (const [name, value] of headers) {
    if (/^[\t\x20-\x7e]*$/.test(value)) sent.append(name, value);
  }
  checkFailure(PROTOCOLS[protocol].failure(status, sent, new TextDecoder().decode(body)));
}

const words = fc.oneof(
  { weight: 6, arbitrary: anyJson.map((json) => JSON.stringify(json).replaceAll('"stop"', `"${KEY}"`)) },
  {
    weight: 1,
    arbitrary: fc.constantFrom(
      `<html><body><h1>502</h1>${KEY}</body></html>`,
      `{"error":{"message":"${KEY}"}}`,
      `{"detail":[{"msg":"no","loc":[{"toString":null}]}]}`,
    ),
  },
  { weight: 1, arbitrary: fc.string({ unit: "binary", maxLength: 200 }) },
);

type Input =
  | ({ readonly what: "stream" } & Split)
  | { readonly what: "reply"; readonly protocol: Stream["protocol"]; readonly json: unknown }
  | ({ readonly what: "refusal" } & Refusal);

const protocol = fc.constantFrom("openai" as const, "anthropic" as const);

const inputs: fc.Arbitrary<Input> = fc.oneof(
  {
    weight: 6,
    arbitrary: fc
      .tuple(streams, fc.array(fc.nat(1_000_000), { minLength: 1, maxLength: 6 }))
      .map(([stream, cuts]) => ({ what: "stream" as const, ...stream, cuts })),
  },
  { weight: 2, arbitrary: fc.record({ what: fc.constant("reply" as const), protocol, json: anyJson }) },
  {
    weight: 2,
    arbitrary: fc
      .record({
        protocol,
        status: fc.integer({ min: 100, max: 999 }),
        headers: fc.array(header, { maxLength: 3 }),
        words,
        changes: mutations,
      })
      .map(({ words: text, changes, ...rest }) => ({
        what: "refusal" as const,
        ...rest,
        body: mutated(new TextEncoder().encode(text), changes),
      })),
  },
);

export const wire: Part<Input> = {
  name: "wire",
  inputs,
  atOnce: 1,
  tally,
  try(input) {
    if (input.what === "stream") return tryStream(input);
    if (input.what === "reply") return tryReply(input.protocol, input.json);
    return tryRefusal(input);
  },
};
