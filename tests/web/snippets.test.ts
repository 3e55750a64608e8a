import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { DEMO } from "../../src/web/chat/connection.ts";
import { type Example, snippetsFor } from "../../src/web/chat/snippets.ts";
import { type Program, startProgram } from "../support/program.ts";

let program: Program;
beforeAll(async () => {
  program = await startProgram({ args: ["--no-detect"] });
});
afterAll(() => program[Symbol.asyncDispose]());

const WORDS = 'It\'s "quoted" — `$HOME` \\ $(id)\n</script> 日本';

function example(changed: Partial<Example> = {}): Example {
  return {
    server: program.url,
    connection: { ...DEMO, model: "demo-echo" },
    conversation: { turns: [{ role: "user", id: "u", text: WORDS }] },
    token: false,
    ...changed,
  };
}

function codeOf(label: string, changed: Partial<Example> = {}): string {
  const snippet = snippetsFor(example(changed)).find((one) => one.label === label);
  if (snippet === undefined) throw new Error(`There is no snippet for ${label}.`);
  return snippet.code;
}

const REMOTE = { connection: { baseUrl: "https://api.example/v1", model: "m" }, token: true };

/** What a shell would call curl with. */
async function curlArguments(code: string): Promise<readonly string[]> {
  const script = `curl() { for word in "$@"; do printf '%s\\0' "$word"; done; }\n${code}`;
  const env = { API_KEY: "the-key", NASH_LLM_TOKEN: "the-token" };
  const shell = Bun.spawn(["sh", "-c", script], { stdout: "pipe", env });
  return (await new Response(shell.stdout).text()).split("\0").slice(0, -1);
}

describe("curl", () => {
  test("the words reach curl as they were written", async () => {
    const words = await curlArguments(codeOf("curl"));
    expect(words.slice(0, 4)).toEqual([
      "-N",
      `${program.url}/v1/chat/completions/stream`,
      "-H",
      "content-type: application/json",
    ]);
    expect(JSON.parse(words.at(-1) ?? "")).toEqual({
      messages: [{ role: "user", content: WORDS }],
      model: "demo-echo",
      api_base_url: DEMO.baseUrl,
      api_key: "any-word",
    });
  });

  test("key and token come from the environment", async () => {
    const words = await curlArguments(
      codeOf("curl", {
        ...REMOTE,
        conversation: {
          turns: [{ role: "user", id: "u", text: WORDS }],
          sessionId: "s",
          settings: { system: "Be brief.", temperature: 0, maxTokens: 9, effort: "low" },
        },
      }),
    );
    expect(words).toContain("authorization: Bearer the-token");
    expect(JSON.parse(words.at(-1) ?? "")).toEqual({
      messages: [
        { role: "system", content: "Be brief." },
        { role: "user", content: WORDS },
      ],
      model: "m",
      api_base_url: "https://api.example/v1",
      api_key: "the-key",
      session_id: "s",
      temperature: 0,
      max_tokens: 9,
      reasoning_effort: "low",
    });
  });
});

describe("TypeScript", () => {
  test("runs as it stands", async () => {
    const child = Bun.spawn([process.execPath, "-e", codeOf("TypeScript")], {
      stdout: "pipe",
      stderr: "inherit",
    });
    expect(await new Response(child.stdout).text()).toBe(WORDS);
  });

  test("throws what the server refuses", async () => {
    const code = codeOf("TypeScript", { connection: { ...DEMO, model: "demo-cut" } });
    const child = Bun.spawn([process.execPath, "-e", code], { stdout: "pipe", stderr: "pipe" });
    expect(await new Response(child.stderr).text()).toContain("cut off");
    expect(await child.exited).not.toBe(0);
  });

  test("key and token come from the environment", () => {
    const code = codeOf("TypeScript", REMOTE);
    expect(code).toContain('"api_key": process.env.API_KEY');
    expect(code).toContain('"Bearer " + process.env.NASH_LLM_TOKEN');
  });
});

describe("Python", () => {
  test("its body is the request", () => {
    const [, body = ""] = /json\.dumps\((.*)\)\.encode\(\)/s.exec(codeOf("Python")) ?? [];
    expect(JSON.parse(body)).toMatchObject({
      messages: [{ role: "user", content: WORDS }],
      model: "demo-echo",
    });
  });

  test("key and token come from the environment", () => {
    const code = codeOf("Python", REMOTE);
    expect(code).toContain('"api_key": os.environ["API_KEY"]');
    expect(code).toContain('"Bearer " + os.environ["NASH_LLM_TOKEN"]');
  });
});
