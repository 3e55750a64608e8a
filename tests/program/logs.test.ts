import { afterAll, beforeAll, describe, expect, setDefaultTimeout, test } from "bun:test";
import { closeSync, constants, mkdtempSync, openSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Sandbox, startSandbox } from "../../src/sandbox/server.ts";
import { CHAT, chatBody, post, readNativeStream, SESSION, SUMMARIZE } from "../support/answers.ts";
import { type Program, startProgram } from "../support/program.ts";

/** What the log says of each request, what it never says, and that nobody waits for its reader. */

setDefaultTimeout(60_000);

const KEY = "sk-log-canary-0123456789";
const QUESTION = "a-question-that-nobody-may-read";

let program: Program;
let sandbox: Sandbox;
beforeAll(async () => {
  sandbox = startSandbox({ pace: 0 });
  program = await startProgram({ args: ["--retries", "0"] });
});
afterAll(async () => {
  await program.stop();
  await sandbox.stop();
});

const body = (model: string, more: Readonly<Record<string, unknown>> = {}) =>
  chatBody(sandbox.url, model, { api_key: KEY, messages: [{ role: "user", content: QUESTION }], ...more });

/** The one line of a request. @throws where there is another */
async function lineOf(response: Response): Promise<Record<string, unknown>> {
  await response.text();
  const id = response.headers.get("x-request-id") ?? "none";
  const line = await program.logged((text) => text.includes(id));
  const all = program
    .stderr()
    .split("\n")
    .filter((text) => text.includes(id));
  expect(all).toEqual([line]);
  return JSON.parse(line);
}

test("an answer", async () => {
  const line = await lineOf(await post(program, CHAT, body("demo-fast", { provider: "anthropic" })));
  const { time, request_id, first_token_ms, total_ms, input_tokens, output_tokens, ...rest } = line;
  expect(rest).toEqual({
    level: 30,
    session_id: SESSION,
    method: "POST",
    path: CHAT,
    status: 200,
    outcome: "complete",
    provider: expect.any(String),
    model: "demo-fast",
    finish_reason: "stop",
    usage_source: "provider",
    attempts: [{ provider: rest["provider"], model: "demo-fast", ms: expect.any(Number) }],
  });
  expect(time).toMatch(/^\d{4}-\d\d-\d\dT[\d:.]+Z$/);
  expect(request_id).toMatch(/^[0-9a-f-]{36}$/);
  for (const number of [first_token_ms, total_ms, input_tokens, output_tokens]) expect(number).toBeNumber();
});

test("an answer that failed in the middle", async () => {
  const line = await lineOf(await post(program, CHAT, body("demo-cut")));
  expect(line).toMatchObject({ status: 200, outcome: "failed", error: "incomplete", model: "demo-cut" });
});

test("a refusal of the provider", async () => {
  const line = await lineOf(await post(program, CHAT, body("demo-429")));
  expect(line).toMatchObject({ status: 429, outcome: "failed", error: "rate_limit", provider_status: 429 });
});

test("a summary", async () => {
  const line = await lineOf(await post(program, SUMMARIZE, body("demo-fast")));
  expect(line).toMatchObject({ path: SUMMARIZE, status: 200, outcome: "complete", model: "demo-fast" });
});

test("a refusal of ours", async () => {
  const line = await lineOf(await post(program, CHAT, body("demo", { temprature: 1 })));
  expect(line).toMatchObject({ status: 422, outcome: "failed", error: "invalid_request" });
});

test("a path that is not there is not repeated", async () => {
  const line = await lineOf(await fetch(`${program.url}/v1/${KEY}?key=${KEY}`));
  expect(line).toMatchObject({ status: 404, path: "other" });
});

test("whoever left", async () => {
  const leaving = new AbortController();
  const response = await post(program, CHAT, body("demo-silent"), { signal: leaving.signal });
  const id = response.headers.get("x-request-id") ?? "none";
  leaving.abort();
  expect(JSON.parse(await program.logged((line) => line.includes(id)))).toMatchObject({ outcome: "left" });
});

test("no key, no question, no answer, whatever failed", async () => {
  for (const model of ["demo-echo", "demo-echo-key", "demo-bad-json", "demo-error-mid", "demo-html", KEY]) {
    for (const path of [CHAT, SUMMARIZE]) await lineOf(await post(program, path, body(model)));
  }
  const log = program.stderr();
  expect(log).not.toContain(KEY);
  expect(log).not.toContain(QUESTION);
});

describe("nobody waits for the reader of the log", () => {
  const folder = mkdtempSync(join(tmpdir(), "nash-llm-test-"));
  afterAll(() => rmSync(folder, { recursive: true }));

  function pipe(name: string): string {
    const path = join(folder, name);
    Bun.spawnSync(["mkfifo", path]);
    return path;
  }

  /** More lines than any pipe holds, each of a request; and then a whole answer, by a name that must be looked up. */
  async function useHard(on: Program): Promise<void> {
    for (let round = 0; round < 40; round++) {
      const answers = Array.from({ length: 25 }, () =>
        post(on, CHAT, body("demo-401", { model: "x".repeat(400) })),
      );
      for (const answer of await Promise.all(answers)) await answer.text();
    }
    const url = sandbox.url.replace("127.0.0.1", "localhost");
    const answer = readNativeStream(await (await post(on, CHAT, chatBody(url, "demo-fast"))).text());
    expect([answer.error, answer.text.endsWith("tok-0500 ")]).toEqual([undefined, true]);
  }

  test("one who has stopped reading", async () => {
    const fd = openSync(pipe("stalled"), "r+");
    const stalled = await startProgram({ stderr: fd });
    await useHard(stalled);
    await stalled.stop("SIGKILL");
    closeSync(fd);
  });

  test("it ends in time though its last lines have no reader", async () => {
    const fd = openSync(pipe("ending"), "r+");
    const stalled = await startProgram({ stderr: fd });
    await useHard(stalled);
    expect(await stalled.stop()).toBe(0);
    closeSync(fd);
  });

  test("one who has gone", async () => {
    const path = pipe("gone");
    const reader = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK);
    const writer = openSync(path, "w");
    const orphan = await startProgram({ stderr: writer });
    closeSync(writer);
    closeSync(reader);
    await useHard(orphan);
    expect(await orphan.stop()).toBe(0);
  });
});
