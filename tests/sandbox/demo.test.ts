import { describe, expect, test } from "bun:test";
import type { Ask, Turn } from "../../src/sandbox/ask.ts";
import { demoAnswer } from "../../src/sandbox/demo-answer.ts";
import { findScenario } from "../../src/sandbox/models.ts";
import { readTranscript } from "../../src/sandbox/transcript.ts";

function ask(text: string, { system = "", before = [] as Turn[] } = {}): Ask {
  return {
    model: "demo",
    options: [],
    key: "k",
    stream: true,
    system,
    turns: [...before, { role: "user", text }],
    text,
    inputTokens: 1,
    limit: undefined,
    tool: undefined,
    afterTool: false,
    firstOfTwo: () => true,
  };
}

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
    const answer = demoAnswer(ask(text));
    expect(answer).toStartWith(`[demo] ${expected}`);
    expect(answer).toMatch(/not a language model|no language model|No language model/);
  });

  test("varies with what is said and with the turn", () => {
    const answers = ["one", "two", "three", "four", "five"].map(
      (text) => demoAnswer(ask(text)).split('". ')[1],
    );
    expect(new Set(answers).size).toBeGreaterThan(1);
    expect(demoAnswer(ask("one"))).toBe(demoAnswer(ask("one")));
    expect(demoAnswer(ask("and now?", { before: TALK }))).toContain("This is message 3 of yours");
  });

  test("does not choke on odd texts", () => {
    for (const odd of [
      "1".repeat(200_000),
      "\n".repeat(200_000),
      "中".repeat(200_000),
      "\ud800",
      "Aa ".repeat(50_000),
    ]) {
      for (const text of [odd, `summarize ${odd}a`]) expect(demoAnswer(ask(text)).isWellFormed()).toBeTrue();
    }
  });
});

describe("the demo's summary", () => {
  test.each([
    ["a system prompt", ask("Go on.", { system: "Summarise the conversation.", before: TALK })],
    ["the last words", ask("Please give me a summary of all this.", { before: TALK })],
    ["a transcript", ask(`Text follows.\n${TALK.map(({ role, text }) => `${role}: ${text}`).join("\n")}`)],
    ["tags", ask(`Condense:\n${TALK.map(({ role, text }) => `<${role}>\n${text}\n</${role}>`).join("\n")}`)],
    ["marks", ask(`${enclosed("conversation", spoken)}\n\nSummarize the conversation above.`)],
    [
      "marks around earlier summaries",
      ask(`${enclosed("summary 1", demoAnswer(ask("summarize", { before: TALK })))}\n\nMake one summary.`),
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
    const summary = demoAnswer(ask("summarize", { before: [...TALK, ...long, ...long] }));
    expect(summary).toMatch(/Names:\n.*Maria.*/);
    expect(summary).toMatch(/Numbers:\n.*\$1,200/);
    expect(summary.length).toBeLessThan(2_000);
  });

  test("is not made for whoever only asks something", () => {
    expect(demoAnswer(ask("What time is it?", { before: TALK }))).not.toContain("Summary");
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
  const steps = [...(findScenario("demo-slow")?.scenario.script?.(ask("hello")) ?? [])];
  expect(steps.slice(0, 3)).toEqual([
    { do: "begin" },
    { do: "wait", ms: 7_000 },
    { do: "text", text: "[demo]" },
  ]);
  expect(steps.at(-1)).toEqual({ do: "end", reason: "stop" });
});
