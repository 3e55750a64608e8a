import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import { NashEncoder } from "../../src/api/nash/encoder.ts";
import type { ChatEvent } from "../../src/core/event.ts";
import { DONE_FRAME, dataFrame, encodeFrames, KEEP_ALIVE_FRAME } from "../../src/sse/encode.ts";
import { interpret } from "./spec.ts";

/** Texts made of what could break a frame, and of everything else. */
const text = fc
  .array(
    fc.oneof(
      fc.constantFrom(
        "\r",
        "\n",
        "\r\n",
        "\n\n",
        "data: ",
        "data:",
        "[DONE]",
        "event: x",
        ": ",
        "\ufeff",
        "\0",
      ),
      fc.constantFrom("\u2028", "\u2029", "\u0085", "\ud83e", "\udd94", "🦔", '"', "\\", "</script>"),
      fc.string({ unit: "binary", maxLength: 8 }),
    ),
    { minLength: 1, maxLength: 30 },
  )
  .map((pieces) => pieces.join(""))
  .filter((joined) => joined !== "");

function overTheWire(frames: Uint8Array): string {
  return new TextDecoder("utf-8", { ignoreBOM: true, fatal: true }).decode(frames);
}

test("any text goes through a frame unchanged, as one event", () => {
  fc.assert(
    fc.property(text, (content) => {
      const events = interpret(overTheWire(encodeFrames(dataFrame({ content }))));
      expect(events).toHaveLength(1);
      expect(Object.keys(events[0] ?? {})).toEqual(["data"]);
      expect(JSON.parse(events[0]?.data ?? "")).toEqual({ content });
    }),
    { numRuns: 1000 },
  );
});

test("any value makes one line and one blank line", () => {
  fc.assert(
    fc.property(fc.jsonValue(), (value) => {
      expect(dataFrame(value)).toMatch(/^data: [^\r\n]*\n\n$/);
    }),
  );
});

test("the closing frame and the comment", () => {
  expect(interpret(DONE_FRAME)).toEqual([{ data: "[DONE]" }]);
  expect(interpret(KEEP_ALIVE_FRAME)).toEqual([]);
  expect(interpret(`${dataFrame(1)}${KEEP_ALIVE_FRAME}${dataFrame(2)}`)).toEqual([
    { data: "1" },
    { data: "2" },
  ]);
});

describe("an answer", () => {
  const delta = fc.oneof(
    text.map((content): ChatEvent => ({ type: "text", text: content })),
    text.map((content): ChatEvent => ({ type: "text", text: content, refusal: true })),
    text.map((content): ChatEvent => ({ type: "reasoning", text: content })),
    fc.constant<ChatEvent>({ type: "tool-call", index: 0, id: "call_1", name: "feed", arguments: "{}" }),
  );
  const ending = fc.constantFrom<ChatEvent>(
    { type: "end", reason: "stop", rawReason: "end_turn", usage: { inputTokens: 3, outputTokens: 5 } },
    { type: "end", reason: "length" },
    { type: "error", failure: { type: "incomplete", message: "It was cut.\n\ndata: [DONE]" } },
    {
      type: "error",
      failure: { type: "timeout", message: "Late." },
      usage: { inputTokens: 3, outputTokens: 5 },
    },
  );
  const id = "0B6f2C1e-8d3A-4e5f-9a7b-1c2d3e4f5a6b";

  test.each([
    { usage: false, reasoning: false, toolCalls: false },
    { usage: true, reasoning: true, toolCalls: false },
  ])("comes through whole and in order, with %o", (wanted) => {
    fc.assert(
      fc.property(fc.array(delta, { maxLength: 12 }), ending, fc.nat(12), (deltas, last, cut) => {
        const encoder = new NashEncoder({ id }, wanted, "a");
        const batches = [deltas.slice(0, cut), [...deltas.slice(cut), last]];
        const bytes = [encoder.begin(), ...batches.map((batch) => encoder.batch(batch)), encoder.idle()];
        const lines = interpret(overTheWire(encodeFrames(bytes.join("")))).map(({ data }) =>
          data === "[DONE]" ? data : (JSON.parse(data) as unknown),
        );
        const session = { session_id: id };
        expect(lines).toEqual([session, ...deltas.flatMap(lineOf), ...endingOf(last), session, "[DONE]"]);

        function lineOf(event: ChatEvent): unknown[] {
          if (event.type === "text") return [{ content: event.text }];
          return event.type === "reasoning" && wanted.reasoning ? [{ reasoning: event.text }] : [];
        }

        function endingOf(event: ChatEvent): unknown[] {
          const usage = { input_tokens: 3, output_tokens: 5 };
          if (event.type === "end") {
            const told = { usage: event.usage === undefined ? null : usage, finish_reason: event.reason };
            return wanted.usage ? [told] : [];
          }
          if (event.type !== "error") return [];
          const { type, message } = event.failure;
          const error = { error: { type, message, retryable: true } };
          return wanted.usage && event.usage !== undefined
            ? [error, { usage, finish_reason: "other" }]
            : [error];
        }
      }),
    );
  });
});
