import { afterAll, describe, expect, test } from "bun:test";
import { Budget } from "../../src/chat/budget.ts";
import { condense, type Progress, type Work } from "../../src/chat/condense.ts";
import { takeApart } from "../../src/chat/passage.ts";
import { ChatError, type FailureType } from "../../src/core/failure.ts";
import { type Message, textOf } from "../../src/core/message.ts";
import { close } from "../../src/tokens/count.ts";
import { assistant, earlierSummary, user } from "./messages.ts";

afterAll(close);

interface Asked {
  readonly kind: "conversation" | "stretch" | "merge";
  readonly text: string;
  readonly signal: AbortSignal;
}

/** Answers prompts as `answer` says, and remembers them. */
function summarizer(answer: (asked: Asked, index: number) => string | Promise<string>) {
  const prompts: Asked[] = [];
  const whole = async (messages: readonly Message[], signal: AbortSignal) => {
    const text = textOf(messages[1]?.content ?? "");
    const kind = text.includes("--- summary 1 ")
      ? "merge"
      : text.includes("one stretch of")
        ? "stretch"
        : "conversation";
    const asked = { kind, text, signal } as const;
    prompts.push(asked);
    return answer(asked, prompts.length - 1);
  };
  return {
    prompts,
    kinds: () => prompts.map(({ kind }) => kind),
    whole,
    async *stream(messages: readonly Message[], signal: AbortSignal) {
      for (const word of (await whole(messages, signal)).match(/\s*\S+/g) ?? []) yield word;
    },
  };
}

const failing = (type: FailureType) => new ChatError({ type, message: "No." });

async function run(
  messages: readonly Message[],
  asks: Work["summarizer"],
  tokens = 1_000,
  signal?: AbortSignal,
) {
  const budget = new Budget(tokens);
  const never = new AbortController().signal;
  const events: Progress[] = [];
  const work = { model: "gpt-4o", budget, summarizer: asks, signal: signal ?? never };
  for await (const event of condense(takeApart(messages, 0), work)) events.push(event);
  const text = events.map((event) => (event.type === "text" ? event.text : "")).join("");
  const progress = events.flatMap((event) =>
    event.type === "progress" ? [`${event.part}/${event.parts}`] : [],
  );
  return { text, progress, events, budget };
}

/** A conversation of numbered messages with some 25 tokens each. */
const talk = (count: number) =>
  Array.from({ length: count }, (_, i) => {
    const text = `Fact ${i} is worth ${i * 17}. ${"More words here. ".repeat(4)}`;
    return i % 2 === 0 ? user(text) : assistant(text);
  });

/** The numbers of all facts that a text names. */
const factsIn = (text: string) => [...text.matchAll(/Fact (\d+) /g)].map(([, number]) => Number(number));
const allFacts = ({ text }: Asked) =>
  factsIn(text)
    .map((n) => `Fact ${n} .`)
    .join(" ");
const firstAndLast = ({ text }: Asked) => {
  const facts = factsIn(text);
  return `Fact ${facts[0]} . Fact ${facts.at(-1)} .`;
};

describe("a conversation that fits", () => {
  test("takes one request, whose words come as they come", async () => {
    const asks = summarizer(() => "One two three.");
    const { text, events } = await run(talk(4), asks);
    expect(asks.kinds()).toEqual(["conversation"]);
    expect(text).toBe("One two three.");
    expect(events).toEqual([
      { type: "progress", part: 1, parts: 1 },
      { type: "text", text: "One" },
      { type: "text", text: " two" },
      { type: "text", text: " three." },
    ]);
  });

  test("takes its earlier summary along", async () => {
    const asks = summarizer(() => "Both.");
    await run([earlierSummary("Old facts."), ...talk(2)], asks);
    expect(asks.kinds()).toEqual(["conversation"]);
    expect(asks.prompts[0]?.text).toMatch(/--- earlier summary \S+ begins ---\nOld facts\.\n/);
  });
});

