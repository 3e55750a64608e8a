import { describe, expect, setDefaultTimeout, test } from "bun:test";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { Glob } from "bun";
import { anthropicDialect } from "../../src/api/anthropic/dialect.ts";
import type { Encoder } from "../../src/api/dialect.ts";
import { openaiChatDialect } from "../../src/api/openai-chat/dialect.ts";
import { endsAnswer } from "../../src/core/event.ts";
import { anthropicMessages } from "../../src/protocols/anthropic-messages/protocol.ts";
import { openaiChat } from "../../src/protocols/openai-chat/protocol.ts";
import type { ResponseLimits } from "../../src/upstream/response-decoder.ts";
import { contextOf, passedBatches, passedPieces } from "./dialect-support.ts";

setDefaultTimeout(60_000);

const FIXTURES = join(import.meta.dir, "../fixtures");
const RECORDED = [...new Glob("*/*/response.sse").scanSync(FIXTURES)].sort();
const MESSAGES = [{ role: "user" as const, content: "hi" }];

const utf8 = new TextEncoder();

/** How a stream of a protocol is passed on to a client of the same. */
function passing(path: string) {
  const isAnthropic = path.includes("anthropic");
  return {
    protocol: isAnthropic ? anthropicMessages : openaiChat,
    encoder: (renamed = false): Encoder => {
      const more = { passThrough: true, renamed };
      return isAnthropic
        ? anthropicDialect.encoder(contextOf({ model: "m", max_tokens: 100, messages: MESSAGES }, more))
        : openaiChatDialect.encoder(contextOf({ model: "m", messages: MESSAGES }, more));
    },
  };
}

/** In two pieces: cut behind every event, as far as there is time. */
function* cutBetweenEvents(sse: string): Generator<Uint8Array[]> {
  const ends = [...sse.matchAll(/\n\n/g)].map(({ index }) => index + 2);
  const step = Math.ceil(ends.length / 50);
  for (let i = 0; i < ends.length; i += step)
    yield [sse.slice(0, ends[i]), sse.slice(ends[i])].map((part) => utf8.encode(part));
}

describe("runs of text pass through as the same frames do one by one", () => {
  test.each(RECORDED)("%s", (path) => {
    const { protocol, encoder } = passing(path);
    const sse = readFileSync(join(FIXTURES, path), "utf8");
    for (const renamed of [false, true]) {
      const plain = encoder(renamed);
      const batches = passedBatches(protocol, sse);
      const end = batches.findIndex((batch) => endsAnswer(batch.at(-1)));
      const expected = batches.slice(0, end + 1).map((batch) => plain.batch(batch));
      for (const pieces of cutBetweenEvents(sse)) {
        const fast = encoder(renamed);
        const frames = passedPieces(protocol, pieces).map((batch) => fast.batch(batch));
        expect(frames.join("")).toBe(expected.join(""));
      }
    }
  });
});

const CHUNK = (content: string) =>
  `data: ${JSON.stringify({ id: "c1", object: "chat.completion.chunk", created: 1, model: "m1", choices: [{ index: 0, delta: { content }, finish_reason: null }] })}\n\n`;
const DELTA = (text: string) =>
  `event: content_block_delta\ndata: ${JSON.stringify({ type: "content_block_delta", index: 0, delta: { type: "text_delta", text } })}\n\n`;

test.each([
  ["OpenAI's chunks", openaiChat, CHUNK],
  ["Anthropic's deltas", anthropicMessages, DELTA],
] as const)(
  "%s that differ in their text alone are read as one run, up to the first that does not",
  (_name, protocol, frame) => {
    const run = frame("two") + frame(" thr\u00e9\u00e9") + frame("\ud83e\udd94");
    const [, second] = passedPieces(protocol, [
      utf8.encode(frame("one")),
      utf8.encode(run + frame('"four"') + frame("five")),
    ]);
    expect(second?.map((event) => (event.type === "frames" ? event.stream : event.type))).toEqual([
      ...[run, "text", "text", "text"],
      ...["frame", "text", "frame", "text"],
    ]);
  },
);

/** What a client of the same protocol is sent, piece by piece of what its provider sends. */
function passedOn(path: "openai" | "anthropic", pieces: readonly string[], limits?: Partial<ResponseLimits>) {
  const { protocol, encoder } = passing(path);
  const out = encoder();
  const bytes = pieces.map((piece) => utf8.encode(piece));
  return passedPieces(protocol, bytes, limits).map((batch) => out.batch(batch));
}

const START = [
  {
    type: "message_start",
    message: {
      id: "msg_1",
      type: "message",
      role: "assistant",
      model: "m1",
      content: [],
      stop_reason: null,
      stop_sequence: null,
      usage: { input_tokens: 3, output_tokens: 1 },
    },
  },
  { type: "content_block_start", index: 0, content_block: { type: "text", text: "" } },
].map((event) => `event: ${event.type}\ndata: ${JSON.stringify(event)}\n\n`);

describe("what comes with a run is not lost in it", () => {
  const run = CHUNK("three") + CHUNK("four");
  test("an answer that becomes too long", () => {
    const maxAnswer = (CHUNK("one") + CHUNK("two") + run).length + 10;
    const passed = passedOn("openai", [CHUNK("one"), CHUNK("two"), run + CHUNK("five")], { maxAnswer });
    expect(passed.join("")).toContain('"error"');
    expect(passed.join("")).toEndWith("data: [DONE]\n\n");
  });

  test("a line that becomes too long", () => {
    const passed = passedOn("openai", [CHUNK("one"), CHUNK("two"), `${run}data: ${"x".repeat(2_000)}`], {
      maxLine: 1_000,
    });
    expect(passed.join("")).toContain('"error"');
    const message = passedOn(
      "anthropic",
      [START.join("") + DELTA("one"), DELTA("two"), `${DELTA("three")}data: ${"x".repeat(2_000)}`],
      { maxLine: 1_000 },
    );
    expect(message.join("")).toContain("event: error");
  });
});

describe("runs whose frames SDKs would read another way are passed on one by one", () => {
  test.each(["", "event: message\n"])("Anthropic's deltas behind %p", (head) => {
    const deltas = ["one", "two", "three", "four"].map((text) =>
      DELTA(text).replace("event: content_block_delta\n", head),
    );
    const passed = passedOn("anthropic", [
      START.join("") + deltas[0],
      deltas[1] ?? "",
      deltas.slice(2).join(""),
    ]);
    expect(passed.slice(1, -1).join("")).toBe(DELTA("two") + DELTA("three") + DELTA("four"));
  });

  test("OpenAI's chunks with names", () => {
    const named = ["one", "two", "three", "four"].map((text) => `event: thread.message\n${CHUNK(text)}`);
    const passed = passedOn("openai", [named[0] ?? "", named[1] ?? "", named.slice(2).join("")]);
    expect(passed.slice(1, -1).join("")).toBe(CHUNK("two") + CHUNK("three") + CHUNK("four"));
  });

  test("JSON on two lines teaches nothing", () => {
    const split = (text: string, second: string) =>
      CHUNK(text).replace(',"choices"', `,\n${second}"choices"`);
    const passed = passedOn("openai", [
      split("one", "data: "),
      split("two", "data: "),
      split("three", "") + CHUNK("four"),
    ]);
    expect(passed.join("")).toContain("not JSON");
  });
});
