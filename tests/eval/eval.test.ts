import { afterAll, describe, expect, setDefaultTimeout, test } from "bun:test";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { startingProviders } from "../support/window-provider.ts";

setDefaultTimeout(120_000);

const folder = mkdtempSync(join(tmpdir(), "nash-llm-eval-"));
const providers = startingProviders();
afterAll(async () => {
  await providers.stop();
  rmSync(folder, { recursive: true, force: true });
});

/** Runs the script with nothing but a path in its environment. */
async function evaluate(args: readonly string[], env: Readonly<Record<string, string>> = {}) {
  const script = join(import.meta.dir, "../../scripts/eval.ts");
  const child = Bun.spawn([process.execPath, script, ...args], {
    env: { PATH: process.env["PATH"] ?? "", HOME: folder, ...env },
    stdout: "pipe",
    stderr: "pipe",
  });
  const [stdout, stderr] = await Promise.all([
    new Response(child.stdout).text(),
    new Response(child.stderr).text(),
  ]);
  return { code: await child.exited, stdout, stderr };
}

test("without a key it asks the sandbox, checks the machinery, and says that it judges nothing", async () => {
  const json = join(folder, "sandbox.json");
  const { code, stdout } = await evaluate(["--json", json]);
  expect(stdout).toContain("No key was given");
  expect(stdout).toContain("machinery: sound; summaries: not judged, no model was asked");
  expect(stdout).not.toMatch(/\d+\/\d+/);
  expect(code).toBe(0);
  const { judged, results } = await Bun.file(json).json();
  expect(judged).toBeFalse();
  expect(results.length).toBe(9);
  expect(Math.max(...results.map(({ parts }: { parts: number }) => parts))).toBeGreaterThan(1);
});

describe("with a key", () => {
  const ask = (url: string, ...more: string[]) =>
    evaluate(["--base-url", url, "--model", "gpt-4o", ...more], { NASH_LLM_EVAL_KEY: "sk-test-0123456789" });

  test("it judges what comes: a summary that holds everything keeps all facts", async () => {
    const provider = providers.start({ window: 128_000, reply: ({ text }) => text });
    const { code, stdout } = await ask(provider.url, "--only", "office move");
    expect(stdout).toMatch(/^office move +\d+ +\d+ +-?\d+ % +1 +11\/11 /m);
    expect(stdout).toContain("machinery: sound");
    expect(stdout).not.toContain("No key was given");
    expect(code).toBe(0);
  });

  test("one that holds nothing is told of", async () => {
    const provider = providers.start({
      window: 128_000,
      reply: () => "Es wurde nicht viel gesagt und das ist alles.",
    });
    const { stdout } = await ask(provider.url, "--only", "wedding");
    expect(stdout).toContain("0/9");
    expect(stdout).toMatch(/wedding dinner: lost: user's name, venue, /);
    expect(stdout).toContain("wedding dinner: another language");
  });

  test("a key that is refused ends it, and is not printed", async () => {
    const provider = providers.start({
      reply: () => ({ status: 401, error: { error: { message: "Bad key." } } }),
    });
    const { code, stdout, stderr } = await ask(provider.url);
    expect(code).toBe(1);
    expect(stdout).toContain("no summary (authentication: Bad key.)");
    expect(provider.asked.length).toBe(1);
    expect(stdout + stderr).not.toContain("sk-test-0123456789");
  });

  test("it goes nowhere without an address", async () => {
    const { code, stderr } = await evaluate([], { NASH_LLM_EVAL_KEY: "k" });
    expect(code).toBe(2);
    expect(stderr).toContain("--base-url");
  });
});