describe("a longer one", () => {
  test("is summarized in parts, which are merged in their order", async () => {
    const asks = summarizer(firstAndLast);
    const { text, progress } = await run(talk(100), asks);
    const parts = asks.prompts.filter(({ kind }) => kind === "stretch");
    expect(progress).toEqual(parts.map((_, i) => `${i + 1}/${parts.length}`));
    expect(parts.flatMap((part) => factsIn(part.text))).toEqual(talk(100).map((_, i) => i));
    expect(asks.kinds().at(-1)).toBe("merge");
    expect(asks.kinds().filter((kind) => kind === "merge").length).toBe(1);
    expect(text).toBe("Fact 0 . Fact 99 .");
  });

  test("is merged in order however the parts finish", async () => {
    const asks = summarizer(async (asked, index) => {
      for (let turns = 0; turns < (7 * index) % 5; turns++) await null;
      return allFacts(asked);
    });
    const { text } = await run(talk(60), asks);
    expect(factsIn(text)).toEqual(talk(60).map((_, i) => i));
  });

  test("is merged level by level while the summaries do not fit into one request", async () => {
    const asks = summarizer(
      (asked) => `${firstAndLast(asked)} ${"word ".repeat(asked.kind === "merge" ? 60 : 90)}`,
    );
    const { text } = await run(talk(300), asks, 600);
    expect(asks.kinds().filter((kind) => kind === "merge").length).toBeGreaterThan(4);
    expect(factsIn(text)).toEqual([0, 299]);
  });

  test("costs requests in proportion to its length", async () => {
    const requests: number[] = [];
    for (const count of [100, 200, 400, 800]) {
      const asks = summarizer((asked) => `${firstAndLast(asked)} ${"word ".repeat(60)}`);
      await run(talk(count), asks, 600);
      requests.push(asks.prompts.length);
    }
    for (const [i, count] of requests.entries()) {
      if (i > 0) expect(count).toBeLessThanOrEqual(2.2 * (requests[i - 1] ?? 0));
    }
  });

  test("has its earlier summary merged before those of the parts, and asked for once", async () => {
    const asks = summarizer((asked) => (asked.kind === "merge" ? "All." : "Part."));
    await run([earlierSummary("Old facts."), ...talk(100)], asks);
    expect(asks.prompts.filter(({ text }) => text.includes("Old facts.")).length).toBe(1);
    expect(asks.prompts.at(-1)?.text).toMatch(/^--- summary 1 \S+ begins ---\nOld facts\.\n/);
  });

  test("has an earlier summary that leaves no room treated as material", async () => {
    const asks = summarizer(allFacts);
    const old = talk(30)
      .map(({ content }) => textOf(content))
      .join("\n");
    const { text } = await run([earlierSummary(old), user("Fact 77 is new.")], asks);
    expect(asks.prompts[0]?.text).toContain("[summary of what was said before]\nFact 0 ");
    expect(factsIn(text)).toEqual([...talk(30).map((_, i) => i), 77]);
  });

  test("asks for short summaries where many must share a request", async () => {
    const asks = summarizer(firstAndLast);
    await run(talk(100), asks);
    expect(asks.prompts[0]?.text).toMatch(/Use at most about 100 words\.$/);
    expect(asks.prompts.at(-1)?.text).not.toContain("Use at most");
  });
});

