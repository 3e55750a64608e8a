import { describe, expect, test } from "bun:test";
import { openaiResponsesDialect } from "../../../src/api/openai-responses/dialect.ts";
import { openaiResponses } from "../../../src/protocols/openai-responses/protocol.ts";
import { recordings } from "../../protocols/openai-responses/recordings.ts";
import { encode as encodeEach, passedBatches, framesOf as readFrames } from "../dialect-support.ts";
import { contextOf, judged, sentEvents } from "./support.ts";

/** What a client is sent of a provider's stream. */
function passed(stream: string | Uint8Array, more: Parameters<typeof contextOf>[1] = {}): string {
  const encoder = openaiResponsesDialect.encoder(contextOf({}, { passThrough: true, ...more }));
  const batches = passedBatches(openaiResponses, stream);
  return encoder.begin() + batches.map((batch) => encoder.batch(batch)).join("");
}

function stream(...events: Record<string, unknown>[]): string {
  return events
    .map((event) => `event: ${String(event["type"])}\ndata: ${JSON.stringify(event)}\n\n`)
    .join("");
}

const response = (more: Record<string, unknown> = {}) => ({
  id: "resp_1",
  object: "response",
  model: "gpt-real",
  status: "in_progress",
  output: [],
  ...more,
});
const CREATED = { type: "response.created", response: response(), sequence_number: 0 };
const ITEM = { id: "msg_1", type: "message", role: "assistant", status: "in_progress", content: [] };
const ADDED = { type: "response.output_item.added", output_index: 0, item: ITEM, sequence_number: 1 };
const PART = { type: "output_text", text: "", annotations: [] };
const at = { item_id: "msg_1", output_index: 0, content_index: 0 };
const PART_ADDED = { type: "response.content_part.added", ...at, part: PART, sequence_number: 2 };
const delta = (text: string, more = {}) => ({
  type: "response.output_text.delta",
  ...at,
  delta: text,
  ...more,
});
const COMPLETED = {
  type: "response.completed",
  response: response({ status: "completed", output: [] }),
  sequence_number: 9,
};

const complete = recordings()
  .filter(({ name }) => !name.includes("openai-error"))
  .map(({ name, bytes }) => [name, bytes] as const);

describe("recorded streams", () => {
  test.each(complete)("%s is passed on, its data unchanged, with names and an end", (_name, bytes) => {
    const given = readFrames(new TextDecoder().decode(bytes)).map(({ data }) => data);
    const sent = readFrames(passed(bytes));
    expect(sent.map(({ data }) => data)).toEqual([...given.filter((data) => data !== "[DONE]"), "[DONE]"]);
    for (const { event, data } of sent.slice(0, -1)) {
      expect(event).toBe((JSON.parse(data) as { type: string }).type);
    }
  });

  test.each(complete)("%s cut in its middle is told as a failure", (_name, bytes) => {
    const finish = Buffer.from(bytes).lastIndexOf(`"type":"response.completed"`);
    const events = sentEvents(passed(bytes.subarray(0, Math.floor(finish / 2))));
    expect(events.slice(-2)).toMatchObject([
      { type: "error", error: { type: "server_error" } },
      { type: "response.failed", response: { status: "failed" } },
    ]);
  });
});

describe("a provider's own error", () => {
  test("is told in both forms, once, by the provider's name for the response, numbered on", () => {
    const error = { type: "rate_limit_error", code: "rate_limit_exceeded", message: "Slow down." };
    const frames = passed(
      stream(
        CREATED,
        { type: "error", sequence_number: 1, error },
        {
          type: "response.failed",
          response: response({ status: "failed", error }),
          sequence_number: 2,
        },
      ),
    );
    expect(sentEvents(frames)).toMatchObject([
      CREATED,
      { type: "error", message: "Slow down.", code: "rate_limit_exceeded", sequence_number: 1 },
      {
        type: "response.failed",
        sequence_number: 2,
        response: { id: "resp_1", error: { message: "Slow down." } },
      },
    ]);
    expect(sentEvents(frames)).toHaveLength(3);
  });

  test("after text that was read without being parsed is numbered after it", () => {
    const words = Array.from({ length: 9 }, (_, i) => delta(`word${i}`, { sequence_number: 3 + i }));
    const frames = passed(stream(CREATED, ADDED, PART_ADDED, ...words));
    expect(sentEvents(frames).map(({ sequence_number: number }) => number)).toEqual(
      Array.from({ length: 14 }, (_, i) => i),
    );
  });

  test("beside the response is found", () => {
    const failed = {
      type: "response.failed",
      response: response({ status: "failed" }),
      error: { message: "Oh." },
    };
    expect(sentEvents(passed(stream(CREATED, failed))).at(-1)).toMatchObject({
      response: { error: { message: "Oh." } },
    });
  });
});

