import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { type Sandbox, startSandbox } from "../../src/sandbox/server.ts";
import { BOTH, events, framesOf, type Json, openaiDelta, post, textIn } from "./client.ts";

let sandbox: Sandbox;
beforeAll(() => {
  sandbox = startSandbox({ pace: 0 });
});
afterAll(() => sandbox.stop());

const USAGE = { more: { stream_options: { include_usage: true } } };

function numbered(count: number): string {
  return Array.from({ length: count }, (_, index) => `tok-${String(index + 1).padStart(4, "0")} `).join("");
}

describe("a stream of chat completion chunks", () => {
  test("has the recorded order and shapes", async () => {
    const response = await post(sandbox, "openai", "demo-echo", {
      more: { messages: [{ role: "user", content: "one two" }], ...USAGE.more },
    });
    expect(response.headers.get("content-type")).toBe("text/event-stream; charset=utf-8");
    expect(response.headers.get("x-request-id")).toStartWith("req_");
    const text = await response.text();
    expect(text).toEndWith("\n\ndata: [DONE]\n\n");
    const frames = framesOf(text).slice(0, -1);
    const chunks: Json[] = frames.map(({ data }) => JSON.parse(data));
    expect(chunks.slice(0, -1).map(openaiDelta)).toEqual([
      { role: "assistant", content: "", refusal: null },
      { content: "one" },
      { content: " two" },
      {},
    ]);
    expect(new Set(chunks.map(({ id }) => id)).size).toBe(1);
    for (const chunk of chunks) {
      expect(chunk).toMatchObject({ object: "chat.completion.chunk", model: "demo-echo" });
      expect(chunk["obfuscation"]).toBeString();
    }
    const finish = chunks.at(-2) as { choices: Json[]; usage: null };
    expect(finish.choices[0]?.["finish_reason"]).toBe("stop");
    expect(finish.usage).toBeNull();
    expect(chunks.at(-1)).toMatchObject({
      choices: [],
      usage: { prompt_tokens: 2, completion_tokens: 2, total_tokens: 4 },
    });
  });

  test("says nothing of usage and padding that were not wanted", async () => {
    const quiet = await events(await post(sandbox, "openai", "demo-echo"));
    expect(quiet.every((chunk) => !("usage" in chunk))).toBeTrue();
    const bare = await events(
      await post(sandbox, "openai", "demo-echo", {
        more: { stream_options: { include_obfuscation: false } },
      }),
    );
    expect(bare.every((chunk) => !("obfuscation" in chunk))).toBeTrue();
  });

  test("puts a first tool call beside the role, its arguments after it", async () => {
    const chunks = await events(await post(sandbox, "openai", "demo-tool"));
    const [first, ...later] = chunks.map(openaiDelta);
    expect(first).toMatchObject({
      role: "assistant",
      content: null,
      tool_calls: [{ index: 0, type: "function", function: { name: "get_weather", arguments: "" } }],
    });
    const pieces = later.flatMap((delta) => (delta["tool_calls"] ?? []) as { function: Json }[]);
    expect(JSON.parse(pieces.map((piece) => piece.function["arguments"]).join(""))).toEqual({
      city: "Zürich",
    });
    expect(chunks.at(-1)).toMatchObject({ choices: [{ finish_reason: "tool_calls" }] });
  });

  test("has reasoning, refusals and other finishes in their places", async () => {
    const reasoned = await events(await post(sandbox, "openai", "demo-reasoning", USAGE));
    const thoughts = reasoned.map((chunk) => openaiDelta(chunk)["reasoning_content"] ?? "");
    expect(thoughts.join("")).toStartWith("The script says to think first.");
    const { usage } = reasoned.at(-1) as {
      usage: { completion_tokens: number; completion_tokens_details: Json };
    };
    expect(usage.completion_tokens_details["reasoning_tokens"]).toBe(thoughts.filter(Boolean).length);
    expect(usage.completion_tokens).toBeGreaterThan(thoughts.filter(Boolean).length);

    const refused = await events(await post(sandbox, "openai", "demo-refusal"));
    expect(refused.map((chunk) => openaiDelta(chunk)["refusal"] ?? "").join("")).toContain(
      "I cannot help with that",
    );
    expect(textIn(refused)).toBe("");
    for (const [model, reason] of [
      ["demo-refusal", "stop"],
      ["demo-length", "length"],
      ["demo-filter", "content_filter"],
      ["demo-empty", "stop"],
    ] as const) {
      const chunks = await events(await post(sandbox, "openai", model));
      expect(chunks.at(-1)).toMatchObject({ choices: [{ delta: {}, finish_reason: reason }] });
    }
  });
});

describe.each(BOTH)("in %s", (protocol) => {
  test.each([
    ["demo-numbered", 500],
    ["demo-numbered-37", 37],
    ["demo-numbered-12-0", 12],
    ["demo-long", 2_000],
    ["demo-fast", 500],
    ["demo-burst", 500],
    ["claude-demo-numbered-3", 3],
  ])("%s gives %d numbered tokens", async (model, count) => {
    expect(textIn(await events(await post(sandbox, protocol, model)))).toBe(numbered(count));
  });

  test("demo-echo gives the user's text back byte for byte", async () => {
    const text =
      'data: [DONE]\n\nevent: x\r\n\u2028 "quotes" \\ 👩‍👩‍👧 日本語' +
      "x".repeat(5_000) +
      " ".repeat(300) +
      "\u0000.";
    const more = { messages: [{ role: "user", content: text }] };
    expect(textIn(await events(await post(sandbox, protocol, "demo-echo", { more })))).toBe(text);
  });

  test("an answer that is not streamed is the same", async () => {
    const response = await post(sandbox, protocol, "demo-numbered-20", { more: { stream: false } });
    expect(response.headers.get("content-type")).toBe("application/json");
    const body = (await response.json()) as { choices?: { message: Json }[]; content?: Json[]; usage: Json };
    expect(body.choices?.[0]?.message["content"] ?? body.content?.[0]?.["text"]).toBe(numbered(20));
    expect(body.usage["completion_tokens"] ?? body.usage["output_tokens"]).toBe(20);
  });

  test("demo-window refuses what is too long, and ends for length", async () => {
    const long = { messages: [{ role: "user", content: "word ".repeat(6_600) }] };
    const refused = await post(sandbox, protocol, "demo-window", { more: long });
    expect(refused.status).toBe(400);
    expect(await refused.text()).toMatch(
      /maximum context length is 8000 tokens|prompt is too long: 8250 tokens > 8000/,
    );
    const short = await events(await post(sandbox, protocol, "demo-window", { more: { max_tokens: 3 } }));
    expect(textIn(short).split(" ").length).toBe(3);
    expect(JSON.stringify(short)).toMatch(/"finish_reason":"length"|"stop_reason":"max_tokens"/);
  });

  test("demo-json answers a stream with JSON", async () => {
    const response = await post(sandbox, protocol, "demo-json");
    expect(response.headers.get("content-type")).toBe("application/json");
    expect(JSON.stringify(await response.json())).toContain("tok-0010 ");
  });

  test("demo answers about what was said, labelled, and hears the whole conversation", async () => {
    const messages = [
      { role: "user", content: "My name is Ada." },
      { role: "assistant", content: "Hello Ada." },
      { role: "user", content: "What is my name?" },
    ];
    const text = textIn(await events(await post(sandbox, protocol, "demo", { more: { messages } })));
    expect(text).toStartWith("[demo] Earlier you wrote that your name is Ada.");
    expect(text).toContain("language model");
  });
});