describe("a window that is smaller than was supposed", () => {
  const within = (window: number) => (asked: Asked) => {
    if (asked.text.length / 4 > window) throw failing("context_overflow");
    return firstAndLast(asked);
  };

  test("makes parts out of one request", async () => {
    const asks = summarizer(within(500));
    const { text, progress, budget } = await run(talk(30), asks, 10_000);
    expect(asks.kinds().slice(0, 2)).toEqual(["conversation", "stretch"]);
    expect(progress.at(-1)).toMatch(/^(\d+)\/\1$/);
    expect(factsIn(text)).toEqual([0, 29]);
    expect(budget.tokens).toBeLessThanOrEqual(500);
  });

  test("makes smaller parts, and asks for none again that is done", async () => {
    const asks = summarizer(within(400));
    const { text } = await run(talk(200), asks, 1_000);
    const done = asks.prompts.filter(({ kind, text: one }) => kind === "stretch" && one.length / 4 <= 400);
    expect(done.flatMap((part) => factsIn(part.text)).toSorted((a, b) => a - b)).toEqual(
      talk(200).map((_, i) => i),
    );
    // The budget is halved twice; each time what is under way is refused as well.
    expect(
      asks.prompts.length - done.length - asks.kinds().filter((kind) => kind === "merge").length,
    ).toBeLessThanOrEqual(8);
    expect(factsIn(text)).toEqual([0, 199]);
  });

  test("makes material of an earlier summary that fits no longer", async () => {
    const old = talk(25)
      .map(({ content }) => textOf(content))
      .join("\n");
    const asks = summarizer(within(450));
    const { text } = await run([earlierSummary(old), user("Fact 77 is new.")], asks, 2_000);
    expect(asks.prompts[0]?.text).toMatch(/--- earlier summary \S+ begins/);
    expect(asks.prompts[1]?.text).toContain("[summary of what was said before]\nFact 0 ");
    expect(factsIn(text)).toEqual([0, 77]);
  });

  test("has long summaries told again, shorter, so that they can be merged", async () => {
    const asks = summarizer((asked) => {
      const isLong = asked.kind === "stretch" && !asked.text.includes("[summary of");
      return `${firstAndLast(asked)} ${"word ".repeat(isLong ? 500 : 20)}`;
    });
    const { text } = await run(talk(60), asks, 800);
    expect(
      asks.prompts.some(({ text: one }) => one.includes("[summary of what was said before]")),
    ).toBeTrue();
    expect(factsIn(text)).toEqual([0, 59]);
  });

  test("makes smaller groups to merge", async () => {
    let refused = false;
    const asks = summarizer((asked) => {
      if (asked.kind === "merge" && !refused) {
        refused = true;
        throw failing("context_overflow");
      }
      return `${firstAndLast(asked)} ${"word ".repeat(40)}`;
    });
    const { text } = await run(talk(100), asks, 1_000);
    expect(refused).toBeTrue();
    expect(factsIn(text)).toEqual([0, 99]);
  });

  test("that takes nothing at all is the provider's own failure", async () => {
    const asks = summarizer(within(0));
    await expect(run(talk(100), asks, 4_000)).rejects.toMatchObject({
      failure: { type: "context_overflow" },
    });
    expect(asks.prompts.length).toBeLessThan(30);
  });

  test("may be a limit of the body's size", async () => {
    const asks = summarizer((asked) => {
      if (asked.text.length > 3_000) throw failing("too_large");
      return firstAndLast(asked);
    });
    expect(factsIn((await run(talk(60), asks, 5_000)).text)).toEqual([0, 59]);
  });

  test("is not guessed at once words have come", async () => {
    const asks = {
      ...summarizer(() => ""),
      async *stream() {
        yield "Some";
        throw failing("context_overflow");
      },
    };
    await expect(run(talk(4), asks)).rejects.toMatchObject({ failure: { type: "context_overflow" } });
  });
});

describe("a failure", () => {
  test("of one part is the failure of the whole, and ends the others", async () => {
    const asks = summarizer((asked, index) => {
      if (index === 2) throw failing("rate_limit");
      return new Promise((_, reject) =>
        asked.signal.addEventListener("abort", () => reject(asked.signal.reason)),
      );
    });
    await expect(run(talk(300), asks)).rejects.toMatchObject({ failure: { type: "rate_limit" } });
    expect(asks.prompts.length).toBe(4);
    for (const { signal } of asks.prompts) expect(signal.aborted).toBeTrue();
  });

  test("of a merge is the failure of the whole", async () => {
    const asks = summarizer((asked) => {
      if (asked.kind === "merge") throw failing("bad_output");
      return "Part.";
    });
    await expect(run(talk(100), asks)).rejects.toMatchObject({ failure: { type: "bad_output" } });
  });

  test("is what summaries are that do not become shorter", async () => {
    const asks = summarizer(({ text }) => text);
    await expect(run(talk(100), asks)).rejects.toMatchObject({ failure: { type: "bad_output" } });
  });

  test("is told of a caller that leaves", async () => {
    const leaving = new AbortController();
    const asks = summarizer((asked, index) => {
      if (index === 3) leaving.abort(new Error("gone"));
      return new Promise((_, reject) => {
        if (asked.signal.aborted) reject(asked.signal.reason);
        asked.signal.addEventListener("abort", () => reject(asked.signal.reason));
      });
    });
    await expect(run(talk(300), asks, 1_000, leaving.signal)).rejects.toThrow("gone");
    for (const { signal } of asks.prompts) expect(signal.aborted).toBeTrue();
  });
});
