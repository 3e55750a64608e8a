import { describe, expect, test } from "bun:test";
import { Exchange } from "../../src/sandbox/exchange.ts";
import { findScenario } from "../../src/sandbox/models.ts";
import { openai } from "../../src/sandbox/openai/protocol.ts";
import type { ScriptContext } from "../../src/sandbox/parsed-request.ts";
import { preparePlayback } from "../../src/sandbox/playback.ts";
import { RequestHistory } from "../../src/sandbox/request-history.ts";
import { say } from "../../src/sandbox/script.ts";
import { streamAnswer } from "../../src/sandbox/stream-answer.ts";
import { PROTOCOLS } from "./client.ts";

/** Counts the waits that are asked for and waits for none of them. */
class Hurry extends Exchange {
  waits = 0;

  constructor() {
    super(() => undefined);
  }

  override async pause(): Promise<void> {
    this.waits++;
  }
}

/** Plays a model's stream, for at most so many writes. */
async function play(model: string, pace: number | undefined, most = Number.POSITIVE_INFINITY) {
  const parsed = openai.read({
    method: "POST",
    path: "/chat/completions",
    headers: { "content-type": "application/json" },
    body: PROTOCOLS.openai.body(model),
    isJson: true,
    bytes: 0,
  });
  const { scenario, options } = findScenario(model) ?? { options: [] };
  if (scenario === undefined) throw new Error(`no scenario ${model}`);
  const exchange = new Hurry();
  const context: ScriptContext = { ...parsed, protocol: "openai", key: "k", options, firstOfTwo: () => true };
  const writes: string[] = [];
  for await (const write of streamAnswer(
    preparePlayback(scenario, context, { protocol: openai, exchange, pace }),
  )) {
    writes.push(new TextDecoder().decode(write));
    if (writes.length >= most) exchange.end("cancelled");
  }
  return { writes, waits: exchange.waits };
}

describe("the pace", () => {
  test("of the sandbox wins over a scenario's", async () => {
    expect((await play("demo-numbered", undefined)).waits).toBeGreaterThan(0);
    expect((await play("demo-numbered", 0)).waits).toBe(0);
    expect((await play("demo", undefined)).waits).toBeGreaterThan(0);
    expect((await play("demo", 0)).waits).toBe(0);
  });

  test("of a scenario without one stays", async () => {
    expect((await play("demo-fast", 1)).waits).toBe(0);
  });

  test("that the caller chose wins over both", async () => {
    expect((await play("demo-numbered-3-1", 0)).waits).toBeGreaterThan(0);
    expect((await play("demo-numbered-3-0", 1)).waits).toBe(0);
  });
});

describe("writes", () => {
  test("hold one token or twenty", async () => {
    // The end is a write of its own.
    expect((await play("demo-fast", 0)).writes.length).toBe(501);
    expect((await play("demo-burst", 0)).writes.length).toBe(26);
  });

  test("stop when the caller has left", async () => {
    expect((await play("demo-endless", 0, 3)).writes.length).toBe(3);
    expect((await play("demo-line", 0, 3)).writes.length).toBe(3);
  });
});

test("text is cut into tokens without loss, and never inside a character", () => {
  for (const text of [
    "",
    " ",
    "one two",
    "  a\n\n b ",
    "x".repeat(100),
    "👩‍👩‍👧".repeat(9),
    "\ud800 \udc00",
    "a\u2028b",
  ]) {
    const tokens = [...say(text)].map((step) => (step.do === "text" ? step.text : ""));
    expect(tokens.join("")).toBe(text);
    if (text.isWellFormed()) expect(tokens.every((token) => token.isWellFormed())).toBeTrue();
  }
});

test("the memory forgets after a while", () => {
  const memory = new RequestHistory();
  expect([1, 2, 3, 4].map(() => memory.firstOfTwo("a", 1_000))).toEqual([true, false, true, false]);
  expect([1, 2].map(() => memory.firstOfTwo("b", -1))).toEqual([true, true]);
});
