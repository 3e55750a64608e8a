import { afterAll, beforeAll, describe, expect, setDefaultTimeout, test } from "bun:test";
import { chatBody, metric, post, readRefusal, SUMMARIZE } from "../support/answers.ts";
import { areAll, factsIn, firstAndLast, longTalk } from "../support/long-conversation.ts";
import { note } from "../support/note.ts";
import { type Program, startProgram } from "../support/program.ts";
import { materialOf, summaryOf, summaryStream } from "../support/summaries.ts";
import { startingProviders, type WindowProviderOptions } from "../support/window-provider.ts";

/** Conversations longer than the window, against providers that refuse whatever exceeds theirs. */

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

describe("two million tokens", () => {
  const MESSAGES = 17_000;
  const talk = longTalk(MESSAGES);

  test.each([
    ["openai", "gpt-4o", 128_000, 24],
    ["anthropic", "claude-sonnet-4-5", 200_000, 24],
    ["anthropic", "claude-opus-4-6", 1_000_000, 4],
  ] as const)("in parts over %s, %s", async (protocol, model, window, most) => {
    const provider = providers.start({ protocol, window });
    const memory = await metric(program, "process_resident_memory_bytes");
    let peak = memory;
    const stream = await summaryStream(
      program,
      chatBody(provider.url, model, { provider: protocol, messages: talk }),
      async () => {
        peak = Math.max(peak, await metric(program, "process_resident_memory_bytes"));
      },
    );
    const before = stream.answer?.token_reduction.before ?? 0;
    note(
      `${model}: ${before} tokens, ${provider.asked.length} requests, ${provider.refused.length} refused, ` +
        `${Math.round((peak - memory) / 2 ** 20)} MiB more at most`,
    );
    expect(before).toBeGreaterThan(2_000_000);
    expect(stream.answer?.summary).toBe(`From FACT-000000 to FACT-0${MESSAGES - 1}, values were noted.`);
    expect(stream.progress.at(-1)?.part).toBe(stream.progress.length);
    expect(areAll(materialOf(provider).flatMap(factsIn), MESSAGES)).toBeTrue();
    expect([provider.refused, provider.complaints]).toEqual([[], []]);
    expect(provider.asked.length).toBeLessThanOrEqual(most + 2);
    expect(provider.mostOpen).toBeLessThanOrEqual(4);
    // The conversation is 8 MB: it may be there several times over, but not once for every part.
    expect(peak - memory).toBeLessThan(400 * 2 ** 20);
  });

  test("in a window that nobody knows", async () => {
    const provider = providers.start({ window: 8_192 });
    const answer = await summaryOf(program, chatBody(provider.url, "no-such-model", { messages: talk }));
    note(`no-such-model: ${provider.asked.length} requests`);
    expect(answer.summary).toBe(`From FACT-000000 to FACT-0${MESSAGES - 1}, values were noted.`);
    expect(areAll(materialOf(provider).flatMap(factsIn), MESSAGES)).toBeTrue();
    expect(provider.refused).toEqual([]);
  });
});

test("costs requests and tokens in proportion to the length", async () => {
  const costs: { requests: number; tokens: number }[] = [];
  for (const count of [500, 1_000, 2_000, 4_000]) {
    const provider = providers.start({ window: 8_192 });
    await summaryOf(program, chatBody(provider.url, "no-such-model", { messages: longTalk(count) }));
    costs.push({
      requests: provider.asked.length + provider.refused.length,
      tokens: provider.asked.reduce((sum, { tokens }) => sum + tokens, 0),
    });
  }
  note(`cost of 500, 1,000, 2,000 and 4,000 messages: ${JSON.stringify(costs)}`);
  for (const [i, { requests, tokens }] of costs.entries()) {
    const half = costs[i - 1];
    if (half === undefined) continue;
    expect(requests / half.requests).toBeWithin(1.7, 2.3);
    expect(tokens / half.tokens).toBeWithin(1.7, 2.3);
  }
});

