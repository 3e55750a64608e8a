import { afterAll, beforeAll, expect, setDefaultTimeout, test } from "bun:test";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Sandbox, startSandbox } from "../../src/sandbox/server.ts";
import { type Program, startProgram } from "../support/program.ts";

/** Where requests go, with whose key, seen by the provider (docs/protocol.md, section 10). All cases: tests/routing. */

setDefaultTimeout(60_000);

const OWN_KEY = "own-key-0123456789";
const TOKEN = "token-0123456789";

let folder: string;
let sandbox: Sandbox;
let program: Program;
let guarded: Program;
let seen: string[] = [];
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "nash-llm-test-"));
  sandbox = startSandbox({
    pace: 0,
    onRequest: ({ path, headers, body }) => {
      const { model } = JSON.parse(JSON.stringify(body) || "{}") as { model?: string };
      seen.push(`${path} ${model} ${new Headers(headers as Record<string, string>).get("authorization")}`);
    },
  });
  const file = join(folder, "settings.toml");
  writeFileSync(
    file,
    `
[[provider]]
name = "own"
base-url = "${sandbox.url}"
key-env = "OWN_KEY"

[[provider]]
name = "theirs"
base-url = "${sandbox.url}"

[[route]]
model = "fast"
to = ["own/demo-fast"]
`,
  );
  const options = { args: ["--config", file, "--no-detect"], env: { OWN_KEY } };
  program = await startProgram(options);
  guarded = await startProgram({ ...options, env: { OWN_KEY, NASH_LLM_TOKEN: TOKEN } });
});
afterAll(async () => {
  await Promise.all([program.stop(), guarded.stop()]);
  await sandbox.stop();
  rmSync(folder, { recursive: true });
});

async function ask(on: Program, path: string, model: string, headers: Record<string, string> = {}) {
  seen = [];
  const response = await fetch(on.url + path, {
    method: "POST",
    headers: { "content-type": "application/json", ...headers },
    body: JSON.stringify({ model, messages: [{ role: "user", content: "hello" }] }),
  });
  return { status: response.status, text: await response.text(), seen };
}

const CHAT = "/v1/chat/completions";
const bearer = (key: string) => ({ authorization: `Bearer ${key}` });

test.each([
  ["prefix", `/own${CHAT}`, "demo-fast"],
  ["route", CHAT, "fast"],
  ["name", CHAT, "own/demo-fast"],
  ["name, natively", "/v1/chat/completions/stream", "own/demo-fast"],
])("a provider chosen by %s is sent its own key", async (_, path, model) => {
  const { status, seen: requests } = await ask(program, path, model, bearer("caller"));
  expect([status, requests]).toEqual([200, [`${CHAT} demo-fast Bearer ${OWN_KEY}`]]);
});

test("one without is sent the caller's, spaces too", async () => {
  const { seen: requests } = await ask(program, `/theirs${CHAT}`, "demo-fast", bearer("My API Key"));
  expect(requests).toEqual([`${CHAT} demo-fast Bearer My API Key`]);
});

test("an address in the headers is sent the caller's key alone", async () => {
  const address = { "x-nash-llm-base-url": sandbox.url };
  const { seen: requests } = await ask(program, CHAT, "demo-fast", { ...address, ...bearer("caller") });
  expect(requests).toEqual([`${CHAT} demo-fast Bearer caller`]);
});

test("nothing says where: 400, and nobody is asked", async () => {
  const { status, text, seen: requests } = await ask(program, CHAT, "gpt-5", bearer("caller"));
  expect([status, requests]).toEqual([400, []]);
  expect(text).toContain("x-nash-llm-base-url");
  expect((await ask(program, `/nosuch${CHAT}`, "gpt-5", bearer("caller"))).status).toBe(400);
});

test("this server's token in the key's place spends own keys and is never sent on", async () => {
  const own = await ask(guarded, `/own${CHAT}`, "demo-fast", bearer(TOKEN));
  expect([own.status, own.seen]).toEqual([200, [`${CHAT} demo-fast Bearer ${OWN_KEY}`]]);
  const theirs = await ask(guarded, `/theirs${CHAT}`, "demo-fast", bearer(TOKEN));
  expect(theirs.seen.join()).not.toContain(TOKEN);
});

test("a page of another origin spends no own key, though it may ask", async () => {
  const page = { origin: "http://localhost:3000", ...bearer("caller") };
  const { status, seen: requests } = await ask(program, CHAT, "fast", page);
  expect([status, requests]).toEqual([403, []]);
  expect((await ask(program, `/theirs${CHAT}`, "demo-fast", page)).status).toBe(200);
  expect((await ask(program, CHAT, "fast", { origin: program.url })).status).toBe(200);
});

test.each(["HEAD", "GET"])("%s of a bare prefix is 200", async (method) => {
  for (const path of ["/own", "/own/", "/anthropic"]) {
    expect((await fetch(program.url + path, { method })).status).toBe(200);
  }
  expect((await fetch(`${program.url}/nosuch`, { method })).status).toBe(404);
});
