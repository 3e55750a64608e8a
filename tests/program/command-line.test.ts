import { describe, expect, setDefaultTimeout, test } from "bun:test";
import { mkdtempSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { version } from "../../package.json";
import { runProgram, startProgram } from "../support/program.ts";

/** What the program says to whoever starts it (docs/protocol.md 5). */

setDefaultTimeout(60_000);

/** One line on stderr that holds all of these, and nothing on stdout. */
function expectOneLine({ stdout, stderr }: { stdout: string; stderr: string }, ...words: string[]): void {
  expect(stdout).toBe("");
  expect(stderr).toMatch(/^nash-llm: [^\n]+\n$/);
  for (const word of words) expect(stderr).toContain(word);
}

function fileWith(text: string): string {
  const path = join(mkdtempSync(join(tmpdir(), "nash-llm-test-")), "settings.toml");
  writeFileSync(path, text);
  return path;
}

test("--version prints the version alone", async () => {
  expect(await runProgram(["--version"])).toEqual({ code: 0, stdout: `${version}\n`, stderr: "" });
});

test("--help names the commands", async () => {
  const { code, stdout, stderr } = await runProgram(["--help"]);
  expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
  for (const command of ["serve", "client", "sandbox"])
    expect(stdout).toMatch(new RegExp(`^ +${command}\\b`, "m"));
});

test("serve --help names the settings with their defaults", async () => {
  const { code, stdout } = await runProgram(["serve", "--help"]);
  expect(code).toBe(0);
  expect(stdout).toMatch(/--host <host>[^(]*\(default 127\.0\.0\.1\)/);
  expect(stdout).toMatch(/--port <number>[^(]*\(default\s+8001\)/);
});

test("an unknown flag is wrong use, with the nearest known one", async () => {
  const { code, stdout, stderr } = await runProgram(["--prt", "1"]);
  expect({ code, stdout }).toEqual({ code: 2, stdout: "" });
  expect(stderr).toContain("--prt");
  expect(stderr).toContain("Did you mean --port?");
});

test("a taken port is one clear line", async () => {
  const other = createServer();
  await new Promise<void>((listening) => other.listen(0, "127.0.0.1", listening));
  const address = other.address();
  const port = String(typeof address === "object" ? address?.port : address);
  const outcome = await runProgram(["--port", port]);
  other.close();
  expect(outcome.code).toBe(1);
  expectOneLine(outcome, port, "--port");
});

test("a port that this program has taken cannot be had twice", async () => {
  await using first = await startProgram();
  const outcome = await runProgram(["--port", String(first.port)]);
  expect(outcome.code).toBe(1);
  expectOneLine(outcome, String(first.port));
});

describe("a host beyond loopback", () => {
  test.each(["0.0.0.0", "::", "192.0.2.1"])("%s is refused without a token", async (host) => {
    const outcome = await runProgram(["--host", host, "--port", "0"]);
    expect(outcome.code).toBe(2);
    expectOneLine(outcome, host, "spend your keys", "NASH_LLM_TOKEN");
  });

  test("is taken with a token", async () => {
    await using program = await startProgram({
      args: ["--host", "0.0.0.0"],
      env: { NASH_LLM_TOKEN: "secret" },
    });
    expect((await fetch(`http://127.0.0.1:${program.port}/health`)).status).toBe(200);
  });
});

describe("settings that cannot be used are one line", () => {
  test("a file that is not there", async () => {
    const outcome = await runProgram(["--config", "/not/there.toml"]);
    expect(outcome.code).toBe(2);
    expectOneLine(outcome, "/not/there.toml", "ENOENT");
  });

  test.each([
    ["not TOML", "port = \nhost", "line 1"],
    ["an unknown setting", "prot = 1", "prot"],
    ["a value of another type", 'port = "many"', "port"],
    ["a value out of range", "port = 65536", "65535"],
    ["a nested table", "[server]\nport = 1", "server"],
  ])("a file with %s", async (_, text, word) => {
    const path = fileWith(text);
    const outcome = await runProgram(["--config", path]);
    expect(outcome.code).toBe(2);
    expectOneLine(outcome, path, word);
  });

  test("a variable", async () => {
    const outcome = await runProgram([], { env: { NASH_LLM_PORT: "many" } });
    expect(outcome.code).toBe(2);
    expectOneLine(outcome, "NASH_LLM_PORT", "65535");
  });

  test("a flag", async () => {
    const outcome = await runProgram(["--port", "many"]);
    expect(outcome.code).toBe(2);
    expectOneLine(outcome, "--port", "65535");
  });

  test("a token that could be no header, of which nothing is shown", async () => {
    const outcome = await runProgram(["--port", "0"], { env: { NASH_LLM_TOKEN: "two words" } });
    expect(outcome.code).toBe(2);
    expectOneLine(outcome, "NASH_LLM_TOKEN");
    expect(outcome.stderr).not.toContain("words");
  });

  test("a file for a token that is not there", async () => {
    const outcome = await runProgram(["--port", "0", "--token-file", "/not/there"]);
    expect(outcome.code).toBe(2);
    expectOneLine(outcome, "/not/there");
  });
});
