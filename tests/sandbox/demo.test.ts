import { describe, expect, test } from "bun:test";
import { demoAnswer } from "../../src/sandbox/demo-answer.ts";
import { findScenario } from "../../src/sandbox/models.ts";
import type { Turn } from "../../src/sandbox/parsed-request.ts";
import { readTranscript } from "../../src/sandbox/transcript.ts";
import { context } from "./script-context.ts";

const TALK: Turn[] = [
  {
    role: "user",
    text: "We must move the launch of Project Falcon to 14 March. There is no other way, as you know.",
  },
  {
    role: "assistant",
    text: "Understood. We decided to use PostgreSQL 17 for the store. It costs $1,200 a month.",
  },
  {
    role: "user",
    text: "Good. Then tell Maria in Berlin about it. I would do so myself, but the week is full.",
  },
  { role: "assistant", text: "I will write to her. She answers slowly, so let's plan for 35% more time." },
];

const spoken = TALK.map(({ role, text }) => `[${role}]\n${text}`).join("\n\n");

function enclosed(what: string, text: string): string {
  const mark = "93d9d065-2ac7-4e88-a2a1-0079d142df13";
  return `--- ${what} ${mark} begins ---\n${text}\n--- ${what} ${mark} ends ---`;
}

describe("the demo's answer", () => {
  test.each([
    ["hello", "Hello! This is a scripted reply"],
    ["What is the capital of France?", 'You asked "What is the capital of France?".'],
    ["My name is Grace", "Pleased to meet you, Grace."],
    ["my name is not important", 'You said "my name is not important".'],
    ["who are you?", "You want to know what I am."],
    ["```js\nlet a = 1;\n```", "That looks like code; it begins with"],
    ["thanks!", "You are welcome."],
    ["  ", "You sent no text"],
    ["word ".repeat(80), "You wrote 80 words"],
    ["It rains.", 'You said "It rains.".'],
  ])("to %j", (text, expected) => {
    const answer = demoAnswer(context(text));
    expect(answer).toStartWith(`[demo] ${expected}`);
    expect(answer).toMatch(/not a language model|no language model|No language model/);
  });

  test("varies with what is said and with the turn", () => {
    const answers = ["one", "two", "three", "four", "five"].map(
      (text) => demoAnswer(context(text)).split('". ')[1],
    );
    expect(new Set(answers).size).toBeGreaterThan(1);
    expect(demoAnswer(context("one"))).toBe(demoAnswer(context("one")));
    expect(demoAnswer(context("and now?", { before: TALK }))).toContain("This is message 3 of yours");
  });

  test("does not choke on odd texts", () => {
    for (const odd of [
      "1".repeat(200_000),
      "\n".repeat(200_000),
      "中".repeat(200_000),
      "\ud800",
      "Aa ".repeat(50_000),
    ]) {
      for (const text of [odd, `summarize ${odd}a`])
        expect(demoAnswer(context(text)).isWellFormed()).toBeTrue();
    }
  });
});

