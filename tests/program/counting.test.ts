import { afterAll, beforeAll, describe, expect, setDefaultTimeout, test } from "bun:test";
import { countTokens } from "gpt-tokenizer/encoding/o200k_base";
import { type Sandbox, startSandbox } from "../../src/sandbox/server.ts";
import { CHAT, chatBody, post, readNativeStream, readRefusal } from "../support/answers.ts";
import { note } from "../support/note.ts";
import { type Program, startProgram } from "../support/program.ts";
import { tokensOf } from "../support/summaries.ts";

/** Counting through the program (docs/protocol.md 3), and what becomes of everybody else meanwhile. */

setDefaultTimeout(120_000);

let program: Program;
let sandbox: Sandbox;
beforeAll(async () => {
  sandbox = startSandbox();
  program = await startProgram();
});
afterAll(async () => {
  await program.stop();
  await sandbox.stop();
});

const user = (content: string) => ({ role: "user", content });
const PARAGRAPH =
  "Summaries travel between many programs, and each of them counts in its own way: some by words, some by letters, a few by tokens. " +
  "The harbour was quiet; 3 ships out of 27 had left before dawn, and nobody knew why.\n\n";
const ENGLISH = PARAGRAPH.repeat(Math.ceil((2 * 2 ** 20) / PARAGRAPH.length));

/** The inputs that stop tokenizers, and their tokens in o200k where they follow from the tokens that there are. */
const INPUTS: readonly (readonly [name: string, text: string, tokens: number | undefined])[] = [
  ["2 MB of English", ENGLISH, countTokens(ENGLISH)],
  [
    "300,000 Chinese characters",
    "这是一个没有空格的很长的中文文本用来测试分词器和计数".repeat(11_539),
    undefined,
  ],
  ["300,000 times one Chinese character", "中".repeat(300_000), 300_000],
  ["200,000 spaces", " ".repeat(200_000), 1_563],
  ["a megabyte of one letter", "a".repeat(1_000_000), 125_000],
  ["100,000 emoji", "😀".repeat(100_000), 100_000],
];

/** What a message costs beside its text, and the whole prompt once. */
const OVERHEAD = 7;

describe("OpenAI's worked example", () => {
  const say = (name: string, content: string) => ({ role: "system", name, content });
  const EXAMPLE = [
    {
      role: "system",
      content:
        "You are a helpful, pattern-following assistant that translates corporate jargon into plain English.",
    },
    say("example_user", "New synergies will help drive top-line growth."),
    say("example_assistant", "Things working well together will increase revenue."),
    say(
      "example_user",
      "Let's circle back when we have more bandwidth to touch base on opportunities for increased leverage.",
    ),
    say("example_assistant", "Let's talk later when we're less busy about how to do better."),
    user("This late pivot means we don't have time to boil the ocean for the client deliverable."),
  ];

  test.each([
    ["gpt-4o", 124, 128_000],
    ["gpt-4", 129, 8_192],
  ])("is counted for %s as in OpenAI's guide", async (model, tokens, window) => {
    expect(await tokensOf(program, model, EXAMPLE)).toEqual({ tokens, context_window: window });
  });
});

test("what is not exact is marked so", async () => {
  const messages = [user("<|endoftext|> is text")];
  expect(await tokensOf(program, "gpt-4o", messages)).not.toHaveProperty("estimated");
  for (const model of ["claude-opus-4-8", "gpt-5", "gpt-6-sol", "somebody/some-model"]) {
    expect(await tokensOf(program, model, messages)).toHaveProperty("estimated", true);
  }
});

test("no key and no address are asked for, and none is taken", async () => {
  const response = await post(program, "/v1/chat/tokens", {
    model: "gpt-4o",
    messages: [user("a")],
    api_key: "k",
  });
  expect((await readRefusal(response)).error.param).toBe("api_key");
});

test.each(INPUTS)("%s", async (name, text, tokens) => {
  const began = performance.now();
  const counted = await tokensOf(program, "gpt-4o", [user(text)]);
  note(`${name}: ${counted.tokens} tokens in ${Math.round(performance.now() - began)} ms`);
  if (tokens !== undefined) expect(counted.tokens).toBe(tokens + OVERHEAD);
  else expect(counted.tokens).toBe((await tokensOf(program, "gpt-4o", [user(text)])).tokens);
});

