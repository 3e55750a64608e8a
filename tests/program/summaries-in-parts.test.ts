import { afterAll, beforeAll, describe, expect, setDefaultTimeout, test } from "bun:test";
import { chatBody, post, readRefusal, SUMMARIZE } from "../support/answers.ts";
import { firstAndLast, longTalk } from "../support/long-conversation.ts";
import { type Program, startProgram } from "../support/program.ts";
import { openExchange, rawRequest } from "../support/raw-http.ts";
import { FRAMES, PROTOCOLS } from "../support/streams.ts";
import { materialOf, summaryOf, summaryStream, tokensOf } from "../support/summaries.ts";
import { startingProviders, type WindowProvider } from "../support/window-provider.ts";

/** What goes into the parts of a summary, and what happens when one of them fails or nobody waits any more. */

setDefaultTimeout(120_000);

let program: Program;
const providers = startingProviders({ reply: ({ text }) => firstAndLast(text) });
beforeAll(async () => {
  program = await startProgram();
});
afterAll(async () => {
  await program.stop();
  await providers.stop();
});

describe("one message that is longer than the window", () => {
  test.each([
    [
      "English in paragraphs",
      `${"The quick brown fox jumps over the lazy dog, and the dog does not mind it. ".repeat(12)}\n\n`.repeat(
        600,
      ),
    ],
    [
      "Chinese without a space",
      "我们昨天在会议上讨论了新的预算方案并决定从三月开始执行所有部门都需要提交报告".repeat(8_000),
    ],
    ["emoji", "😀🚀🎉🐙".repeat(25_000)],
    ["one letter", "a".repeat(1_000_000)],
    ["spaces between two words", `Hello${" ".repeat(200_000)}world`],
  ])("%s", async (_, text) => {
    const provider = providers.start({ window: 32_000, reply: () => "A part of it." });
    const answer = await summaryOf(
      program,
      chatBody(provider.url, "mistral-small", { messages: [{ role: "user", content: text }] }),
    );
    expect(answer.summary).toBe("A part of it.");
    const pieces = materialOf(provider).flatMap((part) => {
      const [, inside = ""] = /begins ---\n([\s\S]*)\n--- conversation \S+ ends/.exec(part) ?? [];
      return inside.split(/(?:^|\n\n)\[user(?: \(continued\))?\]\n/).slice(1);
    });
    // Parts are sent side by side: they arrive in an order of their own.
    expect(pieces.reduce((sum, piece) => sum + piece.length, 0)).toBe(text.length);
    for (const piece of pieces) expect(text.includes(piece) && piece.isWellFormed()).toBeTrue();
  });
});

