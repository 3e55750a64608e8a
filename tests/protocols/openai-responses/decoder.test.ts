import { describe, expect, test } from "bun:test";
import type { ChatEvent } from "../../../src/core/event.ts";
import type { ChatRequest } from "../../../src/core/message.ts";
import { openaiResponses } from "../../../src/protocols/openai-responses/protocol.ts";
import { OPENAI_TRAITS } from "../../../src/protocols/traits.ts";

type Sent = Record<string, unknown>;

/** What is decoded of a stream of these events, or of raw data, that ends after them. */
function decode(events: readonly (Sent | string)[], chat?: ChatRequest): ChatEvent[] {
  const decoder = openaiResponses.decoder(chat);
  const out: ChatEvent[] = [];
  for (const event of events) {
    decoder.message({ data: typeof event === "string" ? event : JSON.stringify(event) }, out);
  }
  decoder.end(out);
  const endings = out.filter(({ type }) => type === "end" || type === "error");
  expect(endings).toHaveLength(1);
  expect(out.at(-1)).toBe(endings[0] as ChatEvent);
  return out;
}

function told(events: readonly ChatEvent[]) {
  const join = (type: "text" | "reasoning", refusal?: true) =>
    events
      .map((event) =>
        event.type === type && (event.type !== "text" || event.refusal === refusal) ? event.text : "",
      )
      .join("");
  const calls = new Map<number, { id?: string | undefined; name?: string | undefined; args: string }>();
  for (const event of events) {
    if (event.type !== "tool-call") continue;
    const call = calls.get(event.index) ?? { id: event.id, name: event.name, args: "" };
    calls.set(event.index, { ...call, args: call.args + (event.arguments ?? "") });
  }
  return {
    text: join("text"),
    refusal: join("text", true),
    reasoning: join("reasoning"),
    calls: [...calls.values()],
  };
}

const CREATED = {
  type: "response.created",
  response: { id: "resp_1", model: "gpt-x", status: "in_progress" },
};
const at = { output_index: 0, content_index: 0 };
const delta = (text: string, more: Sent = {}) => ({
  type: "response.output_text.delta",
  ...at,
  delta: text,
  ...more,
});
const done = (item: Sent, index = 0) => ({ type: "response.output_item.done", output_index: index, item });
const completed = (response: Sent = {}) => ({
  type: "response.completed",
  response: { id: "resp_1", status: "completed", output: [], ...response },
});
const message = (text: string) => ({ type: "message", content: [{ type: "output_text", text }] });
const call = (id: string, args: string) => ({
  type: "function_call",
  id: `fc_${id}`,
  call_id: id,
  name: "f",
  arguments: args,
});
const added = (item: Sent, index = 0) => ({ type: "response.output_item.added", output_index: index, item });
const args = (text: string, index = 0) => ({
  type: "response.function_call_arguments.delta",
  output_index: index,
  delta: text,
});

describe("the end", () => {
  const END = { type: "end", reason: "stop", rawReason: "completed" } as const;
  const error = (type: string, more: object = {}) => ({ type: "error", failure: { type, ...more } });
  const quota = { type: "insufficient_quota", code: "insufficient_quota", message: "Empty." };
  const failed = (response: Sent, more: Sent = {}) => ({
    type: "response.failed",
    response: { id: "resp_1", status: "failed", ...response },
    ...more,
  });
  const incomplete = (reason?: string) => ({
    type: "response.incomplete",
    response: { status: "incomplete", ...(reason === undefined ? {} : { incomplete_details: { reason } }) },
  });

  test.each<[string, (Sent | string)[], object]>([
    ["completed", [CREATED, delta("Hi"), completed()], END],
    ["`[DONE]` after it", [CREATED, completed(), "[DONE]"], END],
    ["`response.done` as the last word", [CREATED, { ...completed(), type: "response.done" }], END],
    ["none", [CREATED, delta("Hi")], error("incomplete")],
    ["`[DONE]` alone", [CREATED, delta("Hi"), "[DONE]"], error("incomplete")],
    ["nothing at all", [], error("incomplete")],
    ["failed, its error in the response", [failed({ error: quota })], error("quota", { message: "Empty." })],
    ["failed, its error beside it", [failed({}, { error: quota })], error("quota", { message: "Empty." })],
    ["failed without an error", [failed({ error: null })], error("upstream")],
    ["an error, nested", [{ type: "error", error: quota }], error("quota", { message: "Empty." })],
    ["an error, flat", [{ ...quota, type: "error" }], error("quota", { message: "Empty." })],
    ["an error in a foreign form", [{ error: { message: "Busy.", code: 503 } }], error("overloaded")],
    [
      "an error, then failed, then completed",
      [{ type: "error", error: quota }, failed({}), completed()],
      error("quota"),
    ],
    [
      "an overflow",
      [failed({ error: { code: "context_length_exceeded", message: "Long." } })],
      error("context_overflow"),
    ],
    [
      "completed, though it says that it failed",
      [completed({ status: "failed", error: quota })],
      error("quota"),
    ],
    [
      "cancelled",
      [{ ...completed({ status: "cancelled" }), type: "response.cancelled" }],
      error("incomplete"),
    ],
    [
      "incomplete by length",
      [incomplete("max_output_tokens")],
      { type: "end", reason: "length", rawReason: "max_output_tokens" },
    ],
    ["incomplete by a filter", [incomplete("content_filter")], { type: "end", reason: "content_filter" }],
    ["incomplete for a reason that nobody knows", [incomplete("gave_up")], error("incomplete")],
    ["incomplete without a reason", [incomplete()], error("incomplete")],
    ["broken JSON", [CREATED, '{"type":'], error("bad_output")],
    [
      "a second answer inside the first",
      [CREATED, { type: "response.created", response: { id: "resp_2" } }],
      error("bad_output"),
    ],
  ])("%s", (_name, events, expected) => {
    expect(decode(events).at(-1)).toMatchObject(expected);
  });

  test("by an event that is called error", () => {
    const out: ChatEvent[] = [];
    openaiResponses.decoder().message({ event: "error", data: "overloaded" }, out);
    expect(out).toMatchObject([{ type: "error", failure: { message: "overloaded" } }]);
  });

  test("of a frame that was cut is incomplete, not broken", () => {
    const decoder = openaiResponses.decoder();
    const out: ChatEvent[] = [];
    decoder.message({ data: '{"type":"respo', unterminated: true }, out);
    decoder.end(out);
    expect(out).toMatchObject([{ type: "error", failure: { type: "incomplete" } }]);
  });
});

