import { describe, expect, test } from "bun:test";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { Glob } from "bun";
import { anthropicDialect } from "../../src/api/anthropic/dialect.ts";
import { openaiChatDialect } from "../../src/api/openai-chat/dialect.ts";
import type { ChatEvent } from "../../src/core/event.ts";
import { anthropicMessages } from "../../src/protocols/anthropic-messages/protocol.ts";
import { openaiChat } from "../../src/protocols/openai-chat/protocol.ts";
import { contextOf, framesOf, passedBatches, serving } from "./dialect-support.ts";

const FIXTURES = join(import.meta.dir, "../fixtures");

/** Recorded streams with frames that an SDK refuses, or that are no frames of OpenAI's own form. */
const REWRITTEN: ReadonlySet<string> = new Set([
  "anthropic/started-twice",
  "anthropic/unknown-words",
  "dashscope/empty-ids",
  "deepseek/interrupted",
  "gemini/calls-without-index",
  "lm-studio/empty-names",
  "mistral/content-list",
  "mistral/model-length",
  "mistral/tool-call",
  "openai/characters",
  "openai/framing",
  "together/eos",
  "xai/reasoning-left-out",
]);

const CHAT = {
  model: "m",
  messages: [{ role: "user" as const, content: "hi" }],
  stream_options: { include_usage: true },
};
const MESSAGES = { model: "m", max_tokens: 100, messages: [{ role: "user" as const, content: "hi" }] };

function throughChat(sse: string, more: object = {}, body: object = CHAT): string {
  const encoder = openaiChatDialect.encoder(contextOf(body as typeof CHAT, { passThrough: true, ...more }));
  return passedBatches(openaiChat, sse)
    .map((batch) => encoder.batch(batch))
    .join("");
}

function throughMessages(sse: string, more: object = {}): string {
  const encoder = anthropicDialect.encoder(contextOf(MESSAGES, { passThrough: true, ...more }));
  return passedBatches(anthropicMessages, sse)
    .map((batch) => encoder.batch(batch))
    .join("");
}

const FRAMELESS = /^\s*$/;

/** Recorded answers that end well, by their folder. */
const RECORDED = [...new Glob("*/*/response.sse").scanSync(FIXTURES)].sort();

function isAnthropic(path: string): boolean {
  return path.includes("anthropic");
}

function eventsOf(path: string): ChatEvent[] {
  const protocol = isAnthropic(path) ? anthropicMessages : openaiChat;
  const sse = readFileSync(join(FIXTURES, path), "utf8");
  return passedBatches(protocol, sse)
    .flat()
    .filter((event) => event.type !== "frame");
}

/** The text of an answer; undefined where it is broken. */
function textOf(events: readonly ChatEvent[], withRefusals: boolean): string | undefined {
  if (events.at(-1)?.type !== "end") return undefined;
  return events
    .map((event) => (event.type === "text" && (withRefusals || !event.refusal) ? event.text : ""))
    .join("");
}

async function chatText(frames: string): Promise<string> {
  using server = serving(frames);
  const stream = server.openai.chat.completions.stream({ model: "m", messages: CHAT.messages });
  const { choices } = await stream.finalChatCompletion();
  return choices[0]?.message.content ?? "";
}

async function messageText(frames: string): Promise<string> {
  using server = serving(frames);
  const { content } = await server.anthropic.messages.stream(MESSAGES).finalMessage();
  return content.map((block) => (block.type === "text" ? block.text : "")).join("");
}

describe("every recorded stream, to the clients of both vendors: the same text, or an error that is raised", () => {
  for (const path of RECORDED) {
    const sse = readFileSync(join(FIXTURES, path), "utf8");
    const events = eventsOf(path);
    const name = path.replace("/response.sse", "");

    test(`${name}, to OpenAI's SDK`, async () => {
      const frames = isAnthropic(path)
        ? openaiChatDialect.encoder(contextOf(CHAT)).batch(events)
        : throughChat(sse);
      const expected = textOf(events, false);
      if (expected === undefined) await expect(chatText(frames)).rejects.toThrow();
      else expect(await chatText(frames)).toBe(expected);
    });

    test(`${name}, to Anthropic's SDK`, async () => {
      const frames = isAnthropic(path)
        ? throughMessages(sse)
        : anthropicDialect.encoder(contextOf(MESSAGES)).batch(events);
      const expected = textOf(events, !isAnthropic(path));
      if (expected === undefined) await expect(messageText(frames)).rejects.toThrow();
      else expect(await messageText(frames)).toBe(FRAMELESS.test(expected) ? "" : expected);
    });

    if (textOf(events, true) === undefined) continue;
    test(`${name}: what conforms passes unchanged`, () => {
      const out = framesOf(isAnthropic(path) ? throughMessages(sse) : throughChat(sse));
      const passed = new Set(out.map(({ data }) => data));
      const all = framesOf(sse);
      const share = all.filter(({ data }) => passed.has(data)).length / all.length;
      if (REWRITTEN.has(name)) expect(share).toBeLessThan(1);
      else expect(share).toBe(1);
    });
  }
});

