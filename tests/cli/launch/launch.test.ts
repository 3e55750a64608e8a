import { describe, expect, setDefaultTimeout, test } from "bun:test";
import { chmodSync, existsSync, mkdirSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { newHome } from "../../support/client-process.ts";
import { programCommand } from "../../support/program.ts";

// Each of these starts programs, on machines of any speed.
setDefaultTimeout(60_000);

/** What an agent would do with what it is given: ask, in its own dialect, and say what it saw. */
const AGENT = `#!${process.execPath}
const { env, argv } = process;
const fs = require("node:fs");
const file = env.CODEX_HOME ? env.CODEX_HOME + "/config.toml" : env.OPENCODE_CONFIG;
const config = file ? fs.readFileSync(file, "utf8") : "";
const token = env.NASH_LLM_TOKEN;
const ask = async (url, headers, body) => {
  const answer = await fetch(url, { method: "POST", headers: { "content-type": "application/json", ...headers }, body: JSON.stringify(body) });
  return { status: answer.status, text: JSON.stringify(await answer.json()) };
};
const own = { "x-nash-llm-token": token, "x-nash-llm-base-url": "http://demo.invalid/v1" };
let answer;
if (env.CODEX_HOME) {
  const base = /base_url = "([^"]+)"/.exec(config)[1];
  answer = await ask(base + "/responses", { ...own, authorization: "Bearer " + env.NASH_LLM_PROVIDER_KEY }, { model: "demo", input: "hello" });
} else if (env.OPENCODE_CONFIG) {
  const base = JSON.parse(config).provider["nash-llm"].options.baseURL;
  answer = await ask(base + "/chat/completions", { ...own, authorization: "Bearer " + env.NASH_LLM_PROVIDER_KEY }, { model: "demo", messages: [{ role: "user", content: "hello" }] });
} else {
  const headers = Object.fromEntries(env.ANTHROPIC_CUSTOM_HEADERS.split(/\\n/).map((line) => line.split(": ")));
  answer = await ask(env.ANTHROPIC_BASE_URL + "/v1/messages", { ...headers, "anthropic-version": "2023-06-01", authorization: "Bearer " + env.ANTHROPIC_AUTH_TOKEN }, { model: env.ANTHROPIC_MODEL, max_tokens: 500, messages: [{ role: "user", content: "hello" }] });
}
console.log(JSON.stringify({ args: argv.slice(2), file, config, token, base: env.ANTHROPIC_BASE_URL, key: env.NASH_LLM_PROVIDER_KEY ?? env.ANTHROPIC_AUTH_TOKEN, foreign: env.ANTHROPIC_API_KEY, ...answer }));
process.exit(7);
`;

function installed(home: { readonly path: string }, ...names: string[]): string {
  const bin = join(home.path, "bin");
  mkdirSync(bin, { recursive: true });
  for (const name of names) {
    writeFileSync(join(bin, name), AGENT);
    chmodSync(join(bin, name), 0o755);
  }
  return bin;
}

async function run(
  args: readonly string[],
  home: { readonly path: string },
  env: Record<string, string> = {},
) {
  const child = Bun.spawn({
    cmd: [...programCommand(), ...args],
    cwd: home.path,
    env: { PATH: `${join(home.path, "bin")}:/usr/bin:/bin`, HOME: home.path, TMPDIR: home.path, ...env },
    stdin: "ignore",
    stdout: "pipe",
    stderr: "pipe",
  });
  const [stdout, stderr, code] = await Promise.all([
    new Response(child.stdout).text(),
    new Response(child.stderr).text(),
    child.exited,
  ]);
  return { stdout, stderr, code };
}

describe("launch", () => {
  test.each(["claude", "codex", "opencode"])("%s asks its own server, and nothing stays", async (name) => {
    using home = newHome();
    installed(home, name);
    const { stdout, stderr, code } = await run(
      ["launch", name, "--provider", "demo", "--", "-p", "hi"],
      home,
      {
        ANTHROPIC_API_KEY: "sk-foreign",
      },
    );
    expect({ stderr, code }).toEqual({ stderr: "", code: 7 });
    const seen = JSON.parse(stdout);
    expect(seen).toMatchObject({
      args: ["-p", "hi"],
      status: 200,
      text: expect.stringContaining("[demo]"),
      key: "none",
    });
    if (name === "claude") expect(seen.foreign).toBeUndefined();
    expect(seen.config).not.toContain(seen.token);
    if (seen.file !== undefined) expect(existsSync(seen.file)).toBe(false);
    expect(readdirSync(home.path).filter((entry) => entry.startsWith("nash-llm"))).toEqual([]);
  });

  test("a known provider is reached by its path, with the key of its variable", async () => {
    using home = newHome();
    installed(home, "codex");
    writeFileSync(
      join(home.path, "bin", "codex"),
      '#!/bin/sh\ncat "$CODEX_HOME/config.toml"; echo "key $NASH_LLM_PROVIDER_KEY"\n',
    );
    const { stdout } = await run(["launch", "codex", "--provider", "groq", "--model", "m"], home, {
      GROQ_API_KEY: "gsk-1",
    });
    expect(stdout).toMatch(/base_url = "http:\/\/127\.0\.0\.1:\d+\/groq\/v1"/);
    expect(stdout).toContain("key gsk-1");
    expect(stdout).not.toContain("base-url");
  });

  test("a program that is not installed: one line says how it is", async () => {
    using home = newHome();
    const { stdout, stderr, code } = await run(["launch", "opencode"], home);
    expect({ stdout, code }).toEqual({ stdout: "", code: 1 });
    expect(stderr).toBe("nash-llm: opencode is not installed. npm install -g opencode-ai installs it.\n");
  });

  test.each([
    [["launch", "vim"], "claude, codex, opencode", 2],
    [["launch", "codex", "--provider", "nobody"], "nobody is no provider", 2],
    [["launch", "codex", "--provider", "ollama"], "--model", 2],
    [["launch", "codex", "--provider", "groq"], "No key for Groq. Give one: export GROQ_API_KEY=…\n", 3],
  ])("%j is refused", async (args, words, expected) => {
    using home = newHome();
    installed(home, "codex");
    const { stderr, code } = await run(args, home);
    expect({ code, told: stderr.includes(words) }).toEqual({ code: expected, told: true });
  });
});

describe("env", () => {
  test.each([
    [
      "claude",
      'export ANTHROPIC_BASE_URL="http://127.0.0.1:8001/groq"',
      'export ANTHROPIC_AUTH_TOKEN="$GROQ_API_KEY"',
    ],
    ["codex", 'base_url = "http://127.0.0.1:8001/groq/v1"', 'export NASH_LLM_PROVIDER_KEY="$GROQ_API_KEY"'],
    [
      "opencode",
      '"baseURL": "http://127.0.0.1:8001/groq/v1"',
      'export NASH_LLM_PROVIDER_KEY="$GROQ_API_KEY"',
    ],
  ])("%s: names of keys, never keys", async (name, address, key) => {
    using home = newHome();
    for (const variables of [{ GROQ_API_KEY: "gsk-secret" }, {}]) {
      const { stdout, code } = await run(["env", name, "--provider", "groq"], home, variables);
      expect(code).toBe(0);
      expect(stdout).toContain(address);
      expect(stdout).toContain(key);
      expect(stdout).not.toContain("gsk-secret");
    }
  });
});