describe("what is said several times is told once", () => {
  test.each<[string, Sent[]]>([
    ["in deltas", [delta("Hel"), delta("lo")]],
    [
      "in deltas and all that repeats them",
      [
        delta("Hel"),
        delta("lo"),
        { type: "response.output_text.done", ...at, text: "Hello" },
        { type: "response.content_part.done", ...at, part: { type: "output_text", text: "Hello" } },
        done(message("Hello")),
      ],
    ],
    ["as a whole text", [{ type: "response.output_text.done", ...at, text: "Hello" }]],
    [
      "as a whole part",
      [{ type: "response.content_part.done", ...at, part: { type: "output_text", text: "Hello" } }],
    ],
    ["as a whole item", [done(message("Hello"))]],
    ["in the last event alone", []],
    ["with more at its end", [delta("Hel"), done(message("Hello"))]],
  ])("text %s", (_name, events) => {
    const all = decode([CREATED, ...events, completed({ output: [message("Hello")] })]);
    expect(told(all)).toMatchObject({ text: "Hello", calls: [] });
  });

  test.each<[string, Sent[]]>([
    ["in deltas", [added(call("c", "")), args('{"a":'), args("1}"), done(call("c", '{"a":1}'))]],
    [
      "whole",
      [
        added(call("c", "")),
        { type: "response.function_call_arguments.done", output_index: 0, arguments: '{"a":1}' },
      ],
    ],
    ["as an item alone", [done(call("c", '{"a":1}'))]],
    ["in the last event alone", []],
    ["begun, and whole in the last event, at another place", [added(call("c", ""), 3), args('{"a"', 3)]],
  ])("a call %s", (_name, events) => {
    const all = decode([CREATED, ...events, completed({ output: [call("c", '{"a":1}')] })]);
    expect(told(all)).toMatchObject({ text: "", calls: [{ id: "c", name: "f", args: '{"a":1}' }] });
    expect(all.at(-1)).toMatchObject({ reason: "tool_calls" });
  });

  test("a call that only the last event has, beside text that was streamed", () => {
    const all = decode([CREATED, delta("Hi"), completed({ output: [message("Hi"), call("c", "{}")] })]);
    expect(told(all)).toMatchObject({ text: "Hi", calls: [{ id: "c", args: "{}" }] });
  });

  test("reasoning that has a summary and a text, by the first that came", () => {
    const item = {
      type: "reasoning",
      id: "rs_1",
      summary: [
        { type: "summary_text", text: "One." },
        { type: "summary_text", text: "Two." },
      ],
      content: [{ type: "reasoning_text", text: "All of it." }],
      encrypted_content: "gAAA",
    };
    const summary = (part: number, text: string) => ({
      type: "response.reasoning_summary_text.delta",
      output_index: 0,
      summary_index: part,
      delta: text,
    });
    const all = decode([
      CREATED,
      summary(0, "One."),
      summary(1, "Two."),
      done(item),
      completed({ output: [item] }),
    ]);
    expect(told(all).reasoning).toBe("One.\n\nTwo.");
    expect(all.filter((event) => event.type === "reasoning" && event.encrypted !== undefined)).toEqual([
      { type: "reasoning", text: "", encrypted: { id: "rs_1", content: "gAAA" } },
    ]);
  });
});

