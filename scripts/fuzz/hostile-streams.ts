/** Streams as no provider should send them: recorded ones, mutated; and a grammar of their frames. */

import fc from "fast-check";
import type { ProtocolName } from "../../src/core/translation.ts";
import { ownRecordings } from "../../tests/conformance/own.ts";

export interface Stream {
  readonly protocol: Exclude<ProtocolName, "responses">;
  readonly bytes: Uint8Array;
}

const RECORDED: readonly Stream[] = ownRecordings("response.sse").flatMap(({ provider, bytes }) => {
  const { name } = provider.protocol;
  return name === "responses" ? [] : [{ protocol: name, bytes: new Uint8Array(bytes) }];
});

const protocol = fc.constantFrom("openai" as const, "anthropic" as const);

/** What is put into streams, or in place of some of their bytes. */
const SCRAPS = [
  "\n",
  "\r",
  "\r\n",
  "\n\n",
  "\r\r",
  "\n\r\n",
  "\0",
  "\ufeff",
  "data:",
  "data: ",
  "data",
  ":",
  ": ping\n",
  "event: error\n",
  "event: message_stop\n",
  "error: {}\n",
  "id: 1\n",
  "retry: 0\n",
  "data: [DONE]\n\n",
  "data: [DONE]",
  "[DONE]",
  "{",
  "}",
  "[",
  "]",
  '"',
  ",",
  "\\",
  "\\u",
  "\\ud800",
  "\\u0000",
  "null",
  "true",
  "-0",
  "1e999",
  "-1",
  "9007199254740993",
  '"__proto__":{"polluted":1},',
  '"error":{},',
  '"error":"text",',
  '"choices":null,',
  '"content":[],',
  '"delta":7,',
  '"finish_reason":"stop"',
  '"finish_reason":"error"',
  '"type":"message_stop"',
  '"type":"error"',
  '"usage":{"prompt_tokens":"x"}',
  "data: {}\n\n",
  "data: []\n\n",
  "data: 7\n\n",
  "data: \n\n",
  "data\n\n",
] as const;

const BAD_UTF8 = [
  [0xff],
  [0xc3],
  [0xe2, 0x82],
  [0xf0, 0x9f, 0x98],
  [0x80],
  [0xed, 0xa0, 0x80],
  [0xc0, 0xaf],
  [0xf5, 0x80],
];

const scrap: fc.Arbitrary<Uint8Array> = fc.oneof(
  { weight: 6, arbitrary: fc.constantFrom(...SCRAPS).map((text) => new TextEncoder().encode(text)) },
  { weight: 2, arbitrary: fc.constantFrom(...BAD_UTF8).map((bytes) => Uint8Array.from(bytes)) },
  { weight: 2, arbitrary: fc.uint8Array({ maxLength: 12 }) },
  {
    weight: 1,
    arbitrary: fc
      .tuple(fc.constantFrom("[", "{", '{"a":', "a", " ", ":"), fc.nat(5_000))
      .map(([text, times]) => new TextEncoder().encode(text.repeat(times))),
  },
);

interface Mutation {
  readonly kind: "flip" | "cut out" | "repeat" | "put in" | "end";
  /** Parts of a million of the stream's length. */
  readonly at: number;
  readonly length: number;
  readonly scrap: Uint8Array;
}

const mutation: fc.Arbitrary<Mutation> = fc.record({
  kind: fc.constantFrom("flip", "cut out", "repeat", "put in", "put in", "put in", "end"),
  at: fc.nat(1_000_000),
  length: fc.oneof(fc.nat(4), fc.nat(200)),
  scrap,
});

/** Bytes with something done to them. */
export function mutated(bytes: Uint8Array, mutations: readonly Mutation[]): Uint8Array {
  let result = bytes;
  for (const { kind, at: millionths, length, scrap: put } of mutations) {
    const at = Math.floor((millionths / 1_000_000) * result.length);
    const [before, part, after] = [
      result.slice(0, at),
      result.slice(at, at + length),
      result.slice(at + length),
    ];
    if (kind === "flip")
      result = Buffer.concat([before, part.map((byte) => byte ^ (1 + (length % 255))), after]);
    else if (kind === "cut out") result = Buffer.concat([before, after]);
    else if (kind === "repeat") result = Buffer.concat([before, part, part, after]);
    else if (kind === "put in") result = Buffer.concat([before, put, part, after]);
    else result = before;
  }
  return new Uint8Array(result);
}

