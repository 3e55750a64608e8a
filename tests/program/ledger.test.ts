import { Database } from "bun:sqlite";
import { afterAll, beforeAll, describe, expect, setDefaultTimeout, test } from "bun:test";
import { mkdtempSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { CHAT, chatBody, post } from "../support/answers.ts";
import { note } from "../support/note.ts";
import { startPostgres } from "../support/postgres.ts";
import { type Program, runProgram, startProgram } from "../support/program.ts";

/** The ledger of the running program, and `nash-llm usage` (docs/protocol.md, section 12). */

setDefaultTimeout(60_000);

const DEMO = "http://demo.invalid/v1";
const WORDS = "a sentence that nobody may keep";
const KEY = "key-that-nobody-may-keep";

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "nash-llm-test-"));
});
afterAll(() => rmSync(folder, { recursive: true }));

async function ask(program: Program, model = "demo"): Promise<number> {
  const body = chatBody(DEMO, model, { messages: [{ role: "user", content: WORDS }], api_key: KEY });
  const answer = await post(program, CHAT, body);
  await answer.text();
  return answer.status;
}

const usage = async (args: readonly string[], env = {}) => {
  const outcome = await runProgram(["usage", ...args], { env });
  expect([outcome.code, outcome.stderr]).toEqual([0, ""]);
  return outcome.stdout;
};

test("a row for each request, and never a word of it; what is no request has none", async () => {
  const path = join(folder, "a.db");
  const ledger = `sqlite:${path}`;
  const program = await startProgram({ args: ["--ledger", ledger, "--no-detect"] });
  expect(await ask(program)).toBe(200);
  expect(await ask(program, "fail-429")).not.toBe(200);
  await fetch(`${program.url}/health`);
  await post(program, "/v1/nothing", {});
  await Promise.all(Array.from({ length: 20 }, () => ask(program)));
  // What has not been written yet is written when it stops.
  expect(await program.stop()).toBe(0);
  expect(statSync(path).mode & 0o777).toBe(0o600);

  const lines = JSON.parse(await usage(["--ledger", ledger, "--by", "provider,model", "--format", "json"]));
  expect(lines).toMatchObject([
    { provider: "demo", model: "demo", requests: 21, failed: 0, input_tokens: expect.any(Number) },
    { provider: "demo", model: "fail-429", requests: 1, failed: 1 },
  ]);
  expect(lines[0].output_tokens).toBeGreaterThan(20);
  const day = new Date().toISOString().slice(0, 10);
  expect(await usage(["--ledger", ledger, "--format", "csv", "--model", "demo"])).toContain(`${day},21,0,`);
  expect(await usage([], { NASH_LLM_LEDGER: ledger })).toContain(`${day}        22       1`);

  const bytes = await Bun.file(path).text();
  for (const word of [WORDS, KEY, "nobody"]) expect(bytes).not.toContain(word);
  const rows = new Database(path, { readonly: true }).query("SELECT * FROM nash_llm_requests").all();
  expect(rows).toHaveLength(22);
});

describe("a ledger that cannot be written touches no answer", () => {
  const silent = Bun.listen({ hostname: "127.0.0.1", port: 0, socket: { data() {} } });
  afterAll(() => silent.stop(true));

  test.each<[string, () => string]>([
    ["a folder that is not there", () => `sqlite:${join(folder, "nowhere", "a.db")}`],
    ["no database", () => `sqlite:${notOurs()}`],
    ["nobody listens", () => "postgres://nash@127.0.0.1:1/ledger"],
    ["a database that never answers", () => `postgres://nash@127.0.0.1:${silent.port}/ledger`],
  ])("%s", async (name, ledger) => {
    await using program = await startProgram({ args: ["--ledger", ledger(), "--no-detect"] });
    const began = performance.now();
    for (let i = 0; i < 3; i++) expect(await ask(program)).toBe(200);
    const took = performance.now() - began;
    if (!name.includes("never")) {
      expect(await program.logged((line) => line.includes("cannot be written"))).toMatch(/"error":"[A-Z_ ]+/);
      expect(await ask(program)).toBe(200);
    }
    note(`${name}: three answers in ${Math.round(took)} ms`);
    expect(await program.stop()).toBe(0);
    expect(program.stderr()).toContain("rows were lost");
    expect(program.stderr()).not.toContain(WORDS);
  });
});

function notOurs(): string {
  const path = join(folder, "text.db");
  writeFileSync(path, "no database, but long enough to be looked at as one".repeat(100));
  return path;
}

test("a real PostgreSQL, its password from a file; it dies and comes back", async () => {
  await using postgres = await startPostgres();
  if (postgres === undefined) return note("PostgreSQL is not installed here: its ledger was not tried");
  const file = join(folder, "password");
  writeFileSync(file, `${postgres.password}\n`);
  const args = ["--ledger", postgres.url, "--ledger-password-file", file];
  const program = await startProgram({ args: [...args, "--no-detect"] });
  expect(await ask(program)).toBe(200);
  await Bun.sleep(1_000);
  await postgres.kill();
  expect(await ask(program)).toBe(200);
  await program.logged((line) => line.includes("cannot be written"));
  await postgres.start();
  await program.logged((line) => line.includes("is written again"));
  expect(await ask(program)).toBe(200);
  expect(await program.stop()).toBe(0);
  expect(program.stdout() + program.stderr()).not.toContain(postgres.password);
  const env = { NASH_LLM_LEDGER_PASSWORD: postgres.password };
  expect(
    JSON.parse(await usage(["--ledger", postgres.url, "--by", "provider", "--format", "json"], env)),
  ).toMatchObject([{ provider: "demo", requests: 3, failed: 0 }]);
});

describe("usage that is wrong: one line that says so", () => {
  test.each<[readonly string[], number, string]>([
    [[], 2, "There is no ledger to read"],
    [["--ledger", "sqlite:/nowhere/a.db"], 1, "There is no ledger at /nowhere/a.db."],
    [
      ["--ledger", "sqlite:/nowhere/a.db", "--by", "word"],
      2,
      "--by takes day, client, route, model, provider, not word.",
    ],
    [["--ledger", "sqlite:/nowhere/a.db", "--format", "xml"], 2, "--format takes table, csv, json, not xml."],
    [["--ledger", "sqlite:/nowhere/a.db", "--since", "May"], 2, "--since must be a day such as 2026-11-26."],
    [["--ledger", "postgres://u:p@127.0.0.1/d"], 2, "--ledger must have no password in it"],
    [["--ledger", "postgres://u@127.0.0.1:1/d"], 1, "The ledger cannot be read"],
  ])("%j", async (args, code, words) => {
    const outcome = await runProgram(["usage", ...args]);
    expect([outcome.code, outcome.stdout, outcome.stderr.trimEnd().split("\n")]).toEqual([
      code,
      "",
      [expect.stringContaining(words)],
    ]);
  });
});