describe("calls", () => {
  test("whose deltas alternate are told apart by their place", () => {
    const all = decode([
      added(call("c", ""), 1),
      added(call("d", ""), 2),
      args('{"a', 1),
      args('{"b', 2),
      args('":1}', 1),
      args('":2}', 2),
      completed(),
    ]);
    expect(told(all).calls).toMatchObject([
      { id: "c", args: '{"a":1}' },
      { id: "d", args: '{"b":2}' },
    ]);
  });

  const custom = (input: string) => ({ type: "custom_tool_call", call_id: "c", name: "sql", input });
  const input = (text: string) => ({
    type: "response.custom_tool_call_input.delta",
    output_index: 0,
    delta: text,
  });

  test("of custom tools have their text as `input`", () => {
    const all = decode([
      added(custom("")),
      input('SELECT "a'),
      input('"\n'),
      done(custom('SELECT "a"\n')),
      completed(),
    ]);
    expect(JSON.parse(told(all).calls[0]?.args ?? "")).toEqual({ input: 'SELECT "a"\n' });
  });

  test("of custom tools that were cut are no JSON", () => {
    const cut = {
      type: "response.incomplete",
      response: {
        status: "incomplete",
        incomplete_details: { reason: "max_output_tokens" },
        output: [custom("SELECT")],
      },
    };
    expect(told(decode([added(custom("")), input("SEL"), cut])).calls[0]?.args).toBe('{"input":"SELECT');
  });

  test("name tools as the client did", () => {
    const name = "server.tool with spaces";
    const chat: ChatRequest = {
      model: "m",
      messages: [{ role: "user", content: "Hi" }],
      sampling: {},
      tools: [{ name }],
      includeUsage: true,
    };
    const body = openaiResponses.body(chat, OPENAI_TRAITS);
    const sent = (body["tools"] as { name: string }[])[0]?.name ?? "";
    expect(sent).toMatch(/^[\w-]+$/);
    expect(told(decode([done({ ...call("c", "{}"), name: sent }), completed()], chat)).calls[0]?.name).toBe(
      name,
    );
  });
});

test("halves of surrogate pairs wait for each other, across deltas of one text", () => {
  const all = decode([
    delta("a\ud83d"),
    delta("\ude00\ud83d"),
    { type: "response.refusal.delta", ...at, delta: "no" },
    completed(),
  ]);
  expect(told(all)).toMatchObject({ text: "a😀\ufffd", refusal: "no" });
});

test("usage, and the model by its own name", () => {
  const decoder = openaiResponses.decoder();
  const out: ChatEvent[] = [];
  const usage = {
    input_tokens: 10,
    input_tokens_details: { cached_tokens: 8, cache_write_tokens: 1 },
    output_tokens: 5,
    output_tokens_details: { reasoning_tokens: 3 },
  };
  decoder.message({ data: JSON.stringify(CREATED) }, out);
  expect(decoder.model).toBe("gpt-x");
  decoder.message({ data: JSON.stringify(completed({ usage })) }, out);
  expect(out.at(-1)).toMatchObject({
    usage: { inputTokens: 10, outputTokens: 5, cacheReadTokens: 8, cacheWriteTokens: 1, reasoningTokens: 3 },
  });
});

test("text is read without parsing where only it and the number differ", () => {
  const words = ["One", " two", ' "three"', " four"];
  const all = decode([
    ...words.map((word, i) => delta(word, { sequence_number: i + 9 })),
    completed({ output: [message(words.join(""))] }),
  ]);
  expect(all.slice(0, -1)).toEqual([
    { type: "text", text: "One" },
    { type: "text", text: " two", plain: true },
    { type: "text", text: ' "three"' },
    { type: "text", text: " four", plain: true },
  ]);
});

describe("answers that are not streamed", () => {
  const reply = (json: unknown) => {
    const out: ChatEvent[] = [];
    openaiResponses.reply(json, out);
    return out;
  };

  test("are read as the items of a stream", () => {
    const output = [
      { type: "reasoning", id: "rs_1", summary: [], encrypted_content: "gAAA" },
      message("Hi"),
      { type: "web_search_call" },
      call("c", "{}"),
    ];
    const all = reply({ object: "response", status: "completed", error: null, output });
    expect(told(all)).toMatchObject({ text: "Hi", calls: [{ id: "c", args: "{}" }] });
    expect(all[0]).toMatchObject({ encrypted: { id: "rs_1", content: "gAAA" } });
    expect(all.at(-1)).toMatchObject({ type: "end", reason: "tool_calls" });
  });

  test.each<[unknown, string]>([
    [{ object: "response", status: "failed", error: { code: "server_error", message: "Oh." } }, "upstream"],
    [{ object: "response", status: "in_progress", output: [] }, "incomplete"],
    [{ object: "response", status: "incomplete", output: [message("Hi")] }, "incomplete"],
    [{ error: { code: "model_not_found", message: "No." } }, "not_found"],
    [{ object: "list", data: [] }, "bad_output"],
    ["Hello", "bad_output"],
  ])("%j", (json, type) => {
    expect(reply(json).at(-1)).toMatchObject({ type: "error", failure: { type } });
  });
});