const chunk = (delta: object, more: object = {}) =>
  `data: ${JSON.stringify({ id: "c1", object: "chat.completion.chunk", created: 1, model: "m1", choices: [{ index: 0, delta, finish_reason: null, ...more }] })}\n\n`;
const ROLE = chunk({ role: "assistant", content: "" });
const STOP = chunk({}, { finish_reason: "stop" });
const DONE = "data: [DONE]\n\n";
const USAGE = `data: ${JSON.stringify({ id: "c1", object: "chat.completion.chunk", created: 1, model: "m1", choices: [], usage: { prompt_tokens: 1, completion_tokens: 2, total_tokens: 3 } })}\n\n`;

describe("chunks that SDKs refuse are written anew", () => {
  const toolOf = (call: object) => chunk({ tool_calls: [call] });
  const cases: Record<string, readonly [string, string]> = {
    "no role (row 15)": [chunk({ content: "Hi" }) + STOP + DONE, '"role":"assistant"'],
    "no finish, but the end is sure": [ROLE + chunk({ content: "Hi" }) + DONE, '"finish_reason":"stop"'],
    "a call without an index": [
      ROLE + toolOf({ id: "a", type: "function", function: { name: "f", arguments: "{}" } }) + STOP + DONE,
      '"index":0,"id":"a"',
    ],
    "a call named again": [
      ROLE +
        toolOf({ index: 0, id: "a", type: "function", function: { name: "f", arguments: "" } }) +
        toolOf({ index: 0, id: "", type: "function", function: { name: "", arguments: "{}" } }) +
        chunk({}, { finish_reason: "tool_calls" }) +
        DONE,
      '{"tool_calls":[{"index":0,"function":{"arguments":"{}"}}]}',
    ],
    "a word that OpenAI does not have": [
      ROLE + chunk({ content: "Hi" }) + chunk({}, { finish_reason: "eos" }) + DONE,
      '"finish_reason":"stop"',
    ],
  };
  for (const [name, [sse, expected]] of Object.entries(cases)) {
    test(name, async () => {
      const out = throughChat(sse);
      expect(out).toContain(expected);
      expect(framesOf(out).every(({ data }) => data === "[DONE]" || data.includes('"id":"c1"'))).toBeTrue();
      using server = serving(out);
      const { choices } = await server.openai.chat.completions
        .stream({ model: "m", messages: CHAT.messages })
        .finalChatCompletion();
      expect(choices).toHaveLength(1);
    });
  }

  test("halves of a surrogate pair, which the decoder has joined", () => {
    const encoder = openaiChatDialect.encoder(contextOf(CHAT, { passThrough: true }));
    const out = ["\\ud83d", "\\ude00"].map((half, i) => {
      const data = chunk({ content: "x" }).slice(6, -2).replace('"x"', `"${half}"`);
      return encoder.batch([
        { type: "frame", data },
        ...(i === 0 ? [] : [{ type: "text", text: "😀" } as const]),
      ]);
    });
    expect(out[0]).toBe("");
    expect(out[1]).toContain('"content":"😀"');
  });
});

test("a usage that the client did not ask for is not shown, one that it asked for is passed (row 40)", () => {
  const sse = ROLE + chunk({ content: "Hi" }) + STOP + USAGE + DONE;
  expect(throughChat(sse)).toBe(sse);
  expect(throughChat(sse, {}, { model: "m", messages: CHAT.messages })).toBe(
    ROLE + chunk({ content: "Hi" }) + STOP + DONE,
  );
});

