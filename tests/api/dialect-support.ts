/** What the tests of the dialects share: contexts, scripted answers, and the vendors' SDKs reading what an encoder writes. */

import Anthropic from "@anthropic-ai/sdk";
import OpenAI from "openai";
import { AnswerCollector } from "../../src/api/collect.ts";
import type { AnswerContext, Dialect, Encoder } from "../../src/api/dialect.ts";
import { type Batch, type ChatEvent, endsAnswer } from "../../src/core/event.ts";
import { newSession } from "../../src/core/session.ts";
import { Translation } from "../../src/core/translation.ts";
import type { Protocol } from "../../src/protocols/protocol.ts";
import { SseDecoder } from "../../src/sse/decode.ts";
import { ResponseDecoder, type ResponseLimits } from "../../src/upstream/response-decoder.ts";

export const ID = "0123456789abcdef0123456789abcdef";

export function contextOf<Body>(body: Body, more: Partial<AnswerContext<Body>> = {}): AnswerContext<Body> {
  return {
    id: ID,
    created: 1_790_000_000,
    model: () => "some-model",
    session: newSession(),
    requestId: "req_test",
    body,
    inputEstimate: 12.4,
    passThrough: false,
    renamed: false,
    ...more,
  };
}

/** All frames for batches of one event each. */
export function encode(encoder: Encoder, events: Batch): string {
  return encoder.begin() + events.map((event) => encoder.batch([event])).join("");
}

/** The frames as they were read by a client: name and data. */
export function framesOf(text: string): { event?: string | undefined; data: string }[] {
  const decoder = new SseDecoder(1e6);
  return [...decoder.feed(new TextEncoder().encode(text)), ...decoder.flush()];
}

/** Events as the stream reader gives them where frames pass through. */
export function passedBatches(protocol: Protocol, sse: string | Uint8Array): Batch[] {
  const decoder = protocol.decoder();
  const reader = new SseDecoder(1e7);
  const bytes = typeof sse === "string" ? new TextEncoder().encode(sse) : sse;
  const batches = [...reader.feed(bytes), ...reader.flush()].map((message) => {
    const events: ChatEvent[] = [];
    decoder.message(message, events);
    return [{ type: "frame", event: message.event, data: message.data } as const, ...events];
  });
  const last: ChatEvent[] = [];
  decoder.end(last);
  return [...batches, last];
}

/** The same through the fast path for runs of text, which takes whatever stands at the beginning of a piece. */
export function passedPieces(
  protocol: Protocol,
  pieces: Iterable<Uint8Array>,
  limits: Partial<ResponseLimits> = {},
): Batch[] {
  const reader = new ResponseDecoder(protocol.decoder(), { maxLine: 1e7, maxAnswer: 1e9, ...limits }, true);
  const batches: ChatEvent[][] = [];
  for (const piece of pieces) {
    batches.push([]);
    if (!endsAnswer(batches.flat().at(-1))) reader.decode(piece, batches.at(-1) ?? []);
  }
  const last: ChatEvent[] = [];
  if (!endsAnswer(batches.flat().at(-1))) reader.end(last);
  return [...batches, last];
}

export function collected(events: Batch) {
  const collector = new AnswerCollector(ID);
  collector.batch(events);
  return collector.answer();
}

/** A server that answers every request with the same, streamed or not. */
export function serving(text: string, contentType = "text/event-stream", status = 200) {
  const server = Bun.serve({
    port: 0,
    hostname: "127.0.0.1",
    fetch: () => new Response(text, { status, headers: { "content-type": contentType } }),
  });
  const base = `http://127.0.0.1:${server.port}`;
  return {
    openai: new OpenAI({ baseURL: `${base}/v1`, apiKey: "k", maxRetries: 0 }),
    anthropic: new Anthropic({ baseURL: base, apiKey: "k", maxRetries: 0 }),
    [Symbol.dispose]: () => void server.stop(true),
  };
}

export function parsed<Body>(
  dialect: Dialect<Body>,
  body: unknown,
  protocol: Parameters<Dialect<Body>["parse"]>[1],
) {
  const translation = new Translation();
  const chat = dialect.parse(body as Body, protocol, translation);
  return { chat, dropped: [...translation.dropped], changed: [...translation.changed] };
}

const call = (index: number, more: object): ChatEvent => ({ type: "tool-call", index, ...more });
const text = (words: string): ChatEvent => ({ type: "text", text: words });
const END: ChatEvent = {
  type: "end",
  reason: "stop",
  usage: { inputTokens: 1000, outputTokens: 20, cacheReadTokens: 800, reasoningTokens: 5 },
};
const CALLED: ChatEvent = { type: "end", reason: "tool_calls", usage: { inputTokens: 10, outputTokens: 5 } };

interface Script {
  readonly events: Batch;
  /** What any client must have in the end. */
  readonly text: string;
  readonly calls: readonly { name: string; arguments: string }[];
  readonly ending: "stop" | "length" | "tool_calls" | "content_filter";
}

