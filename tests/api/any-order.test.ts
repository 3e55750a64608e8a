import { describe, expect, test } from "bun:test";
import { MessageStream } from "@anthropic-ai/sdk/lib/MessageStream";
import fc from "fast-check";
import { ChatCompletionStream } from "openai/lib/ChatCompletionStream";
import { anthropicDialect } from "../../src/api/anthropic/dialect.ts";
import { openaiChatDialect } from "../../src/api/openai-chat/dialect.ts";
import type { ChatEvent } from "../../src/core/event.ts";
import { collected, contextOf, encode, framesOf } from "./dialect-support.ts";

/** One call, in pieces; its first has the name, sometimes without a word of its arguments. */
const anyCall = fc.record({
  name: fc.constantFrom("look", "read_file"),
  input: fc.dictionary(fc.string({ maxLength: 4 }), fc.jsonValue({ maxDepth: 2 }), { maxKeys: 3 }),
  cuts: fc.array(fc.nat(40), { maxLength: 4 }),
});

type Call = { name: string; input: Record<string, unknown>; cuts: number[] };

function piecesOf({ name, input, cuts }: Call, index: number): ChatEvent[] {
  const json = Object.keys(input).length === 0 ? "" : JSON.stringify(input);
  const points = [0, ...cuts.map((cut) => Math.min(cut, json.length)).sort((a, b) => a - b), json.length];
  const pieces = points.slice(1).map((end, i) => json.slice(points[i], end));
  return pieces.map((text, i) => ({
    type: "tool-call",
    index: index * 3,
    ...(i === 0 ? { id: `call:${index}`, name } : {}),
    arguments: text,
  }));
}

const anySaid: fc.Arbitrary<ChatEvent> = fc.oneof(
  fc.string({ unit: "grapheme", maxLength: 6 }).map((text): ChatEvent => ({ type: "text", text })),
  fc.string({ maxLength: 6 }).map((text): ChatEvent => ({ type: "reasoning", text })),
  fc.constant<ChatEvent>({ type: "reasoning", text: "", signature: "s" }),
  fc.constant<ChatEvent>({ type: "reasoning", text: "", redacted: "r" }),
);

/** Streams of one answer dealt into each other, each in its own order. */
function deal(streams: ChatEvent[][], order: readonly number[]): ChatEvent[] {
  const left = streams.map((stream) => [...stream]);
  const dealt: ChatEvent[] = [];
  for (const number of order) {
    const rest = left.filter((stream) => stream.length > 0);
    const next = rest[number % Math.max(1, rest.length)]?.shift();
    if (next !== undefined) dealt.push(next);
  }
  return [...dealt, ...left.flat()];
}

const anyAnswer = fc
  .record({
    calls: fc.array(anyCall, { maxLength: 3 }),
    said: fc.array(anySaid, { maxLength: 6 }),
    order: fc.array(fc.nat(50), { maxLength: 30 }),
  })
  .map(({ calls, said, order }) => ({
    calls,
    events: [...deal([said, ...calls.map(piecesOf)], order), { type: "end", reason: "stop" } as const],
  }));

/** As the SDKs' helpers take a stream that a browser was handed: one JSON to a line. */
function lines(frames: string): ReadableStream<Uint8Array> {
  const data = framesOf(frames).filter((frame) => frame.data !== "[DONE]");
  return new Blob([data.map((frame) => `${frame.data}\n`).join("")]).stream();
}

const textIn = (events: readonly ChatEvent[]) =>
  events.map((event) => (event.type === "text" ? event.text : "")).join("");

const names = (calls: readonly Call[]) => calls.map((call) => call.name).sort();

describe("calls, text and reasoning in any order", () => {
  test("to Anthropic's SDK", async () => {
    await fc.assert(
      fc.asyncProperty(anyAnswer, async ({ calls, events }) => {
        const body = { model: "m", max_tokens: 9, messages: [{ role: "user" as const, content: "hi" }] };
        const frames = encode(anthropicDialect.encoder(contextOf(body)), events);
        const message = await MessageStream.fromReadableStream(lines(frames)).finalMessage();
        const uses = message.content.flatMap((block) => (block.type === "tool_use" ? [block] : []));
        expect(uses.map(({ name }) => name).sort()).toEqual(names(calls));
        const whole = collected(events);
        expect<unknown>(uses.map(({ input }) => input)).toEqual(
          whole.toolCalls.map((call) => JSON.parse(call.function.arguments)),
        );
        const text = message.content.map((block) => (block.type === "text" ? block.text : "")).join("");
        expect(text.replace(/\s/g, "")).toBe(textIn(events).replace(/\s/g, ""));
        expect(
          message.content.every((block) => block.type !== "text" || block.text.trim() !== ""),
        ).toBeTrue();
        expect(message.stop_reason).toBe(calls.length > 0 ? "tool_use" : "end_turn");
      }),
      { numRuns: 300 },
    );
  });

  test("to OpenAI's SDK", async () => {
    await fc.assert(
      fc.asyncProperty(anyAnswer, async ({ calls, events }) => {
        const body = { model: "m", messages: [{ role: "user" as const, content: "hi" }] };
        const frames = encode(openaiChatDialect.encoder(contextOf(body)), events);
        const { choices } = await ChatCompletionStream.fromReadableStream(
          lines(frames),
        ).finalChatCompletion();
        const [choice] = choices;
        const made = (choice?.message.tool_calls ?? []).flatMap((call) =>
          call.type === "function" ? [call] : [],
        );
        expect(made.map((call) => call.function.name).sort()).toEqual(names(calls));
        const whole = collected(events).toolCalls;
        expect(made.map(({ id, function: { arguments: text } }) => [id, text])).toEqual(
          whole.map(({ id, function: { arguments: text } }) => [id, text]),
        );
        expect(choice?.message.content ?? "").toBe(textIn(events));
        expect(choice?.finish_reason).toBe(calls.length > 0 ? "tool_calls" : "stop");
      }),
      { numRuns: 300 },
    );
  });
});
