/** Thought at the start of a summary is left out; thought alone is none (field kind N). */

import { afterAll, beforeAll, describe, expect, setDefaultTimeout, test } from "bun:test";
import { block, delta, END, START, stop } from "../protocols/field-reports/anthropic-events.ts";
import { chunk } from "../protocols/field-reports/support.ts";
import { askBy, type FieldProvider, startFieldProvider } from "../support/field-provider.ts";
import { type Program, startProgram } from "../support/program.ts";
import { PROTOCOLS } from "../support/streams.ts";

setDefaultTimeout(60_000);

let program: Program;
let provider: FieldProvider;
beforeAll(async () => {
  provider = startFieldProvider();
  program = await startProgram({ args: ["--retries", "0"] });
});
afterAll(async () => {
  await program.stop();
  await provider.stop();
});

describe("thought at the start of a summary", () => {
  const THOUGHTS: readonly (readonly [string, string])[] = [
    ["<think>\nLet me count.\n</think>\n\nFacts.", "Facts."],
    ["<thinking>Hm.</thinking>Facts.", "Facts."],
    ["\n\n<think>Hm.</think>\nFacts.", "Facts."],
    ["<THINK>Hm.</THINK>Facts.", "Facts."],
    ["<think></think>\n\nFacts.", "Facts."],
    ["<think>a</think><think>b</think>Facts.", "Facts."],
    ["Hm, let me count.\n</think>\n\nFacts.", "Facts."],
    ["[THINK]Hm.[/THINK]Facts.", "Facts."],
    ["◁think▷Hm.◁/think▷Facts.", "Facts."],
    ["<|START_THINKING|>Hm.<|END_THINKING|><|START_RESPONSE|>Facts.", "Facts."],
    ["<seed:think>Hm.</seed:think>Facts.", "Facts."],
    ["<|channel|>analysis<|message|>Hm.<|end|><|start|>assistant<|channel|>final<|message|>Facts.", "Facts."],
    ["<reasoning>Hm.</reasoning>\nFacts.", "Facts."],
    ["<thought>Hm.</thought>Facts.", "Facts."],
    ["<thinking>Hm.</thinking>Facts.", "Facts."],
    ['<think type="long">Hm.</think>Facts.', "Facts."],
    ["Facts with a <think> in them.", "Facts with a <think> in them."],
    ["Facts: he wrote <think>x</think> in XML.", "Facts: he wrote <think>x</think> in XML."],
    ["<thinker> is a word.", "<thinker> is a word."],
    ["<table>Facts.</table>", "<table>Facts.</table>"],
  ];
  const ALONE = [
    "<think>Hm.</think>",
    "<think>Hm.",
    "<think>Hm.</think>\n \n",
    "<|channel|>analysis<|message|>Hm.",
    "[THINK]Hm.",
    "Hm.\n</think>",
    "<thinking>\n",
  ];

  describe.each(PROTOCOLS)("%s", (protocol) => {
    const pieces = (text: string, size: number) => text.match(new RegExp(`[^]{1,${size}}`, "gu")) ?? [];
    const frames = (text: string, size: number) =>
      protocol === "openai"
        ? [...pieces(text, size).map((content) => chunk({ content })), chunk({}, "stop"), "[DONE]"]
        : [START, block(""), ...pieces(text, size).map((piece) => delta(piece)), stop(), ...END];

    test.each(THOUGHTS)("%j", async (text, summary) => {
      for (const size of [1, 3, 1_000]) {
        for (const way of ["summary", "summary stream"] as const) {
          const told = await askBy(
            way,
            program,
            provider,
            protocol,
            provider.play({ frames: frames(text, size) }),
          );
          expect([way, size, told.finish, told.text]).toEqual([way, size, "success", summary]);
        }
      }
    });

    test.each(ALONE)("%j alone is bad_output", async (text) => {
      for (const way of ["summary", "summary stream"] as const) {
        const told = await askBy(
          way,
          program,
          provider,
          protocol,
          provider.play({ frames: frames(text, 4) }),
        );
        expect([told.error?.type, told.finish]).toEqual(["bad_output", undefined]);
      }
    });
  });
});
