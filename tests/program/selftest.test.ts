import { expect, setDefaultTimeout, test } from "bun:test";
import { Canary } from "../../src/cli/selftest/canary.ts";
import { runProgram } from "../support/program.ts";

setDefaultTimeout(120_000);

test("nash-llm selftest finds no key, after failing in every way", async () => {
  const { code, stdout, stderr } = await runProgram(["selftest"]);
  expect(stdout).toMatch(/^\d{3,} requests, most of them meant to fail; \d{3,} reached the provider\n/);
  expect(stdout).toContain("errors of 18 kinds: invalid_request, unauthorized, forbidden, not_found,");
  expect(stdout).toContain("No key was found: not whole, not in part, not encoded.\n");
  expect(stdout).not.toContain("LEAK");
  expect([code, stderr]).toEqual([0, ""]);
});

test("it says what it is, and takes nothing", async () => {
  const help = await runProgram(["selftest", "--help"]);
  expect([help.code, help.stdout.replace(/\s+/g, " ")]).toEqual([
    0,
    expect.stringContaining("fail in every way, and look for the keys in all that comes out"),
  ]);
  expect(await runProgram(["selftest", "--fast"])).toMatchObject({ code: 2, stdout: "" });
});

test("it would find one, in whatever form it got out", () => {
  const own = new Canary("a key", "sk-");
  const forms: Readonly<Record<string, string>> = {
    [own.value]: "whole",
    [`Incorrect key: ${own.value.slice(0, 12)}…`]: "in part",
    [own.value.slice(-12)]: "in part",
    [own.value.slice(9, 21)]: "in part",
    [[...own.value].reverse().join("")]: "backwards",
    [Buffer.from(own.value).toString("hex")]: "in hexadecimal digits",
    [Buffer.from(`user:${own.value}`).toString("base64")]: "in base64",
    [Buffer.from(`users:${own.value}`).toString("base64")]: "in base64",
    [Buffer.from(`${own.value}\n`).toString("base64url")]: "in base64",
  };
  for (const [text, how] of Object.entries(forms))
    expect([text, own.foundIn(`before ${text} after`)]).toEqual([text, how]);
  expect(own.foundIn(own.value.slice(0, 11))).toBeUndefined();
});