/** Answers as they come from providers, with what a client must make of each. */
export const SCRIPTS: Readonly<Record<string, Script>> = {
  "plain text": {
    events: [text("Hel"), text('lo "you"\n'), { type: "text", text: "!", plain: true }, END],
    text: 'Hello "you"\n!',
    calls: [],
    ending: "stop",
  },
  nothing: { events: [END], text: "", calls: [], ending: "stop" },
  "a call first, after empty text (row 1)": {
    events: [
      text(""),
      call(0, { id: "call_a", name: "f", arguments: "" }),
      call(0, { arguments: '{"a":1}' }),
      CALLED,
    ],
    text: "",
    calls: [{ name: "f", arguments: '{"a":1}' }],
    ending: "tool_calls",
  },
  "fragments of two calls that alternate (row 3)": {
    events: [
      call(0, { id: "call_a", name: "f" }),
      call(1, { id: "call_b", name: "g" }),
      call(0, { arguments: '{"a"' }),
      call(1, { arguments: '{"b"' }),
      call(0, { arguments: ":1}" }),
      call(1, { arguments: ":2}" }),
      CALLED,
    ],
    text: "",
    calls: [
      { name: "f", arguments: '{"a":1}' },
      { name: "g", arguments: '{"b":2}' },
    ],
    ending: "tool_calls",
  },
  "three calls one after another, with gaps in their numbers (rows 4, 8)": {
    events: [
      call(1, { id: "call_a", name: "f", arguments: '{"a":1}' }),
      call(4, { id: "call_b", name: "g" }),
      call(7, { id: "call_c", name: "h", arguments: '{"c":3}' }),
      CALLED,
    ],
    text: "",
    calls: [
      { name: "f", arguments: '{"a":1}' },
      { name: "g", arguments: "{}" },
      { name: "h", arguments: '{"c":3}' },
    ],
    ending: "tool_calls",
  },
  "fragments without ids, and the name after the id (row 5)": {
    events: [
      call(0, { id: "call_a" }),
      call(0, { name: "f" }),
      call(1, { id: "call_b", name: "g", arguments: "{" }),
      call(0, { arguments: "{" }),
      call(1, { arguments: '"b":2}' }),
      call(0, { arguments: '"a":1}' }),
      CALLED,
    ],
    text: "",
    calls: [
      { name: "f", arguments: '{"a":1}' },
      { name: "g", arguments: '{"b":2}' },
    ],
    ending: "tool_calls",
  },
  "text between two calls (row 6)": {
    events: [
      text("one "),
      call(0, { id: "call_a", name: "f", arguments: '{"a":1}' }),
      text("two"),
      call(1, { id: "call_b", name: "g", arguments: '{"b":2}' }),
      CALLED,
    ],
    text: "one two",
    calls: [
      { name: "f", arguments: '{"a":1}' },
      { name: "g", arguments: '{"b":2}' },
    ],
    ending: "tool_calls",
  },
  "text inside a call that is not complete (row 7)": {
    events: [
      call(0, { id: "call_a", name: "f", arguments: '{"a":' }),
      text("beside"),
      call(0, { arguments: "1}" }),
      CALLED,
    ],
    text: "beside",
    calls: [{ name: "f", arguments: '{"a":1}' }],
    ending: "tool_calls",
  },
  "a name and the first fragment in one delta (row 9)": {
    events: [call(0, { id: "x", name: "f", arguments: '{"code":' }), call(0, { arguments: '"up"}' }), CALLED],
    text: "",
    calls: [{ name: "f", arguments: '{"code":"up"}' }],
    ending: "tool_calls",
  },
  "a call without arguments (rows 8, 11)": {
    events: [call(0, { id: "call_a", name: "f" }), CALLED],
    text: "",
    calls: [{ name: "f", arguments: "{}" }],
    ending: "tool_calls",
  },
  "a whole call under a sloppy stop (row 27)": {
    events: [call(0, { id: "call_a", name: "f", arguments: "{}" }), END],
    text: "",
    calls: [{ name: "f", arguments: "{}" }],
    ending: "tool_calls",
  },
  "tool_calls without a call (row 59)": {
    events: [text("hm"), CALLED],
    text: "hm",
    calls: [],
    ending: "stop",
  },
  "cut for length": {
    events: [text("Once"), { type: "end", reason: "length" }],
    text: "Once",
    calls: [],
    ending: "length",
  },
  "a filter (rows 29, 32)": {
    events: [text("Once"), { type: "end", reason: "content_filter" }],
    text: "Once",
    calls: [],
    ending: "content_filter",
  },
  "a full window (row 29)": {
    events: [text("Once"), { type: "end", reason: "length", rawReason: "max_output_tokens" }],
    text: "Once",
    calls: [],
    ending: "length",
  },
};
