import { afterEach, expect, test } from "bun:test";
import { startOllama } from "../support/model-server.ts";
import { type Program, type ProgramOptions, startProgram } from "../support/program.ts";

const running: { stop(): Promise<unknown> }[] = [];
afterEach(async () => {
  for (const one of running.splice(0)) await one.stop();
});

async function start(options: ProgramOptions = {}): Promise<Program> {
  const program = await startProgram(options);
  running.push(program);
  return program;
}

function ollama(models: readonly string[]) {
  const server = startOllama(models);
  running.push(server);
  return server;
}

test("the first words: addresses, what was found, and a request that works as it stands", async () => {
  const { port } = ollama(["llama3.2", "qwen3"]);
  const program = await start({ env: { OLLAMA_HOST: `127.0.0.1:${port}` } });
  const line = await program.printed((text) => text.includes("curl"));
  const lines = program.stdout().trimEnd().split("\n");

  expect(lines[0]).toMatch(/^nash-llm \S+ {3}http:\/\/127\.0\.0\.1:\d+ {3}only this computer can reach it$/);
  expect(lines[0]).toContain(program.url);
  const labels = ["chat", "docs", "health", "found", "try"];
  expect(lines.slice(1).map((text) => text.trim().split(" ")[0] ?? "")).toEqual(labels);
  expect(lines[4]).toContain(`Ollama on ${port} (2 models)`);
  for (const at of [1, 2, 3]) {
    const address = lines[at]?.trim().split(/ +/)[1] ?? "";
    expect((await fetch(address)).status).toBe(200);
  }

  const [, address = ""] = / (http:\S+) /.exec(line) ?? [];
  const [, body = ""] = /-d '(.*)'$/.exec(line) ?? [];
  const answer = await fetch(address, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body,
  });
  const text = await answer.text();
  expect(text).toStartWith('data: {"session_id":');
  expect(text).toEndWith("data: [DONE]\n\n");
});

test("with --no-detect nothing is looked for", async () => {
  const { port, asked } = ollama(["llama3.2"]);
  const program = await start({ args: ["--no-detect"], env: { OLLAMA_HOST: `127.0.0.1:${port}` } });
  await program.printed((text) => text.includes("curl"));
  const { servers } = await local(program);
  expect(servers.map(({ name }) => name)).toEqual(["Demo"]);
  expect(program.stdout()).not.toContain("found");
  expect(asked).toEqual([]);
});

test("the setting can come from a variable, and --detect overrules it", async () => {
  const { port } = ollama(["llama3.2"]);
  const env = { OLLAMA_HOST: `127.0.0.1:${port}`, NASH_LLM_DETECT: "false" };
  const silent = await start({ env });
  expect((await local(silent)).servers).toHaveLength(1);
  const looking = await start({ env, args: ["--detect"] });
  expect((await local(looking)).servers.length).toBeGreaterThan(1);
});

test("GET /v1/local names each server, its address and its models, with the demo last", async () => {
  const { port } = ollama(["llama3.2", "qwen3"]);
  const program = await start({ env: { OLLAMA_HOST: `http://0.0.0.0:${port}` } });
  const { servers } = await local(program);
  expect(servers).toContainEqual({
    name: "Ollama",
    api_base_url: `http://127.0.0.1:${port}/v1`,
    models: ["llama3.2", "qwen3"],
  });
  const demo = servers.at(-1);
  expect(demo?.api_base_url).toBe("http://demo.invalid/v1");
  expect(demo?.models[0]).toBe("demo");
});

interface Local {
  readonly servers: readonly { name: string; api_base_url: string; models: readonly string[] }[];
}

async function local(program: Program): Promise<Local> {
  const response = await fetch(`${program.url}/v1/local`);
  expect(response.status).toBe(200);
  return response.json() as Promise<Local>;
}
