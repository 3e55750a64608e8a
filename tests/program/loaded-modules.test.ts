import { expect, setDefaultTimeout, test } from "bun:test";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { CHAT, chatBody, post } from "../support/answers.ts";

/** What is switched off is not even loaded, so that it can cost nothing. From source, where modules have names. */

setDefaultTimeout(60_000);

const ROOT = join(import.meta.dir, "../..");

/** What a server has loaded of these that has given an answer. */
async function loaded(parts: RegExp, args: readonly string[], env: Record<string, string> = {}) {
  const home = mkdtempSync(join(tmpdir(), "nash-llm-modules-"));
  const preload = join(ROOT, "tests/program/loaded-modules-child.ts");
  const server = ["--port", "0", "--no-detect", ...args.map((arg) => arg.replace("HOME", home))];
  const child = Bun.spawn([process.execPath, "--preload", preload, join(ROOT, "src/main.ts"), ...server], {
    cwd: home,
    env: { PATH: process.env["PATH"] ?? "", HOME: home, ...env },
    stdout: "pipe",
    stderr: "ignore",
  });
  try {
    let text = "";
    const decoder = new TextDecoder();
    const reader = child.stdout.getReader();
    const until = async (pattern: RegExp) => {
      for (let found = pattern.exec(text); ; found = pattern.exec(text)) {
        if (found !== null) return found[0];
        const { value, done } = await reader.read();
        if (done) throw new Error(`it ended: ${text}`);
        text += decoder.decode(value, { stream: true });
      }
    };
    const url = await until(/http:\/\/127\.0\.0\.1:\d+/);
    const response = await post({ url }, CHAT, chatBody("http://demo.invalid/v1", "demo"));
    expect(await response.text()).toContain("[DONE]");
    child.kill("SIGUSR2");
    const { modules } = JSON.parse(await until(/^\{"modules":.*\}$/m)) as { modules: string[] };
    return modules.map((path) => path.replace(`${ROOT}/`, "")).filter((path) => parts.test(path));
  } finally {
    child.kill("SIGKILL");
    await child.exited;
    rmSync(home, { recursive: true, force: true });
  }
}

const OPTIONAL = /^src\/(store|ledger|server\/opentelemetry)\/|@opentelemetry\/|\/prom-client\//;

test("with everything off nothing of OpenTelemetry, ledger, store and Prometheus is loaded", async () => {
  expect(await loaded(OPTIONAL, [])).toEqual([]);
});

test.each<[string, RegExp, readonly string[], Record<string, string>]>([
  ["ledger", /^src\/ledger\//, ["--ledger", "sqlite:HOME/ledger.db"], {}],
  [
    "OpenTelemetry",
    /@opentelemetry\/|^src\/server\/opentelemetry\//,
    ["--otlp-endpoint", "http://127.0.0.1:1"],
    {},
  ],
  ["store", /^src\/store\//, ["--store", "redis://127.0.0.1:1"], { NASH_LLM_STORE_KEY: "k".repeat(40) }],
])("%s alone is loaded where it alone is wanted", async (_name, own, args, env) => {
  const modules = await loaded(OPTIONAL, args, env);
  expect(modules.length).toBeGreaterThan(0);
  expect(modules.filter((path) => !own.test(path))).toEqual([]);
});
