import { describe, expect, test } from "bun:test";
import { Budget } from "../../src/chat/budget.ts";
import { Summarizer } from "../../src/chat/summarizer.ts";
import type { ChatRequest } from "../../src/core/message.ts";
import { newSession } from "../../src/core/session.ts";
import { targetAt, upstreamTo } from "../support/targets.ts";

function budgetOf(
  model: string,
  more: Partial<ChatRequest> = {},
  protocol: "openai" | "anthropic" = "openai",
) {
  const chat: ChatRequest = { model, messages: [], sampling: {}, includeUsage: false, ...more };
  const context = { target: targetAt("http://127.0.0.1:1/v1", model, protocol), session: newSession() };
  return new Summarizer(chat, context, upstreamTo("127.0.0.1:1")).budget(new AbortController().signal);
}

const tokens = async (...asked: Parameters<typeof budgetOf>) => (await budgetOf(...asked)).tokens;

describe("the room for a conversation in one request", () => {
  test("leaves the model's longest answer free", async () => {
    expect(await tokens("gpt-4o")).toBeWithin(90_000, 128_000 - 16_384);
    // OpenAI takes 272,000 as input, however short the answer may be.
    expect(await tokens("gpt-5", { sampling: { max_tokens: 500 } })).toBeWithin(200_000, 272_000);
  });

  test("leaves free what Anthropic is told, since it must be told something", async () => {
    expect(await tokens("claude-sonnet-4-5", {}, "anthropic")).toBeWithin(100_000, 200_000 - 64_000);
    expect(await tokens("claude-of-tomorrow", {}, "anthropic")).toBeWithin(40_000, 200_000 - 128_000);
  });

  test("leaves free what the client asks for, under whatever name", async () => {
    const usual = await tokens("gpt-4o");
    expect(await tokens("gpt-4o", { sampling: { max_tokens: 60_000 } })).toBeWithin(40_000, 128_000 - 60_000);
    const option = { providerOptions: { max_completion_tokens: 60_000 } };
    expect(await tokens("gpt-4o", option)).toBeLessThan(usual - 30_000);
  });

  test("is careful with models that nobody knows, unless the client knows better", async () => {
    expect(await tokens("no-such-model")).toBeWithin(2_000, 8_192 - 4_096);
    expect(await tokens("no-such-model", { sampling: { max_tokens: 30_000 } })).toBeWithin(20_000, 30_000);
  });

  test("is tried where the answer would fill the window: the provider may know better than the table", async () => {
    expect(await tokens("gpt-4", { sampling: { max_tokens: 8_192 } })).toBeWithin(500, 1_024);
  });

  test("is not worked out for what the provider does not take", async () => {
    await expect(
      budgetOf("claude-opus-4-6", { sampling: { temperature: 2 } }, "anthropic"),
    ).rejects.toMatchObject({
      failure: { type: "invalid_request", param: "temperature" },
    });
  });
});

describe("a budget", () => {
  test("halves what was refused, and only ever shrinks", () => {
    const budget = new Budget(8_000);
    expect(budget.refused(8_000)).toBeTrue();
    expect(budget.tokens).toBe(4_000);
    // An answer to a question from before.
    expect(budget.refused(7_900)).toBeTrue();
    expect(budget.tokens).toBe(3_950);
    expect(budget.refused(8_000)).toBeTrue();
    expect(budget.tokens).toBe(3_950);
  });

  test("has an end", () => {
    const budget = new Budget(1_000_000);
    let times = 0;
    while (budget.refused(budget.tokens)) times++;
    expect(times).toBe(12);
    expect(budget.tokens).toBeGreaterThanOrEqual(200);
    expect(new Budget(-5).tokens).toBe(200);
  });

  test("tells a limit of words only where it matters", () => {
    expect(new Budget(3_000).wordsBeside(5)).toBe(300);
    expect(new Budget(100_000).wordsBeside(5)).toBeUndefined();
  });
});