test("a call without arguments gets some before the finish (row 11)", () => {
  const first = { index: 0, id: "a", type: "function", function: { name: "f", arguments: "" } };
  const start = ROLE + chunk({ tool_calls: [first] });
  const finish = chunk({}, { finish_reason: "tool_calls" }) + DONE;
  const out = throughChat(start + finish);
  expect(out).toStartWith(start);
  expect(out).toEndWith(finish);
  expect(framesOf(out).map(({ data }) => data)[2]).toContain(
    '{"tool_calls":[{"index":0,"function":{"arguments":"{}"}}]}',
  );
});

test("a custom tool, which only this protocol has, passes", () => {
  const sse =
    ROLE +
    chunk({ tool_calls: [{ index: 0, id: "a", type: "custom", custom: { name: "patch", input: "" } }] }) +
    chunk({ tool_calls: [{ index: 0, custom: { input: "*** Begin" } }] }) +
    chunk({}, { finish_reason: "tool_calls" }) +
    DONE;
  expect(throughChat(sse)).toBe(sse);
});

test("an error in a foreign form is written in OpenAI's, and the SDK raises it (row 34b)", async () => {
  const out = throughChat(`${ROLE}${chunk({ content: "Hi" })}data: {"error":"engine died"}\n\n`);
  expect(out).toEndWith(`"code":"upstream_error"}}\n\n${DONE}`);
  using server = serving(out);
  const reading = async () => {
    const stream = await server.openai.chat.completions.create({ ...CHAT, stream: true });
    for await (const _ of stream);
  };
  await expect(reading()).rejects.toThrow("engine died");
});

test("a route's name for the model stands in every frame", () => {
  const words = Array.from({ length: 5 }, (_, i) => chunk({ content: `w${i}` })).join("");
  const out = throughChat(ROLE + words + STOP + USAGE + DONE, { renamed: true, model: () => "fast" });
  expect(out).not.toContain("m1");
  expect(out.match(/"model":"fast"/g)).toHaveLength(8);
});

const event = (json: { type: string } & Record<string, unknown>) =>
  `event: ${json.type}\ndata: ${JSON.stringify(json)}\n\n`;
const START = (id = "msg_1") =>
  event({
    type: "message_start",
    message: {
      id,
      type: "message",
      role: "assistant",
      model: "m1",
      content: [],
      stop_reason: null,
      stop_sequence: null,
      usage: { input_tokens: 1, output_tokens: 1 },
    },
  });
const block = (index: number, content: object) =>
  event({ type: "content_block_start", index, content_block: content });
const delta = (index: number, inner: object) => event({ type: "content_block_delta", index, delta: inner });
const stop = (index: number) => event({ type: "content_block_stop", index });
const FINISH =
  event({
    type: "message_delta",
    delta: { stop_reason: "end_turn", stop_sequence: null },
    usage: { output_tokens: 2 },
  }) + event({ type: "message_stop" });
const TEXT = { type: "text", text: "" };
const tool = (id: string) => ({ type: "tool_use", id, name: "f", input: {} });

describe("events that SDKs refuse are written anew", () => {
  const cases: Record<string, readonly [string, object[]]> = {
    "an empty block first (row 1)": [
      START() +
        block(0, TEXT) +
        stop(0) +
        block(1, tool("toolu_1")) +
        delta(1, { type: "input_json_delta", partial_json: '{"a":1}' }) +
        stop(1) +
        FINISH,
      [{ type: "tool_use", input: { a: 1 } }],
    ],
    "text on an open call (row 6)": [
      START() +
        block(0, tool("toolu_1")) +
        delta(0, { type: "input_json_delta", partial_json: '{"a":1}' }) +
        delta(0, { type: "text_delta", text: "Hi" }) +
        stop(0) +
        FINISH,
      [
        { type: "tool_use", input: { a: 1 } },
        { type: "text", text: "Hi" },
      ],
    ],
    "two blocks open at once (row 14)": [
      START() +
        block(0, tool("toolu_1")) +
        delta(0, { type: "input_json_delta", partial_json: '{"a":' }) +
        block(1, tool("toolu_2")) +
        delta(1, { type: "input_json_delta", partial_json: '{"b":2}' }) +
        delta(0, { type: "input_json_delta", partial_json: "1}" }) +
        stop(0) +
        stop(1) +
        FINISH,
      [
        { type: "tool_use", input: { a: 1 } },
        { type: "tool_use", input: { b: 2 } },
      ],
    ],
    "ids that clients cannot send back (rows 35, 48)": [
      START("chatcmpl-1") +
        block(0, tool("functions.f:0")) +
        delta(0, { type: "input_json_delta", partial_json: "{}" }) +
        stop(0) +
        FINISH,
      [{ type: "tool_use", id: "functions_0x2e_f_0x3a_0", input: {} }],
    ],
    "no end but the last word": [
      START() +
        block(0, TEXT) +
        delta(0, { type: "text_delta", text: "Hi" }) +
        stop(0) +
        event({ type: "message_stop" }),
      [{ type: "text", text: "Hi" }],
    ],
  };
  for (const [name, [sse, content]] of Object.entries(cases)) {
    test(name, async () => {
      using server = serving(throughMessages(sse));
      const message = await server.anthropic.messages.stream(MESSAGES).finalMessage();
      expect(message.content).toMatchObject(content);
      expect(message.content).toHaveLength(content.length);
      expect(message.id).toStartWith("msg_");
    });
  }
});

