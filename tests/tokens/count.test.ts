import { afterAll, describe, expect, test } from "bun:test";
import type { Message } from "../../src/core/message.ts";
import { close, countPrompt, countText } from "../../src/tokens/count.ts";

afterAll(close);

/** The example of OpenAI's guide, "How to count tokens with tiktoken", with the counts of OpenAI's own API. */
const JARGON: readonly Message[] = [
  {
    role: "system",
    content:
      "You are a helpful, pattern-following assistant that translates corporate jargon into plain English.",
  },
  { role: "system", name: "example_user", content: "New synergies will help drive top-line growth." },
  {
    role: "system",
    name: "example_assistant",
    content: "Things working well together will increase revenue.",
  },
  {
    role: "system",
    name: "example_user",
    content:
      "Let's circle back when we have more bandwidth to touch base on opportunities for increased leverage.",
  },
  {
    role: "system",
    name: "example_assistant",
    content: "Let's talk later when we're less busy about how to do better.",
  },
  {
    role: "user",
    content: "This late pivot means we don't have time to boil the ocean for the client deliverable.",
  },
];

const HELLO: Message = { role: "user", content: "hello world" }; // 2 tokens
const prompt = (model: string, ...messages: Message[]) => countPrompt(messages, model);

describe("exact", () => {
  test.each([
    ["gpt-4o", 124],
    ["gpt-4o-mini", 124],
    ["gpt-4o-2024-08-06", 124],
    ["openai/gpt-4o", 124],
    ["gpt-4", 129],
    ["gpt-4-0613", 129],
    ["gpt-3.5-turbo", 129],
    ["gpt-3.5-turbo-0125", 129],
  ])("%s counts OpenAI's example as OpenAI does", async (model, tokens) => {
    expect(await countPrompt(JARGON, model)).toEqual({ tokens, estimated: false });
  });

  test.each(["gpt-4.1-mini", "gpt-4.1-nano", "gpt-4.5-preview", "gpt-4-turbo-2024-04-09"])(
    "%s",
    async (model) => {
      expect(await prompt(model, HELLO)).toEqual({ tokens: 9, estimated: false });
    },
  );

  test("a list of one text part is plain text", async () => {
    expect(
      await prompt("gpt-4o", { role: "user", content: [{ type: "text", text: "hello world" }] }),
    ).toEqual({
      tokens: 9,
      estimated: false,
    });
  });

  test("text that looks like a special token is text", async () => {
    expect(await prompt("gpt-4o", { role: "user", content: "<|endoftext|>" })).toEqual({
      tokens: 14,
      estimated: false,
    });
  });

  test("no messages cost the priming alone", async () => {
    expect(await prompt("gpt-4o")).toEqual({ tokens: 3, estimated: false });
  });
});

describe("estimated", () => {
  test.each([
    ["o3-mini", 8],
    ["gpt-5", 8],
    ["gpt-5.6-sol", 8],
    ["gpt-5-mini-2025-08-07", 8],
    ["gpt-6-sol", 9],
    ["gpt-4.1", 9],
    ["gpt-4o-search-preview", 9],
    ["ft:gpt-4o-2024-08-06:us::abc", 9],
    ["gpt-oss-120b", 71],
    ["meta-llama/Llama-3.3-70B-Instruct", 40],
    ["claude-sonnet-4-5-20250929", 10],
    ["us.anthropic.claude-opus-4-6-v1:0", 10],
    ["claude-opus-4-8", 10],
    ["deepseek-chat", 8],
    ["grok-4", 5],
    ["gemini-2.5-pro", 9],
    ["mistral-large-latest", 10],
    ["somebody/some-model", 10],
    ["demo", 9],
  ])("%s", async (model, tokens) => {
    expect(await prompt(model, HELLO)).toEqual({ tokens, estimated: true });
  });

  test("Claude's newer tokenizer makes more tokens of the same text", async () => {
    const content = "Summaries travel between many programs. ".repeat(100);
    const older = await prompt("claude-opus-4-6", { role: "user", content });
    const newer = await prompt("claude-opus-4-7", { role: "user", content });
    const unknown = await prompt("claude-next", { role: "user", content });
    const { tokens } = await countText(content, "gpt-4o");
    expect([older.tokens, newer.tokens]).toEqual([Math.ceil(tokens * 1.2) + 7, Math.ceil(tokens * 1.5) + 7]);
    expect(unknown).toEqual(newer);
  });

  test("a short prompt never costs less than its text", async () => {
    expect(await prompt("grok-4")).toEqual({ tokens: 0, estimated: true });
  });

  test("an image", async () => {
    const image = { type: "image_url", image_url: { url: "data:image/png;base64,AAAA" } } as const;
    const content = [{ type: "text", text: "hello world" }, image] as const;
    expect(await prompt("gpt-4o", { role: "user", content })).toEqual({ tokens: 9 + 765, estimated: true });
  });

  test("several text parts, since nobody says how they are joined", async () => {
    const content = [{ type: "text", text: "hello" } as const, { type: "text", text: " world" } as const];
    expect(await prompt("gpt-4o", { role: "user", content })).toEqual({ tokens: 9, estimated: true });
  });

  test("a tool call and its result", async () => {
    const call = { id: "call_1", type: "function", function: { name: "add", arguments: '{"a":1}' } } as const;
    const without = await prompt(
      "gpt-4o",
      HELLO,
      { role: "assistant", content: "" },
      { role: "user", content: "2" },
    );
    const tools = await prompt(
      "gpt-4o",
      HELLO,
      { role: "assistant", content: null, tool_calls: [call] },
      { role: "tool", tool_call_id: "call_1", content: "2" },
    );
    const { tokens } = await countText('{"a":1}', "gpt-4o");
    expect(tools).toEqual({ tokens: without.tokens + 8 + 1 + tokens, estimated: true });
    expect(without.estimated).toBe(false);
  });
});

test("a text alone has no overhead, and is exact where the encoding is known", async () => {
  expect(await countText("hello world", "gpt-5")).toEqual({ tokens: 2, estimated: false });
  expect(await countText("hello world", "gpt-6")).toEqual({ tokens: 2, estimated: true });
  expect(await countText("hello world", "claude-opus-4-6")).toEqual({ tokens: 3, estimated: true });
});

test("a caller that has left is not counted for", async () => {
  await expect(countPrompt([HELLO], "gpt-4o", AbortSignal.abort(new Error("gone")))).rejects.toThrow("gone");
  await expect(countText("hello", "gpt-4o", AbortSignal.abort(new Error("gone")))).rejects.toThrow("gone");
});