describe("the demo's summary", () => {
  test.each([
    ["a system prompt", context("Go on.", { system: "Summarise the conversation.", before: TALK })],
    ["the last words", context("Please give me a summary of all this.", { before: TALK })],
    [
      "a transcript",
      context(`Text follows.\n${TALK.map(({ role, text }) => `${role}: ${text}`).join("\n")}`),
    ],
    [
      "tags",
      context(`Condense:\n${TALK.map(({ role, text }) => `<${role}>\n${text}\n</${role}>`).join("\n")}`),
    ],
    ["marks", context(`${enclosed("conversation", spoken)}\n\nSummarize the conversation above.`)],
    [
      "marks around earlier summaries",
      context(
        `${enclosed("summary 1", demoAnswer(context("summarize", { before: TALK })))}\n\nMake one summary.`,
      ),
    ],
  ])("asked for by %s keeps what matters", (_, request) => {
    const summary = demoAnswer(request);
    expect(summary).toStartWith("[demo] Summary picked out by a script, not by a language model.");
    expect(summary).toContain("- User: We must move the launch of Project Falcon to 14 March.");
    expect(summary).toMatch(/^- (?:Assistant: )?We decided to use PostgreSQL 17 for the store\.$/m);
    expect(summary).not.toContain("93d9d065");
    expect(summary.split("picked out").length).toBe(2);
  });

  test("of a long conversation names people and numbers and stays short", () => {
    const long = Array.from({ length: 40 }, (_, n) => ({
      role: "user" as const,
      text: `Item ${n} is for Maria, and for Berlin. It has details.`,
    }));
    const summary = demoAnswer(context("summarize", { before: [...TALK, ...long, ...long] }));
    expect(summary).toMatch(/Names:\n.*Maria.*/);
    expect(summary).toMatch(/Numbers:\n.*\$1,200/);
    expect(summary.length).toBeLessThan(2_000);
  });

  test("of a part knows who speaks by the marks alone", () => {
    const said = "[user (continued)]\nUser: is a word here.\n\n[tool look (call 2)]\nFound 17 of them.";
    const summary = demoAnswer(
      context(`${enclosed("conversation", said)}\n\nSummarize the conversation above.`),
    );
    expect(summary).toContain("- User: User: is a word here.\n- Tool: Found 17 of them.");
  });

  test("out of several summaries carries names, numbers and decisions of each over", () => {
    const parts = ["Ada", "Grace", "Barbara"].map((name, n) => {
      const talk: Turn[] = [
        { role: "user", text: `Today I met ${name} Miller, who wants ${1_250 + n} euros.` },
        { role: "assistant", text: `Then we decided to pay ${name} in full.` },
      ];
      return demoAnswer(context("summarize", { before: talk }));
    });
    const marked = parts.map((part, n) => enclosed(`summary ${n + 1}`, part)).join("\n\n");
    const merged = demoAnswer(context(`${marked}\n\nMake one summary of the whole out of them.`));
    for (const [n, name] of ["Ada", "Grace", "Barbara"].entries()) {
      expect(merged).toMatch(new RegExp(`Names:\\n.*${name} Miller`));
      expect(merged).toMatch(new RegExp(`Numbers:\\n.*${1_250 + n} euros|Numbers:\\n.*${1_250 + n}`));
      expect(merged).toContain(`we decided to pay ${name} in full.`);
    }
    expect(merged).not.toMatch(/Summary \d|begins/);
    expect(merged.match(/^(Said|Decided|Names|Numbers):$/gm)?.length).toBeLessThanOrEqual(4);
  });

  test("extends an earlier one, wherever it stands", () => {
    const old = demoAnswer(context("summarize", { before: TALK }));
    const more = "[user]\nNow Ingrid joins us in Oslo with 88 people.";
    for (const prompt of [
      `${enclosed("earlier summary", old)}\n\n${enclosed("conversation", more)}\n\nSummarize.`,
      `${enclosed("conversation", `[summary of what was said before]\n${old}\n\n${more}`)}\n\nSummarize.`,
    ]) {
      const extended = demoAnswer(context(prompt));
      expect(extended).toMatch(/Names:\n.*Project Falcon.*Oslo/);
      expect(extended).toMatch(/Numbers:\n.*\$1,200/);
      expect(extended).toContain("- User: Now Ingrid joins us in Oslo with 88 people.");
    }
  });

  test("of somebody else's summary keeps its words", () => {
    const merged = demoAnswer(
      context(`${enclosed("summary 1", "Facts: the code is QX-77.")}\n\nMake one summary.`),
    );
    expect(merged).toContain("- Before: Facts: the code is QX-77.");
    const again = demoAnswer(context(`${enclosed("summary 1", merged)}\n\nMake one summary.`));
    expect(again).toContain("- Before: Facts: the code is QX-77.");
  });

  test("is made of what is there where marks are opened and never closed", () => {
    const open = enclosed("conversation", "").split("\n")[0];
    expect(demoAnswer(context(`${`${open}\n`.repeat(20_000)}[user]\nSummarize me.`))).toStartWith(
      "[demo] Summary",
    );
  });

  test("is not made for whoever only asks something", () => {
    expect(demoAnswer(context("What time is it?", { before: TALK }))).not.toContain("Summary");
  });
});

test("a transcript is read by labels or tags, and nothing else is one", () => {
  expect(readTranscript("User: hi\nthere\n**Assistant:** hello\n\n[tool]: 4")).toEqual([
    { who: "User", text: "hi\nthere" },
    { who: "Assistant", text: "hello" },
    { who: "Tool", text: "4" },
  ]);
  expect(readTranscript('<message role="user">hi</message>\n<assistant>hello</assistant>')).toEqual([
    { who: "User", text: "hi" },
    { who: "Assistant", text: "hello" },
  ]);
  expect(readTranscript("--- notes begins ---\nabc\n[user Ada]\nhi\n--- notes ends ---\nnot this")).toEqual([
    { who: "Notes", text: "abc" },
    { who: "User", text: "hi" },
  ]);
  expect(readTranscript("Users: many\nThe user: none of these")).toEqual([]);
});

test("demo-slow begins, waits seven seconds and then answers", () => {
  const steps = [...(findScenario("demo-slow")?.scenario.script?.(context("hello")) ?? [])];
  expect(steps.slice(0, 3)).toEqual([
    { do: "begin" },
    { do: "wait", ms: 7_000 },
    { do: "text", text: "[demo]" },
  ]);
  expect(steps.at(-1)).toEqual({ do: "end", reason: "stop" });
});
