import { afterAll, beforeAll, expect, setDefaultTimeout, test } from "bun:test";
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { CHAT } from "../support/answers.ts";
import { runProgram, startProgram } from "../support/program.ts";

/** Nothing is read from the folder that the program is started in (docs/protocol.md 5). */

setDefaultTimeout(60_000);

let folder: string;
let trace: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "nash-llm-test-"));
  trace = join(folder, "executed");
  const hostile = `require("node:fs").appendFileSync(${JSON.stringify(trace)}, "x"); process.exit(99);`;
  const settings =
    "NASH_LLM_TOKEN=theirs\nNASH_LLM_MAX_BODY=1\nNASH_LLM_HOST=192.0.2.1\nNASH_LLM_QUIET=true\n";
  const files: Record<string, string> = {
    ".env": `${settings}HELICONE_API_KEY=theirs\nNODE_OPTIONS=--require=./hostile.cjs\nBUN_OPTIONS=--preload=./hostile.cjs\n`,
    ".env.local": settings,
    ".env.production": settings,
    ".env.development": settings,
    "bunfig.toml": 'preload = ["./hostile.cjs"]\n[run]\npreload = ["./hostile.cjs"]\n',
    "hostile.cjs": hostile,
    "package.json": '{"type": "commonjs", "imports": {"#a": "./hostile.cjs"}, "main": "./hostile.cjs"}',
    "tsconfig.json": '{"compilerOptions": {"paths": {"*": ["./hostile.cjs"]}}}',
    "nash-llm.toml": "max-body = 1\n",
    "node_modules/commander/index.js": hostile,
    "node_modules/elysia/index.js": hostile,
  };
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(join(folder, name, ".."), { recursive: true });
    writeFileSync(join(folder, name), text);
  }
});
afterAll(() => rmSync(folder, { recursive: true }));

test("the server keeps to its own settings and code", async () => {
  await using program = await startProgram({ cwd: folder });
  const response = await fetch(program.url + CHAT, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: "no JSON",
  });
  // 401 would be their token, 413 their limit.
  expect(response.status).toBe(400);
  expect(new URL(program.url).hostname).toBe("127.0.0.1");
  expect(existsSync(trace)).toBe(false);
});

test("so do the other commands", async () => {
  for (const args of [["--version"], ["--help"], ["client", "--help"]]) {
    expect((await runProgram(args, { cwd: folder })).code).toBe(0);
  }
  expect(existsSync(trace)).toBe(false);
});
