import { describe, expect, test } from "bun:test";
import type Anthropic from "@anthropic-ai/sdk";
import { anthropicDialect } from "../../../src/api/anthropic/dialect.ts";
import type { MessagesBody } from "../../../src/api/anthropic/schema.ts";
import { collected, contextOf, encode, framesOf, SCRIPTS, serving } from "../dialect-support.ts";

const REQUEST = { model: "m", max_tokens: 100, messages: [{ role: "user" as const, content: "hi" }] };
const BODY: MessagesBody = { ...REQUEST, stream: true };

const STOPS = { stop: "end_turn", length: "max_tokens", tool_calls: "tool_use", content_filter: "refusal" };

function textOf({ content }: Anthropic.Message): string {
  return content.map((block) => (block.type === "text" ? block.text : "")).join("");
}

function callsOf({ content }: Anthropic.Message) {
  return content.flatMap((block) =>
    block.type === "tool_use" ? [{ name: block.name, input: block.input }] : [],
  );
}

/** The events' data in their order. */
function eventsOf(frames: string) {
  return framesOf(frames).map(({ event, data }) => {
    const json = JSON.parse(data);
    expect(event).toBe(json.type);
    return json;
  });
}

describe("Anthropic's SDK makes of a stream what the model said", () => {
  for (const [name, script] of Object.entries(SCRIPTS)) {
    test(name, async () => {
      using server = serving(encode(anthropicDialect.encoder(contextOf(BODY)), script.events));
      const message = await server.anthropic.messages.stream(REQUEST).finalMessage();
      expect(textOf(message)).toBe(script.text);
      expect(callsOf(message)).toEqual(
        script.calls.map((call) => ({ name: call.name, input: JSON.parse(call.arguments) })),
      );
      expect<string | null>(message.stop_reason).toBe(STOPS[script.ending]);
      expect(message.content.filter((block) => block.type === "text" && block.text.trim() === "")).toEqual(
        [],
      );
    });

    test(`${name}, whole`, async () => {
      const whole = anthropicDialect.whole(collected(script.events), contextOf(BODY));
      using server = serving(JSON.stringify(whole), "application/json");
      const message = await server.anthropic.messages.create(REQUEST);
      expect(textOf(message)).toBe(script.text);
      expect(callsOf(message)).toEqual(
        script.calls.map((call) => ({ name: call.name, input: JSON.parse(call.arguments) })),
      );
      expect<string | null>(message.stop_reason).toBe(STOPS[script.ending]);
      expect(message.id).toStartWith("msg_");
    });

    test(`${name}: one block open at a time, numbered without gaps`, () => {
      const events = eventsOf(encode(anthropicDialect.encoder(contextOf(BODY)), script.events));
      expect(events[0].type).toBe("message_start");
      expect(events[0].message.usage.input_tokens).toBe(13);
      expect(events.at(-1)).toEqual({ type: "message_stop" });
      expect(events.filter(({ type }) => type === "message_delta")).toHaveLength(1);
      let [next, open] = [0, -1];
      for (const event of events) {
        if (event.type === "content_block_start") {
          expect([event.index, open]).toEqual([next++, -1]);
          open = event.index;
        } else if (event.type === "content_block_delta") {
          expect(event.index).toBe(open);
        } else if (event.type === "content_block_stop") {
          expect(event.index).toBe(open);
          open = -1;
        } else {
          expect(open).toBe(-1);
        }
      }
    });
  }
});

describe("a broken answer is raised", () => {
  const cases = [
    ["before the first event", []],
    ["after some text", [{ type: "text", text: "Once" }]],
    ["inside a call", [{ type: "tool-call", index: 0, id: "a", name: "f", arguments: '{"a":' }]],
  ] as const;
  for (const [where, before] of cases) {
    test(where, async () => {
      const failure = { type: "incomplete", message: "The answer was cut off." } as const;
      const text = encode(anthropicDialect.encoder(contextOf(BODY)), [...before, { type: "error", failure }]);
      expect(text).not.toContain("message_delta");
      expect(text).not.toContain("content_block_stop");
      using server = serving(text);
      const reading = async () => {
        const stream = await server.anthropic.messages.create({ ...REQUEST, stream: true });
        for await (const _ of stream);
      };
      await expect(reading()).rejects.toThrow("The answer was cut off.");
      await expect(server.anthropic.messages.stream(REQUEST).finalMessage()).rejects.toThrow("cut off");
    });
  }
});

test("usage is disjoint (row 36), and the true numbers come at the end (row 38)", () => {
  const end = {
    type: "end",
    reason: "stop",
    usage: { inputTokens: 1000, outputTokens: 7, cacheReadTokens: 800, cacheWriteTokens: 50 },
  } as const;
  const events = eventsOf(
    encode(anthropicDialect.encoder(contextOf(BODY)), [{ type: "text", text: "x" }, end]),
  );
  expect(events.find(({ type }) => type === "message_delta").usage).toEqual({
    input_tokens: 150,
    output_tokens: 7,
    cache_creation_input_tokens: 50,
    cache_read_input_tokens: 800,
  });
});

