import { afterAll, beforeAll, expect, setDefaultTimeout, test } from "bun:test";
import { statSync } from "node:fs";
import { dirname, join } from "node:path";
import { loadRouting } from "../../src/config.ts";
import { newHome, runClient } from "../support/client-process.ts";
import { type Program, startProgram } from "../support/program.ts";

setDefaultTimeout(60_000);

const README = await Bun.file(join(import.meta.dir, "../../README.md")).text();

let program: Program;
beforeAll(async () => {
  program = await startProgram({});
});
afterAll(() => program.stop());

/** The code blocks of a language, asking the program of this test. */
function blocks(language: string): string[] {
  const found = README.matchAll(new RegExp(`\`\`\`${language}\\n(.*?)\`\`\``, "gs"));
  return Array.from(found, ([, code = ""]) => code.replaceAll("http://127.0.0.1:8001", program.url));
}

function block(language: string, containing: string): string {
  const code = blocks(language).find((text) => text.includes(containing));
  if (code === undefined) throw new Error(`the README has no ${language} block with ${containing}`);
  return code;
}

async function outputOf(command: string[], input: string): Promise<string> {
  const child = Bun.spawn(command, { stdin: new Blob([input]), stdout: "pipe", stderr: "pipe" });
  const [output, errors] = await Promise.all([
    new Response(child.stdout).text(),
    new Response(child.stderr).text(),
  ]);
  expect(errors.replace(/^ *% Total.*$/s, "")).toBe("");
  return output;
}

test("the curl command works as it stands, where there is a curl", async () => {
  if (Bun.which("curl") === null)
    return void process.stdout.write("no curl here: the README's command was not run\n");
  const output = await outputOf(["sh"], block("bash", "curl -N").replace("curl -N", "curl -sN"));
  const lines = output.split("\n\n").filter((line) => line !== "");
  expect(lines[0]).toMatch(/^data: \{"session_id":"[0-9a-f-]{36}"\}$/);
  expect(lines[1]).toBe('data: {"content":"[demo]"}');
  expect(lines.at(-2)).toBe(lines[0] ?? "");
  expect(lines.at(-1)).toBe("data: [DONE]");
});

test("each dialect answers the curl command for it, where there is a curl", async () => {
  if (Bun.which("curl") === null)
    return void process.stdout.write("no curl here: the README's commands were not run\n");
  const commands = block("bash", "/demo/v1/messages").split(/(?=^curl )/m);
  const answers = await Promise.all(
    commands.map(async (command) => JSON.parse(await outputOf(["sh"], command.replace("curl ", "curl -s ")))),
  );
  const said = expect.stringMatching(/^\[demo\] /);
  expect(answers).toEqual([
    expect.objectContaining({
      object: "chat.completion",
      choices: [expect.objectContaining({ message: expect.objectContaining({ content: said }) })],
    }),
    expect.objectContaining({
      object: "response",
      status: "completed",
      output: [expect.objectContaining({ content: [expect.objectContaining({ text: said })] })],
    }),
    expect.objectContaining({
      type: "message",
      stop_reason: "end_turn",
      content: [expect.objectContaining({ text: said })],
    }),
  ]);
});

test("the SDKs of OpenAI and Anthropic work as they stand", async () => {
  const printed = await outputOf([process.execPath, "run", "-"], block("ts", "@anthropic-ai/sdk"));
  expect(printed).toMatch(/^(?:\[demo\] .*\n){3}$/);
});

test("the settings with a provider and a route are ones that the program takes", async () => {
  using home = newHome();
  const file = join(home.path, "settings.toml");
  await Bun.write(file, block("toml", "[[route]]"));
  const routing = loadRouting(file, { WORK_KEY: "a-key-of-work" });
  expect(routing).toMatchObject({
    defaultProvider: "work",
    providers: [{ name: "work", baseUrl: new URL("https://api.openai.com/v1") }],
    routes: [{ model: "fast" }],
  });
});

test("the terminal client keeps a conversation where the README says, and nothing where it is told so", async () => {
  const ask = ["--model", "demo", "Hello"];
  // From source, the runtime keeps what it has made of the source in `.bun`.
  const kept = (home: string) =>
    [...new Bun.Glob("**/*").scanSync({ cwd: home, dot: true })].filter(
      (path) => !path.endsWith(".toml") && !path.startsWith(".bun/"),
    );
  {
    using home = newHome();
    expect((await runClient(ask, { home })).code).toBe(0);
    const [file = "", ...others] = kept(home.path);
    expect({ file: dirname(file), others }).toEqual({ file: ".local/state/nash-llm/sessions", others: [] });
    expect(README).toContain(`~/${dirname(file)}`);
    expect(statSync(join(home.path, file)).mode & 0o777).toBe(0o600);
  }
  for (const [args, settings] of [
    [["--no-save", "--no-history"], ""],
    [[], "[client]\nsave = false\nhistory = false\n"],
  ] as const) {
    using home = newHome();
    const config = join(home.path, "settings.toml");
    await Bun.write(config, settings);
    expect((await runClient([...args, ...ask, "--config", config], { home })).code).toBe(0);
    expect(kept(home.path)).toEqual([]);
  }
});

test("the TypeScript client works as it stands", async () => {
  expect(await outputOf([process.execPath, "run", "-"], block("ts", "pipeThrough"))).toStartWith("[demo] ");
});

test("the Python client works as it stands, where there is a Python", async () => {
  const python = Bun.which("python3");
  if (python === null)
    return void process.stdout.write("no python3 here: the README's Python client was not run\n");
  expect(await outputOf([python, "-"], block("python", "urllib"))).toStartWith("[demo] ");
});

test("every provider that it names is one that the program knows", async () => {
  const { PROVIDERS } = await import("../../src/providers/index.ts");
  const plain = (name: string) => name.toLowerCase().replace(/[^a-z]/g, "");
  const readme = plain(README);
  for (const { name } of PROVIDERS) expect(readme).toContain(plain(name.replace(/^helicone-.*/, "helicone")));
});
