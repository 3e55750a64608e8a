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