describe("what SDKs refuse", () => {
  test("a stream without its beginning is written anew", async () => {
    const frames = passed(stream(ADDED, PART_ADDED, delta("Hi"), COMPLETED));
    expect((await judged(frames)).response.output_text).toBe("Hi");
  });

  test("a stream whose items nobody announced is written anew from there", async () => {
    const frames = passed(stream(CREATED, PART_ADDED, delta("Hi"), COMPLETED));
    expect((await judged(frames)).response).toMatchObject({ id: "resp_1", output_text: "Hi" });
    expect(sentEvents(frames).map(({ sequence_number: number }) => number)).toEqual([0, 1, 2, 3, 4, 5, 6, 7]);
  });

  test("items under another name, a response under another, get the first one", async () => {
    const other = {
      ...COMPLETED,
      response: {
        ...COMPLETED.response,
        id: "resp_2",
        output: [{ ...ITEM, content: [{ ...PART, text: "Hi!" }] }],
      },
    };
    const frames = passed(
      stream(
        CREATED,
        ADDED,
        PART_ADDED,
        ...["H", "i", "!"].map((word) => delta(word, { item_id: "msg_9" })),
        other,
      ),
    );
    expect((await judged(frames)).response).toMatchObject({ id: "resp_1", output_text: "Hi!" });
  });

  test("halves of a surrogate pair in two deltas come together, one alone is U+FFFD", () => {
    const frames = passed(
      stream(
        CREATED,
        ADDED,
        PART_ADDED,
        delta("a\ud83d"),
        delta("\ude00b"),
        delta("\ud83d"),
        delta("c"),
        COMPLETED,
      ),
    );
    const texts = sentEvents(frames).flatMap(({ delta: text }) => (typeof text === "string" ? [text] : []));
    expect(texts.join("")).toBe("a😀b\ufffdc");
  });

  test("an end after the end, and a keep-alive as an event", () => {
    const frames = passed(stream(CREATED, { type: "keepalive", sequence_number: 1 }, COMPLETED, COMPLETED));
    expect(frames).toContain(": keep-alive\n\n");
    expect(sentEvents(frames.replace(": keep-alive\n\n", "")).map(({ type }) => type)).toEqual([
      "response.created",
      "response.completed",
    ]);
  });
});

test.each([
  ["completed", null, "response.completed"],
  ["incomplete", { reason: "max_output_tokens" }, "response.incomplete"],
])("`response.done`, %s, %j, is told as %s", (status, why, type) => {
  const done = {
    ...COMPLETED,
    type: "response.done",
    response: response({ status, incomplete_details: why }),
  };
  const frames = readFrames(passed(stream(CREATED, done)));
  expect(frames.slice(1).map(({ event }) => event)).toEqual([type, undefined]);
  expect(JSON.parse(frames[1]?.data ?? "")).toEqual({ ...done, type });
});

test("a renamed model is named as it was asked for", () => {
  const frames = passed(stream(CREATED, ADDED, delta('"model":"x"'), COMPLETED), {
    renamed: true,
    model: () => "fast",
  });
  const named = sentEvents(frames).flatMap((event) => (event["response"] as { model: string })?.model ?? []);
  expect(named).toEqual(["fast", "fast"]);
  expect(frames).toContain(JSON.stringify('"model":"x"'));
});

test("a line break in a type begins no frame", () => {
  const forged = { type: "x\n\ndata: [DONE]\n\nevent: y", sequence_number: 1 };
  const data = `data: ${JSON.stringify(forged)}\n\n`;
  const sent = sentEvents(passed(stream(CREATED) + data + stream({ ...COMPLETED, sequence_number: 2 })));
  expect(sent.map(({ type }) => type)).toEqual(["response.created", "response.completed"]);
});

test("JSON on several lines stays one event", () => {
  const lines = JSON.stringify(CREATED, null, 1)
    .split("\n")
    .map((line) => `data: ${line}\n`)
    .join("");
  const frames = passed(`event: response.created\n${lines}\n${stream(COMPLETED)}`);
  expect(readFrames(frames).map(({ data }) => (data === "[DONE]" ? data : JSON.parse(data)))).toEqual([
    CREATED,
    COMPLETED,
    "[DONE]",
  ]);
});

test("nothing is said before the provider has begun", () => {
  expect(encodeEach(openaiResponsesDialect.encoder(contextOf({}, { passThrough: true })), [])).toBe("");
});
