import { afterEach, expect, test } from "bun:test";
import { closeSync, constants, mkdtempSync, openSync, readSync, rmSync, writeSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { startOllama } from "../support/model-server.ts";
import { type Program, type ProgramOptions, programCommand, startProgram } from "../support/program.ts";

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

test("the startup output: addresses, what was found, and a request that works as it stands", async () => {
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

test("startup does not wait for a reader of its output, and loses none of it", async () => {
  const folder = mkdtempSync(join(tmpdir(), "nash-llm-test-"));
  const path = join(folder, "stdout");
  Bun.spawnSync(["mkfifo", path]);
  const reader = openSync(path, constants.O_RDWR | constants.O_NONBLOCK);
  const full = fill(reader);
  const writer = openSync(path, "w");
  const { child, up } = silent([], folder, writer);
  try {
    await up;
    const words = await readUntil(reader, full, "curl");
    expect(words).toStartWith("nash-llm ");
  } finally {
    child.kill("SIGKILL");
    await child.exited;
    for (const fd of [reader, writer]) closeSync(fd);
    rmSync(folder, { recursive: true });
  }
});

test("--quiet says nothing", async () => {
  const folder = mkdtempSync(join(tmpdir(), "nash-llm-test-"));
  const { child, up } = silent(["--quiet"], folder, "pipe");
  try {
    await up;
    child.kill("SIGTERM");
    expect(await child.exited).toBe(0);
    expect(await new Response(child.stdout as ReadableStream).text()).toBe("");
  } finally {
    child.kill("SIGKILL");
    rmSync(folder, { recursive: true });
  }
});

/** The server, where its output does not tell its address, and when it answers. */
function silent(args: readonly string[], home: string, stdout: number | "pipe") {
  const listener = Bun.listen({ hostname: "127.0.0.1", port: 0, socket: { data: () => undefined } });
  const { port } = listener;
  listener.stop();
  const child = Bun.spawn([...programCommand(), ...args, "--port", `${port}`], {
    env: { HOME: home },
    stdin: "ignore",
    stdout,
    stderr: "ignore",
  });
  const answers = async () => {
    while (child.exitCode === null && !(await isUp(`http://127.0.0.1:${port}`))) await Bun.sleep(10);
    expect(child.exitCode).toBeNull();
  };
  return { child, up: answers() };
}

/** Writes to a pipe until it takes no more. @returns how much it took, in bytes */
function fill(fd: number): number {
  const block = Buffer.alloc(4096);
  let bytes = 0;
  try {
    for (;;) bytes += writeSync(fd, block);
  } catch {
    return bytes;
  }
}

async function isUp(url: string): Promise<boolean> {
  const signal = AbortSignal.timeout(1000);
  return fetch(`${url}/health`, { signal }).then(
    ({ ok }) => ok,
    () => false,
  );
}

/** What comes out of a pipe behind the first so many bytes, up to a word. */
async function readUntil(fd: number, skipped: number, word: string): Promise<string> {
  const block = Buffer.alloc(4096);
  let read = Buffer.alloc(0);
  for (;;) {
    try {
      const bytes = readSync(fd, block);
      read = Buffer.concat([read, block.subarray(0, bytes)]);
    } catch {
      await Bun.sleep(10);
    }
    const text = read.subarray(skipped).toString();
    if (text.includes(word)) return text;
  }
}

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
