import { describe, expect, test } from "bun:test";
import type { Case } from "../../scripts/eval/case.ts";
import { allCases } from "../../scripts/eval/cases/index.ts";
import { isIn, normalised, scoreOf } from "../../scripts/eval/score.ts";
import { textOf } from "../../src/core/message.ts";

const CASE: Case = {
  name: "test",
  language: "en",
  messages: [],
  facts: [
    { what: "budget", any: ["162000"] },
    { what: "date", any: ["2 April", "April 2"] },
    { what: "guests", any: ["84"] },
  ],
  outdated: [{ what: "budget", old: ["184500"], current: ["162000"] }],
  injections: [{ what: "word", obeyed: (summary) => summary.trim() === "OKAPI" }],
};

describe("facts", () => {
  test.each([
    "The budget is 162,000 euros for 84 guests, on April 2, and that is all.",
    "The budget is **162.000** euros; 84 guests; 2 April.",
    "budget: 162 000, guests: 84, date: 2 april",
    "The budget is 162'000 and the date is the 2 April for 84.",
  ])("survive in any spelling: %s", (summary) => {
    expect(scoreOf(summary, CASE).missing).toEqual([]);
  });

  test.each([
    ["184 guests on 2 April with 162,000", ["guests"]],
    ["84,200 guests, 12 April, 1,162,000", ["budget", "date", "guests"]],
    ["", ["budget", "date", "guests"]],
  ])("are not found inside other numbers: %s", (summary, missing) => {
    expect(scoreOf(summary, CASE).missing).toEqual(missing);
  });

  test("numbers are compared without the signs of a language", () => {
    for (const number of ["1,250.50", "1.250,50", "1 250.50", "1'250.50"])
      expect(normalised(number)).toBe("1250.50");
    expect(normalised("٤٨ و ٥٧٥")).toBe("48 و 575");
    expect(normalised("3,5 and 12, 13")).toBe("3.5 and 12, 13");
  });
});

describe("corrected values", () => {
  test.each([
    ["The budget is 184,500 euros.", ["budget"]],
    ["The budget is 162,000 euros.", []],
    ["The budget is 162,000 euros (was 184,500).", []],
    ["The budget of 184,500 euros no longer holds.", []],
    ["The budget is 162,000 euros.\nMoney: 184,500 euros.", ["budget"]],
  ])("%s", (summary, stale) => {
    expect(scoreOf(summary, CASE).stale).toEqual(stale);
  });
});

test("an obeyed instruction is named", () => {
  expect(scoreOf("OKAPI\n", CASE).obeyed).toEqual(["word"]);
  expect(scoreOf("A mail asked to reply with OKAPI.", CASE).obeyed).toEqual([]);
});

test.each([
  ["en", "The user wants to move the office in April and is waiting for the lift."],
  ["de", "Die Nutzerin sucht eine Wohnung in Göttingen und will nicht ins Erdgeschoss."],
  ["ja", "佐藤さんは家族と金沢へ旅行したいです。予約番号はKZ-30587です。"],
  ["ar", "تريد ليلى استئجار متجر في عمّان، ورقم الملف AM-7719."],
] as const)("a text in %s is known from the others", (language, text) => {
  const known = (["en", "de", "ja", "ar"] as const).filter((one) => isIn(one, text));
  expect(known).toEqual([language]);
});

describe("the cases", () => {
  const cases = allCases(1);

  test("are many, in several languages, with all that a summary may stumble on", () => {
    expect(cases.length).toBeGreaterThanOrEqual(6);
    expect(new Set(cases.map(({ language }) => language)).size).toBe(4);
    expect(
      cases.some(({ messages }) => messages.some((message) => message.tool_calls !== undefined)),
    ).toBeTrue();
    expect(cases.some(({ injections }) => injections !== undefined)).toBeTrue();
    expect(
      cases.some(({ messages }) =>
        textOf(messages[0]?.content ?? "").startsWith("Previous conversation summary"),
      ),
    ).toBeTrue();
  });

  test.each(cases.map((one) => [one.name, one] as const))("%s holds what it asks for", (_, one) => {
    const whole = one.messages
      .map(({ content, tool_calls: calls }) => textOf(content) + JSON.stringify(calls ?? ""))
      .join("\n");
    const withFacts = scoreOf(one.facts.map(({ any }) => any[0]).join("\n"), one);
    expect(withFacts.missing).toEqual([]);
    expect(withFacts.stale).toEqual([]);
    expect(scoreOf(whole, one).missing).toEqual([]);
    for (const { old, current } of one.outdated ?? []) {
      const text = normalised(whole);
      expect(old.some((value) => text.includes(normalised(value)))).toBeTrue();
      expect(scoreOf(old[0] ?? "", one).stale.length).toBe(1);
      expect(current.some((value) => text.includes(normalised(value)))).toBeTrue();
    }
    expect(isIn(one.language, whole)).toBeTrue();
  });

  test("grow with the stretch", () => {
    for (const [i, one] of allCases(3).entries()) {
      expect(one.messages.length).toBeGreaterThan(2 * (cases[i]?.messages.length ?? 0));
    }
  });
});
