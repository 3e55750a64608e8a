import { afterAll, beforeAll, expect, setDefaultTimeout, test } from "bun:test";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { CHAT } from "../support/answers.ts";
import { type Program, runProgram, startProgram } from "../support/program.ts";

/** Flags over variables over the file over defaults, seen by the largest body that the server takes. */

setDefaultTimeout(60_000);

let folder: string;
let file: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "nash-llm-test-"));
  file = join(folder, "settings.toml");
  writeFileSync(file, "max-body = 3000\nmax_line = 2048\n");
});
afterAll(() => rmSync(folder, { recursive: true }));

/** 413 where the body is too large, else 400, for it is no JSON. */
async function statusOf(
  program: Program,
  bytes: number,
  headers: Record<string, string> = {},
): Promise<number> {
  const response = await fetch(program.url + CHAT, {
    method: "POST",
    headers: { "content-type": "application/json", ...headers },
    body: "x".repeat(bytes),
  });
  await response.text();
  return response.status;
}

async function expectLimit(program: Program, bytes: number): Promise<void> {
  expect([await statusOf(program, bytes), await statusOf(program, bytes + 1)]).toEqual([400, 413]);
}

test("a default", async () => {
  await using program = await startProgram();
  expect(await statusOf(program, 100_000)).toBe(400);
});

test("the file over the default", async () => {
  await using program = await startProgram({ args: ["--config", file] });
  await expectLimit(program, 3000);
});

test("the file may be named by a variable", async () => {
  await using program = await startProgram({ env: { NASH_LLM_CONFIG: file } });
  await expectLimit(program, 3000);
});

test("a variable over the file", async () => {
  await using program = await startProgram({ args: ["--config", file], env: { NASH_LLM_MAX_BODY: "2000" } });
  await expectLimit(program, 2000);
});

test("a flag over the variable and the file", async () => {
  await using program = await startProgram({
    args: ["--config", file, "--max-body", "1000"],
    env: { NASH_LLM_MAX_BODY: "2000" },
  });
  await expectLimit(program, 1000);
});

test("a token out of a file is that of the variable's place", async () => {
  const secret = join(folder, "token");
  writeFileSync(secret, "from-the-file\n");
  await using program = await startProgram({
    args: ["--token-file", secret],
    env: { NASH_LLM_TOKEN: "from-the-variable" },
  });
  expect(await statusOf(program, 1, { authorization: "Bearer from-the-file" })).toBe(400);
  expect(await statusOf(program, 1, { authorization: "Bearer from-the-variable" })).toBe(401);
});

test("by default it takes at least 5,000 streams", async () => {
  const { stdout } = await runProgram(["serve", "--help"]);
  const [, most] = /--max-streams <number>[^(]*\(default (\d+)\)/.exec(stdout) ?? [];
  expect(Number(most)).toBeGreaterThanOrEqual(5_000);
});
