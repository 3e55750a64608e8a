import { afterAll, expect, test } from "bun:test";
import { condense } from "../../src/chat/condense.ts";
import { takeApart } from "../../src/chat/passage.ts";
import { Summarizer } from "../../src/chat/summarizer.ts";
import type { Message } from "../../src/core/message.ts";
import { newSession } from "../../src/core/session.ts";
import { close } from "../../src/tokens/count.ts";
import { areAll, factsIn, firstAndLast, longTalk } from "../support/long-conversation.ts";
import { FRAMES } from "../support/streams.ts";
import { targetAt, upstreamTo } from "../support/targets.ts";
import { startingProviders, type WindowProvider } from "../support/window-provider.ts";

const providers = startingProviders();
afterAll(async () => {
  close();
  await providers.stop();
});

const never = new AbortController().signal;

/** Asks `provider` under an address that is known by its port, which no test can listen on. */
function summarizerFor(provider: WindowProvider, address: string, model: string) {
  const context = { target: targetAt(address, model), session: newSession() };
  const upstream = upstreamTo(new URL(provider.url).host);
  return new Summarizer({ model, messages: [], sampling: {}, includeUsage: false }, context, upstream);
}

async function summaryOf(messages: readonly Message[], summarizer: Summarizer, model: string) {
  const budget = await summarizer.budget(never);
  const words: string[] = [];
  for await (const event of condense(takeApart(messages, 0), { model, budget, summarizer, signal: never })) {
    if (event.type === "text") words.push(event.text);
  }
  return words;
}

/** OpenAI's usage chunk before the end. */
const reporting = (prompt_tokens: number) =>
  FRAMES.openai.closing.replace(
    "data: [DONE]",
    `data: ${JSON.stringify({ choices: [], usage: { prompt_tokens, completion_tokens: 10 } })}\n\ndata: [DONE]`,
  );

/** A server that reads the last so many tokens of a prompt and answers as if that were all. */
function startCutting(context: number): WindowProvider {
  return providers.start({
    window: Number.POSITIVE_INFINITY,
    reply: ({ text, tokens }) => {
      const read = tokens <= context ? text : text.slice(-Math.floor((text.length * context) / tokens));
      return { texts: [firstAndLast(read)], closing: reporting(Math.min(tokens, context)) };
    },
  });
}

const OLLAMA = "http://localhost:11434/v1";
const MODEL = "llama3.1:8b";

test("a prompt that was cut in silence is asked for again, in parts that are read", async () => {
  const provider = startCutting(4_096);
  const summarizer = summarizerFor(provider, OLLAMA, MODEL);
  const words = await summaryOf(longTalk(300), summarizer, MODEL);
  expect(words.join("")).toBe("From FACT-000000 to FACT-000299, values were noted.");
  const whole = provider.asked.filter(({ tokens }) => tokens <= 4_096).map(({ text }) => text);
  const parts = whole.filter((text) => !text.startsWith("--- summary 1 "));
  expect(areAll(parts.flatMap(factsIn), 300)).toBeTrue();
  // What it said of how much it had read tells at once how small the parts must be.
  expect(provider.asked.length - whole.length).toBe(1);
});

test("a server that cuts in silence is asked what it has read, and its words wait for that", async () => {
  const provider = startCutting(100_000);
  const words = await summaryOf(longTalk(20), summarizerFor(provider, OLLAMA, MODEL), MODEL);
  expect(words).toEqual(["From FACT-000000 to FACT-000019, values were noted."]);
  expect(provider.asked[0]?.body["stream_options"]).toEqual({ include_usage: true });
});

test("one that reads hardly anything is no use: the failure says how much it was", async () => {
  const summary = summaryOf(longTalk(300), summarizerFor(startCutting(300), OLLAMA, MODEL), MODEL);
  await expect(summary).rejects.toMatchObject({
    failure: { type: "context_overflow", message: expect.stringMatching(/has read 300 of about/) },
  });
});

test("others are not asked, and what they report is not held against them", async () => {
  const provider = providers.start({
    reply: ({ text }) => ({ texts: ["From", " here."], closing: reporting(text.length > 0 ? 3 : 0) }),
  });
  const summarizer = summarizerFor(provider, "http://localhost:8000/v1", MODEL);
  expect(await summaryOf(longTalk(100), summarizer, MODEL)).toEqual(["From", " here."]);
  expect(provider.asked[0]?.body).not.toHaveProperty("stream_options");
});

test("tokens are added up where every answer reports them, and not guessed where one does not", async () => {
  const reply = ({ index }: { index: number }) => ({ texts: ["Facts."], closing: reporting(100 + index) });
  const all = summarizerFor(
    providers.start({ window: 8_192, reply }),
    "http://localhost:8000/v1",
    "no-such-model",
  );
  await summaryOf(longTalk(60), all, "no-such-model");
  expect(all.usage?.outputTokens).toBe(10 * 4);
  expect(all.usage?.inputTokens).toBe(100 + 101 + 102 + 103);

  const silent = ({ index }: { index: number }) => (index === 1 ? "Facts." : reply({ index }));
  const some = summarizerFor(
    providers.start({ window: 8_192, reply: silent }),
    "http://localhost:8000/v1",
    "no-such-model",
  );
  await summaryOf(longTalk(60), some, "no-such-model");
  expect(some.usage).toBeUndefined();
});
