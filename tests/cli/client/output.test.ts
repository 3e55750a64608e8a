import { describe, expect, test } from "bun:test";
import { demo } from "../../../src/cli/client/chat-target.ts";
import {
  commandIn,
  completions,
  findCommand,
  unknownCommand,
} from "../../../src/cli/client/commands/slash-commands.ts";
import { explain } from "../../../src/cli/client/error-advice.ts";
import { exitCodeFor } from "../../../src/cli/client/exit-code.ts";
import type { Outcome } from "../../../src/cli/client/output/answer-view.ts";
import { statistics } from "../../../src/cli/client/output/text-view.ts";
import { NashError } from "../../../src/client/index.ts";
import { FAILURE_STATUS, type FailureType } from "../../../src/core/failure.ts";

const OUTCOME: Outcome = {
  target: demo("demo"),
  text: "x".repeat(100),
  toolCalls: [],
  sessionId: "3f0c2a7e-5b1d-4f6a-9c8e-2d7b1a6e4f50",
  usage: { inputTokens: 3, outputTokens: 20 },
  finishReason: "stop",
  stopped: false,
  firstTokenMs: 240,
  totalMs: 1_500,
  saved: true,
};

describe("the line after an answer", () => {
  test("tells time, tokens, session and whether it was kept", () => {
    expect(statistics(OUTCOME)).toBe(
      "0.2 s to first token · 20 tokens (3 in) · 1.5 s in all · session 3f0c2a7e · saved",
    );
  });

  test("says where the number is ours", () => {
    expect(statistics({ ...OUTCOME, usage: null })).toContain("25 tokens (est.)");
  });

  test("says nothing where nothing came", () => {
    expect(statistics({ ...OUTCOME, firstTokenMs: undefined })).toBe("");
  });
});

describe("failures", () => {
  const types = Object.keys(FAILURE_STATUS) as FailureType[];
  const errorOf = (type: FailureType, text = "") => new NashError({ type, message: "why", text });

  test("each has an exit code of its own meaning, and 7 once text came", () => {
    for (const type of types) {
      expect(exitCodeFor(errorOf(type))).toBeGreaterThan(0);
      expect(exitCodeFor(errorOf(type, "text"))).toBe(7);
    }
    expect(exitCodeFor(new Error("ours"))).toBe(1);
  });

  test("the provider's words lose what could act on a terminal", () => {
    const error = new NashError({ type: "upstream", message: "bad \u001b[2J\u202e luck" });
    expect(explain(error, OUTCOME.target, true)[0]).toBe("nash-llm: bad  luck (upstream)");
  });

  test("each tells what to type, fit for where one is", () => {
    expect(explain(errorOf("context_overflow"), OUTCOME.target, true).join()).toContain("/summarize");
    expect(explain(errorOf("context_overflow"), OUTCOME.target, false).join()).not.toContain("/");
    expect(explain(errorOf("not_found"), OUTCOME.target, true).join()).toContain("/model");
    expect(explain(errorOf("not_found"), OUTCOME.target, false).join()).toContain("--model");
  });
});

describe("commands", () => {
  test.each([
    ["/help", { name: "help", argument: "" }],
    ["/MODEL  gpt x ", { name: "model", argument: "gpt x" }],
    ["/system be\nbrief", { name: "system", argument: "be\nbrief" }],
    ["/etc/passwd", undefined],
    ["/ not", undefined],
    ["and /help", undefined],
  ])("%j", (line, command) => {
    expect(commandIn(line)).toEqual(command);
  });

  test("all are there, and the names that users bring along", () => {
    const names =
      "help model system clear retry edit save load sessions summarize tokens copy curl raw exit bye compact regen";
    for (const name of names.split(" ")) expect(findCommand(name)?.name).toBeDefined();
  });

  test("Tab completes them", () => {
    expect(completions("/s")).toEqual(["/system", "/save", "/sessions", "/summarize"]);
    expect(completions("hello")).toEqual([]);
  });

  test("one that is near is named, one that is far is not", () => {
    expect(unknownCommand("sumarise")).toContain("/summarize");
    expect(unknownCommand("zzz")).not.toContain("Did you mean");
  });
});
