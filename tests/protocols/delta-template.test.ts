import { expect, setDefaultTimeout, test } from "bun:test";
import fc from "fast-check";
import { NashEncoder } from "../../src/api/nash/encoder.ts";
import type { ChatEvent } from "../../src/core/event.ts";
import { anthropicMessages } from "../../src/protocols/anthropic-messages/protocol.ts";
import { openaiChat } from "../../src/protocols/openai-chat/protocol.ts";
import type { Protocol } from "../../src/protocols/protocol.ts";

setDefaultTimeout(120_000);

/** Texts with whatever JSON has to escape, and texts that look like the JSON around them. */
const text = fc.oneof(
  { weight: 3, arbitrary: fc.stringMatching(/^[a-z 🦔é]{1,9}$/u) },
  fc.constantFrom(
    '"',
    "\\",
    '"}',
    '","content":"x"',
    '{"error":{"message":"x"}}',
    "\n",
    "\u2028",
    "\u007f",
    "\ud83e",
  ),
  fc.string({ unit: "binary", minLength: 1, maxLength: 6 }),
);
const padding = fc.stringMatching(/^[A-Za-z0-9]{0,12}$/);

/** The shapes of chunks that hold one text, as different servers write them. */
const SHAPES: ((text: string, padding: string) => object)[] = [
  (content, obfuscation) => ({
    id: "a",
    choices: [{ index: 0, delta: { content } }],
    usage: null,
    obfuscation,
  }),
  (content) => ({ choices: [{ delta: { role: "assistant", content, refusal: null }, finish_reason: null }] }),
  (content, p) => ({ p, choices: [{ index: 0, delta: { content: [{ type: "text", text: content }] } }] }),
  (content) => ({ content: "decoy", choices: [{ index: 0, delta: { content } }] }),
  (content) => ({ choices: [{ index: 0, text: content, delta: { content }, content: "decoy" }] }),
  (content) => ({
    choices: [
      { index: 0, delta: { content: "" }, message: { content } },
      { index: 1, delta: { content } },
    ],
  }),
  (content) => ({
    choices: [
      { index: 1, delta: { content } },
      { index: 0, delta: { content } },
    ],
  }),
  (content, p) => ({
    choices: [
      { index: 1, delta: { content: p } },
      { index: 0, delta: { content } },
    ],
  }),
  (content) => ({ choices: [{ index: 0, delta: { reasoning: content, content } }] }),
  (content, obfuscation) => ({ choices: [{ index: 0, delta: { content, refusal: content } }], obfuscation }),
  (content) => ({
    choices: [{ index: 0, delta: { content } }],
    usage: { prompt_tokens: 1, completion_tokens: 2 },
  }),
];

const openaiStream = fc
  .tuple(fc.constantFrom(...SHAPES), fc.constantFrom(...SHAPES), fc.array(fc.tuple(text, padding, fc.nat(5))))
  .map(([usual, other, pieces]) =>
    pieces.map(([t, p, n]) => JSON.stringify((n === 0 ? other : usual)(t, p))),
  );

const anthropicStream = fc.array(fc.tuple(text, fc.nat(9), fc.nat(3))).map((pieces) =>
  pieces.map(([content, spaces, n]) => {
    const delta = n === 0 ? { text: content, type: "text_delta" } : { type: "text_delta", text: content };
    const json = JSON.stringify({ type: "content_block_delta", index: 0, delta });
    return `${json.slice(0, -1)}${" ".repeat(spaces)}}`;
  }),
);

/** One decoder for all: it may learn. */
function learning(protocol: Protocol, stream: readonly string[]): ChatEvent[] {
  const decoder = protocol.decoder();
  const events: ChatEvent[] = [];
  for (const data of stream) decoder.message({ data }, events);
  return events;
}

/** One decoder too, but no chunk begins as another does: what it learns never fits. */
function parsing(protocol: Protocol, stream: readonly string[]): ChatEvent[] {
  const decoder = protocol.decoder();
  const events: ChatEvent[] = [];
  for (const [i, data] of stream.entries()) decoder.message({ data: " ".repeat(i) + data }, events);
  return events;
}

/** What says the same, whether or not anybody has looked for what JSON would escape. */
function unmarked(event: ChatEvent): ChatEvent {
  if (event.type !== "text") return event;
  const { plain: _, ...rest } = event;
  return rest;
}

function framesOf(events: readonly ChatEvent[]): string {
  const encoder = new NashEncoder({ id: "s" }, { usage: true, reasoning: true, toolCalls: false }, "a");
  return encoder.batch(events);
}

test.each([
  ["OpenAI's chunks", openaiChat, openaiStream],
  ["Anthropic's deltas", anthropicMessages, anthropicStream],
] as const)("%s are read alike with and without parsing", (_name, protocol, streams) => {
  fc.assert(
    fc.property(streams, (stream) => {
      const [learnt, parsed] = [learning(protocol, stream), parsing(protocol, stream)];
      expect(learnt.map(unmarked)).toEqual(parsed);
      expect(framesOf(learnt)).toBe(framesOf(parsed));
    }),
    { numRuns: 1000 },
  );
});

test("an error, a finish and usage are seen in the middle of chunks that are all alike", () => {
  const chunk = (delta: object, more: object = {}, top: object = {}) =>
    JSON.stringify({ id: "a", choices: [{ index: 0, delta, finish_reason: null, ...more }], ...top });
  const decoder = openaiChat.decoder();
  const events: ChatEvent[] = [];
  for (const content of ["a", "b", "c"]) decoder.message({ data: chunk({ content }) }, events);
  decoder.message({ data: chunk({ content: "d" }, { finish_reason: "length" }) }, events);
  decoder.message(
    { data: chunk({ content: "e" }, {}, { usage: { prompt_tokens: 1, completion_tokens: 5 } }) },
    events,
  );
  decoder.message({ event: "error", data: chunk({ content: "f" }) }, events);
  decoder.message({ data: chunk({ content: "g" }) }, events);
  decoder.end(events);
  expect(events.map((event) => (event.type === "text" ? event.text : event.type))).toEqual([
    ..."abcde",
    "error",
  ]);
  expect(events.at(-1)).toMatchObject({ usage: { inputTokens: 1, outputTokens: 5 } });
});