export const mutations = fc.array(mutation, { maxLength: 4 });

const recorded: fc.Arbitrary<Stream> = fc
  .tuple(fc.constantFrom(...RECORDED), mutations)
  .map(([stream, changes]) => ({ ...stream, bytes: mutated(stream.bytes, changes) }));

/** JSON of any kind with the names that a decoder looks for, so that it gets where types are wrong. */
const NAMES = [
  "choices",
  "delta",
  "message",
  "content",
  "reasoning_content",
  "reasoning",
  "refusal",
  "tool_calls",
  "index",
  "function",
  "name",
  "arguments",
  "id",
  "finish_reason",
  "usage",
  "prompt_tokens",
  "completion_tokens",
  "total_tokens",
  "x_groq",
  "error",
  "code",
  "type",
  "text",
  "thinking",
  "content_block",
  "partial_json",
  "stop_reason",
  "input_tokens",
  "output_tokens",
  "signature",
  "input",
  "object",
  "__proto__",
  "constructor",
  "param",
] as const;
const VALUES = [
  "text",
  "thinking",
  "tool_use",
  "message_start",
  "content_block_start",
  "content_block_delta",
  "content_block_stop",
  "message_delta",
  "message_stop",
  "ping",
  "error",
  "text_delta",
  "input_json_delta",
  "thinking_delta",
  "signature_delta",
  "stop",
  "length",
  "end_turn",
  "overloaded_error",
  "insufficient_quota",
  "",
  "\0",
  "\ud800",
] as const;

/** JSON as a hostile provider writes it. */
export const anyJson: fc.Arbitrary<unknown> = fc.letrec<{ value: unknown }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 5, withCrossShrink: true },
    { weight: 4, arbitrary: fc.constantFrom<unknown>(...VALUES) },
    { weight: 1, arbitrary: fc.constantFrom<unknown>(null, true, false, 0, -1, 1e308, 1.5, 2 ** 53, "7") },
    { weight: 1, arbitrary: fc.string({ unit: "binary", maxLength: 20 }) },
    { weight: 4, arbitrary: fc.array(tie("value"), { maxLength: 3 }) },
    {
      weight: 8,
      arbitrary: fc.dictionary(fc.constantFrom(...NAMES), tie("value"), {
        maxKeys: 5,
        noNullPrototype: true,
      }),
    },
  ),
})).value;

const lineEnd = fc.constantFrom("\n", "\n", "\n", "\r\n", "\r");
const frame: fc.Arbitrary<string> = fc
  .tuple(
    fc.oneof(
      fc.constant(""),
      fc.constantFrom(...VALUES).map((name) => `event: ${name}`),
    ),
    fc.oneof(
      { weight: 5, arbitrary: anyJson.map((json) => `data: ${JSON.stringify(json)}`) },
      { weight: 1, arbitrary: fc.constantFrom(...SCRAPS) },
      { weight: 1, arbitrary: fc.string({ maxLength: 30 }).map((text) => `data: ${text}`) },
    ),
    lineEnd,
    fc.constantFrom(2, 2, 2, 2, 1, 0, 3),
  )
  .map(([event, data, end, ends]) => `${event === "" ? "" : event + end}${data}${end.repeat(ends)}`);

const written: fc.Arbitrary<Stream> = fc
  .tuple(protocol, fc.array(frame, { maxLength: 8 }), mutations)
  .map(([name, frames, changes]) => ({
    protocol: name,
    bytes: mutated(new TextEncoder().encode(frames.join("")), changes),
  }));

const noise: fc.Arbitrary<Stream> = fc.record({ protocol, bytes: fc.uint8Array({ maxLength: 300 }) });

/** A stream of any of these kinds. */
export const streams: fc.Arbitrary<Stream> = fc.oneof(
  { weight: 5, arbitrary: recorded },
  { weight: 4, arbitrary: written },
  { weight: 1, arbitrary: noise },
);