test("calls of tools and their results stay together in every part", async () => {
  const messages = Array.from({ length: 300 }, (_, i) => [
    { role: "user", content: `Look up number ${i}. ${"Please be thorough. ".repeat((i * 7) % 23)}` },
    {
      role: "assistant",
      content: null,
      tool_calls: [
        { id: `call_${i}`, type: "function", function: { name: `look_${i}`, arguments: `{"n":${i}}` } },
      ],
    },
    { role: "tool", tool_call_id: `call_${i}`, content: `Found ${"it again and ".repeat((i * 11) % 31)}` },
    { role: "assistant", content: "It is done." },
  ]).flat();
  const provider = providers.start({ window: 8_192, reply: () => "Numbers were looked up." });
  const answer = await summaryOf(
    program,
    chatBody(provider.url, "no-such-model", { messages, keep_last: 2 }),
  );
  const parts = materialOf(provider);
  expect(parts.length).toBeGreaterThan(5);
  const calls = parts.flatMap((part) => {
    const called = [...part.matchAll(/^\(calls look_(\d+) with/gm)].map(([, n]) => Number(n));
    const answered = [...part.matchAll(/^\[tool look_(\d+)\]$/gm)].map(([, n]) => Number(n));
    expect(answered).toEqual(called);
    return called;
  });
  // The last call is kept, with its result.
  expect(calls.toSorted((a, b) => a - b)).toEqual(Array.from({ length: 299 }, (_, i) => i));
  expect(answer.messages.slice(1) as unknown).toEqual(messages.slice(-3));
});

test("an earlier summary is extended by every part, in two rounds", async () => {
  const provider = providers.start({ window: 8_192 });
  const ask = (messages: unknown) =>
    summaryOf(program, chatBody(provider.url, "no-such-model", { messages }));
  const first = await ask(longTalk(120));
  const second = await ask([...first.messages, ...longTalk(240).slice(120)]);
  const third = await ask([...second.messages, ...longTalk(260).slice(240)]);
  expect(first.summary).toBe("From FACT-000000 to FACT-000119, values were noted.");
  expect(second.summary).toBe("From FACT-000000 to FACT-000239, values were noted.");
  expect(third.summary).toBe("From FACT-000000 to FACT-000259, values were noted.");
});

describe.each(PROTOCOLS)("when one of many parts fails over %s", (protocol) => {
  const model = protocol === "openai" ? "no-such-model" : "no-such-model-either";
  const body = (provider: WindowProvider) =>
    chatBody(provider.url, model, { provider: protocol, messages: longTalk(500) });

  test.each([
    [401, "authentication", 401],
    [429, "rate_limit", 429],
    [402, "quota", 402],
    [503, "overloaded", 503],
    [500, "upstream", 502],
  ])("with %d the whole is %s", async (given, type, status) => {
    const provider = providers.start({
      protocol,
      window: 8_192,
      reply: ({ index, text }) => (index >= 5 ? { status: given, error: {} } : firstAndLast(text)),
    });
    const answer = await readRefusal(await post(program, SUMMARIZE, body(provider)));
    expect([answer.status, answer.error.type]).toEqual([status, type]);
    await provider.idle();
    // Those side by side, each with its retries.
    expect(provider.asked.length).toBeLessThanOrEqual(5 + 4 * 3);
  });

  test("the others are left, and the stream ends with an error line", async () => {
    const provider = providers.start({
      protocol,
      window: 8_192,
      reply: ({ index, text }) => {
        if (index < 4) return firstAndLast(text);
        return index === 7
          ? { texts: ["Half"], closing: FRAMES[protocol].error }
          : { texts: ["Half"], hang: true };
      },
    });
    const stream = await summaryStream(program, body(provider));
    expect(stream.progress.length).toBe(4);
    expect(stream).toMatchObject({ content: "", answer: undefined, error: { type: "overloaded" } });
    await provider.idle();
    expect(provider.open).toBe(0);
  });
});

test.each(["text/event-stream", "application/json"])(
  "a client that leaves ends all requests: %s",
  async (accept) => {
    const provider = providers.start({ window: 8_192, reply: () => ({ texts: ["Half"], hang: true }) });
    const text = JSON.stringify(chatBody(provider.url, "no-such-model", { messages: longTalk(500) }));
    const client = await openExchange(
      program.port,
      rawRequest(
        `POST ${SUMMARIZE} HTTP/1.1`,
        [
          ["host", `127.0.0.1:${program.port}`],
          ["content-type", "application/json"],
          ["accept", accept],
          ["content-length", String(Buffer.byteLength(text))],
        ],
        text,
      ),
    );
    await provider.opened(4);
    client.socket.destroy();
    await provider.idle();
    expect([provider.mostOpen, provider.asked.length]).toEqual([4, 4]);
  },
);

test("both counts are those of /v1/chat/tokens, for a long conversation too", async () => {
  const provider = providers.start();
  const messages = longTalk(3_000);
  const answer = await summaryOf(program, chatBody(provider.url, "gpt-4o", { messages, keep_last: 3 }));
  const before = await tokensOf(program, "gpt-4o", messages);
  const after = await tokensOf(program, "gpt-4o", answer.messages);
  expect(answer.token_reduction as unknown).toEqual({ before: before.tokens, after: after.tokens });
});
