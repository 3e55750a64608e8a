import { describe, expect, test } from "bun:test";
import { NashEncoder, type Wanted } from "../../src/api/nash/encoder.ts";
import type { ChatEvent } from "../../src/core/event.ts";

const SESSION = { id: "3F0c2a7e-5b1d-4f6a-9c8e-2d7b1a6e4f50" };
const SESSION_LINE = `data: {"session_id":"${SESSION.id}"}\n\n`;
const SEED: Wanted = { usage: false, reasoning: false, toolCalls: false };
const ALL: Wanted = { usage: true, reasoning: true, toolCalls: false };

function encode(events: ChatEvent[], wanted = SEED): string {
  const encoder = new NashEncoder(SESSION, wanted, "a");
  encoder.begin();
  return encoder.batch(events);
}

describe("the native stream format", () => {
  test("begins with the session line alone", () => {
    expect(new NashEncoder(SESSION, SEED, "a").begin()).toBe(SESSION_LINE);
  });

  test("begins with the session line also where it was not asked to begin", () => {
    const encoder = new NashEncoder(SESSION, SEED, "a");
    const frames = [
      encoder.batch([{ type: "text", text: "a" }]),
      encoder.batch([{ type: "text", text: "b" }]),
    ];
    const line = (content: string) => `data: {"content":"${content}"}\n\n`;
    expect(frames).toEqual([SESSION_LINE + line("a"), line("b")]);
  });

  test("is content, session line and [DONE], and nothing else", () => {
    const frames = encode([
      { type: "reasoning", text: "hm" },
      { type: "text", text: "Hello" },
      { type: "text", text: "" },
      { type: "tool-call", index: 0, name: "look" },
      { type: "end", reason: "stop", usage: { inputTokens: 1, outputTokens: 2 } },
    ]);
    expect(frames).toBe(`data: {"content":"Hello"}\n\n${SESSION_LINE}data: [DONE]\n\n`);
  });

  test("holds any text on one data line", () => {
    const text = 'a\r\n\ndata: [DONE]\n\n"\\\u2028\u0000\ud800';
    const frames = encode([{ type: "text", text }]);
    expect(frames.split("\n").length).toBe(3);
    expect(JSON.parse(frames.slice("data: ".length)).content).toBe(text);
  });

  test("says nothing for a batch that the client did not ask for", () => {
    expect(encode([{ type: "reasoning", text: "hm" }])).toBe("");
  });
});

describe("what can be asked for", () => {
  test("reasoning comes as lines of its own", () => {
    expect(encode([{ type: "reasoning", text: "hm", signature: "s" }], ALL)).toBe(
      'data: {"reasoning":"hm"}\n\n',
    );
  });

  test("usage comes once, just before the last session line", () => {
    const frames = encode(
      [{ type: "end", reason: "length", usage: { inputTokens: 1, outputTokens: 2 } }],
      ALL,
    );
    expect(frames).toBe(
      `data: {"usage":{"input_tokens":1,"output_tokens":2},"finish_reason":"length"}\n\n${SESSION_LINE}data: [DONE]\n\n`,
    );
  });

  test("usage that was not reported is null", () => {
    expect(encode([{ type: "end", reason: "stop" }], ALL)).toContain('{"usage":null,"finish_reason":"stop"}');
  });

  test("after a failure usage comes only if it was reported", () => {
    const failure = { type: "upstream", message: "no" } as const;
    expect(encode([{ type: "error", failure }], ALL)).not.toContain("usage");
    const frames = encode([{ type: "error", failure, usage: { inputTokens: 1, outputTokens: 2 } }], ALL);
    expect(frames).toContain('"usage":{"input_tokens":1,"output_tokens":2}');
  });
});

test("a failure is one error line, the session line and [DONE]", () => {
  const frames = encode([
    { type: "text", text: "Half" },
    {
      type: "error",
      failure: {
        type: "rate_limit",
        message: "slow down",
        providerStatus: 429,
        retryAfter: 6.2,
        status: 429,
      },
    },
  ]);
  expect(frames).toBe(
    'data: {"content":"Half"}\n\n' +
      'data: {"error":{"type":"rate_limit","message":"slow down","provider_status":429,"retry_after":7,"retryable":true}}\n\n' +
      `${SESSION_LINE}data: [DONE]\n\n`,
  );
});

describe("tool calls", () => {
  const TOOLS: Wanted = { usage: true, reasoning: false, toolCalls: true };
  const lines = (events: ChatEvent[], wanted = TOOLS) =>
    encode(events, wanted)
      .split("\n\n")
      .filter((line) => line.startsWith("data: {"))
      .map((line) => JSON.parse(line.slice(6)) as Record<string, unknown>);
  const END: ChatEvent = { type: "end", reason: "stop" };

  test("are lines: id and name once, arguments as text that is appended, numbered without gaps", () => {
    const told = lines([
      { type: "tool-call", index: 1, id: "a", name: "look" },
      { type: "tool-call", index: 1, arguments: '{"at":' },
      { type: "tool-call", index: 3, id: "b", name: "listen", arguments: "{" },
      { type: "tool-call", index: 1, arguments: "1}" },
      { type: "tool-call", index: 3, arguments: "}" },
      END,
    ]);
    expect(told.map((line) => line["tool_call"]).filter(Boolean)).toEqual([
      { index: 0, id: "a", name: "look", arguments: "" },
      { index: 0, arguments: '{"at":' },
      { index: 1, id: "b", name: "listen", arguments: "{" },
      { index: 0, arguments: "1}" },
      { index: 1, arguments: "}" },
    ]);
    expect(told.find((line) => "usage" in line)).toEqual({ usage: null, finish_reason: "tool_calls" });
  });

  test("without arguments have an empty object, without an id one of ours", () => {
    const told = lines([{ type: "tool-call", index: 0, name: "look" }, END]).map((line) => line["tool_call"]);
    expect(told.filter(Boolean)).toEqual([
      { index: 0, id: expect.stringMatching(/^call_a_0$/), name: "look", arguments: "" },
      { index: 0, arguments: "{}" },
    ]);
  });

  test.each(["length", "content_filter"] as const)(
    "none is given arguments where the end is %s",
    (reason) => {
      const told = lines([
        { type: "tool-call", index: 0, id: "a", name: "look" },
        { type: "end", reason },
      ]);
      expect(told.map((line) => line["tool_call"]).filter(Boolean)).toEqual([
        { index: 0, id: "a", name: "look", arguments: "" },
      ]);
    },
  );

  test("without a name are an error: nobody could make the call", () => {
    const told = lines([{ type: "tool-call", index: 0, id: "a", arguments: "{}" }, END]);
    expect(told.map((line) => (line["error"] as { type: string } | undefined)?.type)).toContain("bad_output");
  });

  test("are not told to a client that sent no tools", () => {
    const told = lines([{ type: "tool-call", index: 0, id: "a", name: "look" }, END], SEED);
    expect(told).toEqual([{ session_id: SESSION.id }]);
  });
});