test("a line break in a type begins no frame", () => {
  const forged = JSON.stringify({ type: "x\n\nevent: message_stop" });
  const out = throughMessages(`${START()}data: ${forged}\n\n${FINISH}`);
  expect(framesOf(out).map((frame) => frame.event)).toEqual([
    "message_start",
    "message_delta",
    "message_stop",
  ]);
});

test("a call under end_turn is what the turn ended for (row 27)", async () => {
  const sse = START() + block(0, tool("toolu_1")) + stop(0) + FINISH;
  using server = serving(throughMessages(sse));
  const message = await server.anthropic.messages.stream(MESSAGES).finalMessage();
  expect(message.stop_reason).toBe("tool_use");
});

describe("whole answers that clients could not send back are mended", () => {
  const collected = { parts: [], toolCalls: [], end: { type: "end", reason: "stop" } as const };

  test("Anthropic's: blank texts, ids and the reason", () => {
    const raw = JSON.stringify({
      id: "gen-1",
      type: "message",
      content: [
        { type: "text", text: "" },
        { type: "tool_use", id: "f:0", name: "f", input: {} },
      ],
      stop_reason: "end_turn",
      extra: 1,
    });
    const context = contextOf(MESSAGES, { passThrough: true });
    expect(anthropicDialect.whole({ ...collected, raw }, context)).toMatchObject({
      id: `msg_${context.id}`,
      content: [{ type: "tool_use", id: "f_0x3a_0", name: "f", input: {} }],
      stop_reason: "tool_use",
      extra: 1,
    });
  });

  test("OpenAI's: a call without arguments", () => {
    const call = { id: "a", type: "function", function: { name: "f", arguments: "" } };
    const message = { role: "assistant", content: null, tool_calls: [call] };
    const raw = JSON.stringify({ choices: [{ index: 0, message, finish_reason: "tool_calls" }], extra: 1 });
    const whole = openaiChatDialect.whole({ ...collected, raw }, contextOf(CHAT, { passThrough: true }));
    expect(whole).toMatchObject({
      choices: [{ message: { tool_calls: [{ function: { arguments: "{}" } }] } }],
      extra: 1,
    });
  });

  test.each(["length", "content_filter"])("OpenAI's: no call that %s may have cut", (finish_reason) => {
    const call = (id: string, text: string) => ({
      id,
      type: "function",
      function: { name: "f", arguments: text },
    });
    const toolsOf = (...calls: unknown[]) => {
      const message = { role: "assistant", content: null, tool_calls: calls };
      const raw = JSON.stringify({ choices: [{ index: 0, message, finish_reason }] });
      const whole = openaiChatDialect.whole({ ...collected, raw }, contextOf(CHAT, { passThrough: true }));
      return (whole as { choices: { message: object }[] }).choices[0]?.message;
    };
    const first = call("a", '{"b":1}');
    expect(toolsOf(first, call("c", '{"d'))).toEqual({
      role: "assistant",
      content: null,
      tool_calls: [first],
    });
    expect(toolsOf(call("a", ""))).toEqual({ role: "assistant", content: null });
  });
});