describe("thinking", () => {
  const thinkingOf = (events: Parameters<typeof encode>[1]) =>
    eventsOf(encode(anthropicDialect.encoder(contextOf(BODY)), events)).filter(({ type }) =>
      type.startsWith("content_block"),
    );

  test("several signed blocks, all and in order (row 25)", () => {
    const events = thinkingOf([
      { type: "reasoning", text: "one" },
      { type: "reasoning", text: "", signature: "s1" },
      { type: "reasoning", text: "", redacted: "opaque" },
      { type: "reasoning", text: "two", signature: "s2" },
      { type: "text", text: "Hi" },
      { type: "end", reason: "stop" },
    ]);
    expect(events.map(({ delta, content_block: block }) => delta?.signature ?? block?.type)).toEqual([
      "thinking",
      undefined,
      "s1",
      undefined,
      "redacted_thinking",
      undefined,
      "thinking",
      undefined,
      "s2",
      undefined,
      "text",
      undefined,
      undefined,
    ]);
  });

  test("a signature without text stays (row 16)", () => {
    const events = thinkingOf([
      { type: "reasoning", text: "", signature: "s1" },
      { type: "text", text: "Hi" },
      { type: "end", reason: "stop" },
    ]);
    expect(events[0].content_block).toEqual({ type: "thinking", thinking: "", signature: "" });
    expect(events[1].delta).toEqual({ type: "signature_delta", signature: "s1" });
    expect(events[2].type).toBe("content_block_stop");
  });

  test("plain reasoning gets a carrier of ours as its signature (row 18)", () => {
    const events = thinkingOf([
      { type: "reasoning", text: "hm" },
      { type: "text", text: "Hi" },
      { type: "end", reason: "stop" },
    ]);
    expect(events[2].delta.signature).toStartWith("nash1:");
  });

  test("a Responses item travels in the signature (row 20)", () => {
    const events = thinkingOf([
      { type: "reasoning", text: "sum" },
      { type: "reasoning", text: "", encrypted: { id: "rs_1", content: "gAAA" } },
      { type: "end", reason: "stop" },
    ]);
    const { signature } = events[2].delta;
    expect(JSON.parse(atob(signature.slice(6)))).toEqual({ id: "rs_1", ec: "gAAA" });
  });
});

test("a call that was cut for length is never callable when it was held or is whole", () => {
  const events = [
    { type: "tool-call", index: 0, id: "a", name: "f", arguments: '{"a":1}' },
    { type: "tool-call", index: 1, id: "b", name: "g", arguments: '{"b":' },
    { type: "end", reason: "length" },
  ] as const;
  const whole = anthropicDialect.whole(collected([...events]), contextOf(BODY)) as Anthropic.Message;
  expect(callsOf(whole)).toEqual([{ name: "f", input: { a: 1 } }]);
  expect(whole.stop_reason).toBe("max_tokens");
  const stream = eventsOf(encode(anthropicDialect.encoder(contextOf(BODY)), events));
  expect(stream.find(({ type }) => type === "message_delta").delta.stop_reason).toBe("max_tokens");
});

test("ids are what Anthropic takes (row 48), and the stop sequence is told (row 31)", () => {
  const events = eventsOf(
    encode(anthropicDialect.encoder(contextOf(BODY)), [
      { type: "tool-call", index: 0, id: "functions.bash:0", name: "f", arguments: "{}" },
      { type: "end", reason: "tool_calls" },
    ]),
  );
  expect(events[1].content_block.id).toBe("functions_0x2e_bash_0x3a_0");
  const stopped = eventsOf(
    encode(anthropicDialect.encoder(contextOf(BODY)), [
      { type: "text", text: "x" },
      { type: "end", reason: "stop", stopSequence: "###" },
    ]),
  );
  expect(stopped.at(-2).delta).toEqual({ stop_reason: "stop_sequence", stop_sequence: "###" });
});

test("a silence is a ping once the message has begun, and a comment before", () => {
  const encoder = anthropicDialect.encoder(contextOf(BODY));
  expect(encoder.idle()).toBe(": keep-alive\n\n");
  encoder.batch([{ type: "text", text: "x" }]);
  expect(encoder.idle()).toBe('event: ping\ndata: {"type":"ping"}\n\n');
});

test("more of a call whose block is closed is an error: half a call must not look whole (row 7)", () => {
  const out = encode(anthropicDialect.encoder(contextOf(BODY)), [
    { type: "tool-call", index: 0, id: "a", name: "f", arguments: '{"a":1}' },
    { type: "tool-call", index: 1, id: "b", name: "g", arguments: "{" },
    { type: "tool-call", index: 0, arguments: " " },
    { type: "tool-call", index: 0, arguments: '{"a":2}' },
    { type: "end", reason: "tool_calls" },
  ]);
  expect(eventsOf(out).at(-1)).toMatchObject({ type: "error", error: { type: "api_error" } });
  expect(out).not.toContain("message_delta");
});
