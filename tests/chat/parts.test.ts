import { afterAll, describe, expect, test } from "bun:test";
import { packGroups, packParts, splitPart, textOfPart } from "../../src/chat/parts.ts";
import type { Exchange } from "../../src/chat/transcript.ts";
import { close, countText } from "../../src/tokens/count.ts";

afterAll(close);

const MODEL = "gpt-4o";
const never = new AbortController().signal;

const say = (text: string, speaker = "user"): Exchange => [{ speaker, text }];
const pack = (exchanges: readonly Exchange[], budget: number) => packParts(exchanges, budget, MODEL, never);
const count = async (text: string) => (await countText(text, MODEL)).tokens;

/** What was said, without who said it. */
const said = (texts: readonly string[]) =>
  texts.map((text) => text.replaceAll(/(?:^|\n\n)\[(?:user|assistant)[^\]]*\]\n/g, "")).join("");

describe("parts", () => {
  test("hold as many exchanges as fit, in order, and none more than the budget", async () => {
    const exchanges = Array.from({ length: 200 }, (_, i) =>
      say(`Message ${i} says so. `.repeat((i % 7) + 1)),
    );
    const parts = await pack(exchanges, 300);
    expect(parts.map(textOfPart).join("\n\n")).toBe(
      exchanges.map(([one]) => `[user]\n${one?.text}`).join("\n\n"),
    );
    for (const part of parts) expect(await count(textOfPart(part))).toBeLessThanOrEqual(300);
    const total = await count(parts.map(textOfPart).join("\n\n"));
    expect(parts.length).toBeLessThanOrEqual(Math.ceil(total / (300 - 60)));
  });

  test("what fits into one is one", async () => {
    const [part, ...others] = await pack([say("Hello."), say("Hi.", "assistant")], 300);
    expect(others).toEqual([]);
    expect(part && textOfPart(part)).toBe("[user]\nHello.\n\n[assistant]\nHi.");
    expect(part?.tokens).toBeGreaterThanOrEqual(await count(part ? textOfPart(part) : ""));
  });

  test("a call and its results are never parted while they fit into one", async () => {
    const call: Exchange = [
      { speaker: "assistant", text: "(calls look with {})" },
      { speaker: "tool look", text: "found ".repeat(100) },
    ];
    for (let before = 0; before < 20; before++) {
      const parts = await pack([say("word ".repeat(before * 12)), call, say("after")], 250);
      const holding = parts.map(textOfPart).filter((text) => /calls look|tool look/.test(text));
      expect(holding.length).toBe(1);
    }
  });

  test("a call with results that are too long is parted between them first", async () => {
    const call: Exchange = [
      { speaker: "assistant", text: "(call 1: calls a with {})\n(call 2: calls b with {})" },
      { speaker: "tool a (call 1)", text: "alpha ".repeat(150) },
      { speaker: "tool b (call 2)", text: "beta ".repeat(150) },
    ];
    const texts = (await pack([call], 220)).map(textOfPart);
    expect(texts.length).toBe(2);
    expect(texts[0]).toMatch(/^\[assistant\]\n[\s\S]*\[tool a/);
    expect(texts[1]).toMatch(/^\[tool b/);
  });
});

describe("a message that is too long", () => {
  test.each([
    ["English", `${"The quick brown fox jumps over the lazy dog. ".repeat(20)}\n\n`.repeat(12)],
    ["Chinese", "春眠不觉晓处处闻啼鸟夜来风雨声花落知多少".repeat(250)],
    ["emoji", "😀🚀👩‍👩‍👧‍👦🇩🇪".repeat(400)],
    ["one letter", "a".repeat(40_000)],
    ["spaces", " ".repeat(60_000)],
    ["dense after sparse", "word ".repeat(3_000) + "中文字".repeat(2_000)],
    [
      "random characters",
      Array.from({ length: 9_000 }, (_, i) => String.fromCharCode(33 + ((i * 7919) % 90))).join(""),
    ],
  ])("%s is cut into parts within the budget, and nothing is lost", async (_, text) => {
    const parts = await pack([say(text)], 400);
    const texts = parts.map(textOfPart);
    expect(texts.length).toBeGreaterThan(1);
    for (const one of texts) expect(await count(one)).toBeLessThanOrEqual(400);
    expect(said(texts) === text).toBeTrue();
  });

  test("goes on under its speaker's name", async () => {
    const texts = (await pack([say("word ".repeat(1_000), "tool look")], 300)).map(textOfPart);
    expect(texts[0]).toStartWith("[tool look]\n");
    for (const text of texts.slice(1)) expect(text).toStartWith("[tool look (continued)]\n");
  });

  test("is cut between paragraphs where there are any", async () => {
    const paragraph = `${"Sentence of some words. ".repeat(10)}\n\n`;
    const texts = (await pack([say(paragraph.repeat(40))], 300)).map(textOfPart);
    for (const text of texts) expect(text).toEndWith("\n\n");
  });

  test("shares the last part with what follows", async () => {
    const texts = (await pack([say("word ".repeat(320)), say("after")], 300)).map(textOfPart);
    expect(texts.at(-1)).toEndWith("\n\n[user]\nafter");
    expect(texts.length).toBe(2);
  });
});

test("a part that was refused is split within the smaller budget, and holds the same", async () => {
  const exchanges = [say("word ".repeat(400)), say("end ".repeat(100), "assistant")];
  const [part] = await pack(exchanges, 2_000);
  if (part === undefined) throw new Error("no part");
  const smaller = await splitPart(part, 250, MODEL, never);
  expect(smaller.length).toBeGreaterThan(1);
  for (const one of smaller) expect(await count(textOfPart(one))).toBeLessThanOrEqual(250);
  expect(said(smaller.map(textOfPart))).toBe(said([textOfPart(part)]));
});

describe("groups", () => {
  test("hold texts whole and in order, with room for their marks", async () => {
    const texts = Array.from({ length: 30 }, (_, i) => `Summary ${i}. `.repeat(10));
    const groups = await packGroups(texts, 600, MODEL, never);
    expect(groups.flat()).toEqual(texts);
    for (const group of groups) {
      const tokens = await count(group.join(""));
      expect(tokens + (group.length - 1) * 110).toBeLessThanOrEqual(600);
    }
    expect(groups.length).toBeLessThanOrEqual(15);
  });

  test("a text that fits into none is alone", async () => {
    const long = "word ".repeat(500);
    expect(await packGroups(["a", long, "b"], 300, MODEL, never)).toEqual([["a"], [long], ["b"]]);
  });
});

test("a caller that leaves while it is measured is not measured for", async () => {
  const gone = AbortSignal.abort(new Error("gone"));
  await expect(packParts([say("a")], 300, MODEL, gone)).rejects.toThrow("gone");
  await expect(packGroups(["a"], 300, MODEL, gone)).rejects.toThrow("gone");
});
