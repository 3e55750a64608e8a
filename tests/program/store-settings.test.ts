import { expect, setDefaultTimeout, test } from "bun:test";
import { runProgram, startProgram } from "../support/program.ts";

/** What is refused of a store, and what a server says whose store is not there (docs/protocol.md, section 12). */

setDefaultTimeout(60_000);

const KEY = { NASH_LLM_STORE_KEY: "k".repeat(40) };

test.each<[string, Readonly<Record<string, string>>, string]>([
  ["redis://u:p@127.0.0.1", KEY, "--store must have no password in it"],
  ["redis://cache.example:6379", KEY, "use rediss:// there"],
  ["redis://127.0.0.1:6379", {}, "--store needs a key of at least 32 characters"],
  [
    "redis://127.0.0.1:6379",
    { NASH_LLM_STORE_KEY: "short" },
    "--store needs a key of at least 32 characters",
  ],
  ["redis+unix:///a/socket", { ...KEY, NASH_LLM_STORE_PASSWORD: "p" }, "takes no password"],
  ["http://127.0.0.1", KEY, "--store"],
])("refused: %s %j", async (store, env, words) => {
  const { code, stderr } = await runProgram(["serve", "--port", "0", "--store", store], { env });
  expect([code, stderr]).toEqual([2, expect.stringContaining(words)]);
});

test("a store that is not there: the server starts, goes on alone and says so", async () => {
  await using program = await startProgram({
    args: ["--no-detect", "--store", "redis://127.0.0.1:1"],
    env: { ...KEY, NASH_LLM_STORE_PASSWORD: "a-password-of-mine" },
  });
  await program.logged((line) => line.includes("goes on alone"));
  const response = await fetch(`${program.url}/ready`);
  expect([response.status, await response.json()]).toEqual([200, { status: "degraded", open: 0 }]);
  expect(program.stderr()).not.toContain("a-password-of-mine");
});