test("while all of them are counted, everybody else is answered and a stream keeps its pace", async () => {
  const gaps = await gapsOfStream(async () => {
    const order: string[] = [];
    let counting = INPUTS.length;
    const counts = INPUTS.map(async ([name, text]) => {
      await tokensOf(program, "gpt-4o", [user(text)]);
      counting--;
      order.push(name);
    });
    const longest = { health: 0, ready: 0, tokens: 0, chat: 0 };
    const timed = async (what: keyof typeof longest, ask: () => Promise<unknown>) => {
      const began = performance.now();
      await ask();
      longest[what] = Math.max(longest[what], performance.now() - began);
    };
    let rounds = 0;
    do {
      await timed("tokens", () => tokensOf(program, "gpt-4o", [user("hello world")]));
      await timed("health", async () => expect((await fetch(`${program.url}/health`)).status).toBe(200));
      await timed("ready", async () => expect((await fetch(`${program.url}/ready`)).status).toBe(200));
      await timed("chat", async () => {
        const answer = await post(program, CHAT, chatBody(sandbox.url, "demo-echo"));
        expect(readNativeStream(await answer.text()).text).toBe("Hello");
      });
      if (rounds++ === 0) order.push("a short one");
    } while (counting > 0);
    await Promise.all(counts);
    // It was asked for after all the others.
    expect(order.indexOf("a short one")).toBeLessThan(INPUTS.length);
    expect(order.length).toBe(INPUTS.length + 1);
    const words = Object.entries(longest).map(([what, ms]) => `${what} ${Math.round(ms)} ms`);
    note(`meanwhile, the longest of ${rounds} each: ${words.join(", ")}`);
  });
  note(
    `the stream's gaps of 10 ms: the longest ${Math.round(gaps.longest)} ms, before that ${Math.round(gaps.usual)} ms`,
  );
});

test("a summary of very many messages does not hold up the counts of others", async () => {
  const messages = Array.from({ length: 20_000 }, (_, i) => user(`Message ${i}: ${PARAGRAPH}`));
  const leaving = new AbortController();
  let isOver = false;
  const summary = post(program, "/v1/chat/summarize", chatBody(sandbox.url, "demo-hang", { messages }), {
    signal: leaving.signal,
  }).then(
    () => {
      isOver = true;
    },
    () => undefined,
  );
  let longest = 0;
  // As long as it is measured: its parts hang, so that it does not end by itself.
  while (sandbox.open === 0) {
    const began = performance.now();
    expect((await tokensOf(program, "gpt-4o", [user("hello world")])).tokens).toBe(9);
    longest = Math.max(longest, performance.now() - began);
  }
  note(`meanwhile, the longest count took ${Math.round(longest)} ms`);
  expect(isOver).toBeFalse();
  leaving.abort();
  await summary;
});

test("a client that leaves is not counted for, and others are", async () => {
  const leaving = new AbortController();
  const body = { model: "gpt-4o", messages: [user("中".repeat(2_000_000))] };
  const left = post(program, "/v1/chat/tokens", body, { signal: leaving.signal }).catch(
    (error) => error.name,
  );
  await tokensOf(program, "gpt-4o", [user("hello")]);
  leaving.abort();
  expect(await left).toBe("AbortError");
  expect((await tokensOf(program, "gpt-4o", [user("hello world")])).tokens).toBe(9);
});

/** Runs a numbered stream of a hundred tokens a second, and `work` once it runs. */
async function gapsOfStream(work: () => Promise<void>): Promise<{ usual: number; longest: number }> {
  const response = await post(program, CHAT, chatBody(sandbox.url, "demo-numbered-600-100"));
  let text = "";
  let last: number | undefined;
  const gaps: number[] = [];
  let before = 0;
  let working: Promise<void> | undefined;
  const utf8 = new TextDecoder();
  for await (const bytes of response.body ?? []) {
    const now = performance.now();
    if (last !== undefined) gaps.push(now - last);
    last = now;
    text += utf8.decode(bytes, { stream: true });
    if (gaps.length < 50 || working !== undefined) continue;
    before = gaps.length;
    working = work();
  }
  await working;
  const numbers = [...readNativeStream(text).text.matchAll(/tok-(\d+)/g)].map(([, number]) => Number(number));
  expect(numbers).toEqual(Array.from({ length: 600 }, (_, i) => i + 1));
  return { usual: Math.max(...gaps.slice(0, before)), longest: Math.max(...gaps.slice(before)) };
}
