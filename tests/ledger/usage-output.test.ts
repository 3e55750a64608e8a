import { describe, expect, test } from "bun:test";
import { csv, usageText } from "../../src/ledger/usage-output.ts";
import { usageLine } from "../../src/ledger/usage-query.ts";

/** What `nash-llm usage` prints. */

const LINES = [
  usageLine({ day: "2026-11-26", client: "team-a", requests: 12, input_tokens: "34", cost: 0.5 }),
  usageLine({ day: "2026-11-27", client: null, requests: 3, failed: 1, unpriced: 2 }),
];

test("a table, names to the left and numbers to the right", () => {
  expect(usageText(LINES, ["day", "client"], "table")).toBe(
    [
      "day         client  requests  failed  input_tokens  output_tokens  cache_read_tokens      cost  unpriced",
      "2026-11-26  team-a        12       0            34              0                  0  0.500000         0",
      "2026-11-27  -              3       1             0              0                  0  0.000000         2",
      "",
    ].join("\n"),
  );
});

test("JSON, with the groups that were asked for and no others", () => {
  expect(JSON.parse(usageText(LINES, ["client"], "json"))).toMatchObject([
    { client: "team-a", requests: 12, input_tokens: 34, cost: 0.5 },
    { client: "", failed: 1 },
  ]);
  expect(usageText(LINES, ["client"], "json")).not.toContain("day");
});

test("CSV", () => {
  expect(usageText(LINES, ["client"], "csv").split("\r\n").slice(0, 2)).toEqual([
    "client,requests,failed,input_tokens,output_tokens,cache_read_tokens,cost,unpriced",
    "team-a,12,0,34,0,0,0.500000,0",
  ]);
});

describe("a cell that a spreadsheet would run is made harmless", () => {
  test.each([
    ["=cmd|' /C calc'!A0", "'=cmd|' /C calc'!A0"],
    ["+1+1", "'+1+1"],
    ["-1+1", "'-1+1"],
    ["@SUM(A1)", "'@SUM(A1)"],
    ["\t=1", "'\t=1"],
    ["\r=1", '"\'\r=1"'],
    ['=HYPERLINK("http://x","y")', '"\'=HYPERLINK(""http://x"",""y"")"'],
    ["-12.5", "-12.5"],
    ["a=b", "a=b"],
    ['a,"b"', '"a,""b"""'],
  ])("%j", (text, expected) => {
    expect(csv([[text]])).toBe(`${expected}\r\n`);
  });
});