describe("a window other than was supposed", () => {
  const OVERFLOWS: Readonly<Record<string, NonNullable<WindowProviderOptions["overflow"]>>> = {
    "vLLM's words": (tokens, window) => ({
      status: 400,
      error: {
        object: "error",
        message: `This model's maximum context length is ${window} tokens. However, you requested ${tokens} tokens.`,
        type: "BadRequestError",
        code: 400,
      },
    }),
    "llama.cpp's words": (tokens, window) => ({
      status: 400,
      error: {
        error: {
          code: 400,
          message: "the request exceeds the available context size, try increasing it",
          type: "exceed_context_size_error",
          n_prompt_tokens: tokens,
          n_ctx: window,
        },
      },
    }),
    "a proxy's 413": () => ({ status: 413, error: "Request Entity Too Large" }),
  };

  test.each(Object.keys(OVERFLOWS))("smaller, refused in %s", async (words) => {
    const overflow = OVERFLOWS[words];
    const provider = providers.start({ window: 2_000, ...(overflow && { overflow }) });
    const talk = longTalk(120);
    const stream = await summaryStream(program, chatBody(provider.url, "no-such-model", { messages: talk }));
    expect(stream.answer?.summary).toBe("From FACT-000000 to FACT-000119, values were noted.");
    expect(
      areAll(
        materialOf(provider)
          .flatMap(factsIn)
          .toSorted((a, b) => a - b),
        120,
      ),
    ).toBeTrue();
    expect(provider.refused.length).toBeWithin(1, 9);
    expect(stream.progress.at(-1)?.part).toBe(stream.progress.at(-1)?.parts ?? 0);
  });

  test("smaller than the table says, by far", async () => {
    const provider = providers.start({ window: 8_000 });
    const answer = await summaryOf(
      program,
      chatBody(provider.url, "llama-3.1-8b", { messages: longTalk(800) }),
    );
    expect(answer.summary).toBe("From FACT-000000 to FACT-000799, values were noted.");
    expect(provider.refused.length).toBeLessThanOrEqual(20);
  });

  test("smaller, and the answer's room counts too, as Anthropic counts it", async () => {
    const overflow = (tokens: number, window: number) => ({
      status: 400,
      error: {
        type: "error",
        error: {
          type: "invalid_request_error",
          message: `input length and \`max_tokens\` exceed context limit: ${tokens} > ${window}, decrease input length or \`max_tokens\` and try again`,
        },
      },
    });
    const provider = providers.start({ protocol: "anthropic", window: 100_000, overflow });
    const answer = await summaryOf(
      program,
      chatBody(provider.url, "claude-sonnet-4-5", { provider: "anthropic", messages: longTalk(600) }),
    );
    expect(answer.summary).toBe("From FACT-000000 to FACT-000599, values were noted.");
  });

  test("larger: the careful default does, in more parts", async () => {
    const provider = providers.start({ window: 1_000_000 });
    await summaryOf(program, chatBody(provider.url, "no-such-model", { messages: longTalk(100) }));
    expect(provider.refused).toEqual([]);
    for (const { tokens } of provider.asked) expect(tokens).toBeLessThan(8_192 - 4_096);
  });

  test("larger, which a client that asks for long answers knows", async () => {
    const provider = providers.start({ window: 128_000 });
    await summaryOf(
      program,
      chatBody(provider.url, "no-such-model", { messages: longTalk(100), max_tokens: 32_000 }),
    );
    expect(provider.asked.length).toBe(1);
  });

  test("that takes nothing at all: the provider's own refusal, after a few tries", async () => {
    const provider = providers.start({ window: 100 });
    const body = chatBody(provider.url, "no-such-model", { messages: longTalk(300) });
    const { status, error } = await readRefusal(await post(program, SUMMARIZE, body));
    expect([status, error.type]).toEqual([400, "context_overflow"]);
    expect(provider.refused.length).toBeLessThan(24);
  });
});
