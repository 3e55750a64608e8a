import { expect, setDefaultTimeout, test } from "bun:test";
import { chmodSync, copyFileSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { newHome } from "../support/client-process.ts";
import { programCommand } from "../support/program.ts";

/** The examples of docs/embedding.md, each run as it stands. */

setDefaultTimeout(120_000);

const EXAMPLES = join(import.meta.dir, "../../docs/embedding");

/** A folder with the examples, and the program under test as one file in `bin`. */
function newProject(): { readonly path: string } & Disposable {
  const home = newHome();
  mkdirSync(join(home.path, "bin"));
  const program = join(home.path, "bin/nash-llm");
  const quoted = programCommand().map((word) => `'${word}'`);
  writeFileSync(program, `#!/bin/sh\nexec ${quoted.join(" ")} "$@"\n`);
  chmodSync(program, 0o755);
  for (const name of ["spawn.mjs", "electron.mjs", "tauri.rs"])
    copyFileSync(join(EXAMPLES, name), join(home.path, name));
  return home;
}

async function run(project: string, cmd: readonly string[]) {
  const env = { PATH: process.env["PATH"] ?? "", HOME: process.env["HOME"] ?? project };
  const child = Bun.spawn({ cmd: [...cmd], cwd: project, env, stdout: "pipe", stderr: "pipe" });
  const output = Promise.all([new Response(child.stdout).text(), new Response(child.stderr).text()]);
  const [stdout, stderr] = await output;
  return { stdout, stderr, code: await child.exited };
}

const ASK = `
async function ask({ url, token }, headers = {}) {
  const answer = await fetch(url + "/demo/v1/chat/completions", {
    method: "POST",
    headers: { "content-type": "application/json", authorization: "Bearer any-word", "x-nash-llm-token": token, ...headers },
    body: JSON.stringify({ model: "demo", messages: [{ role: "user", content: "Hello" }] }),
  });
  return { status: answer.status, allowed: answer.headers.get("access-control-allow-origin"), text: (await answer.text()).includes("[demo]") };
}
const isGone = (url) => fetch(url + "/health").then(() => false, () => true);
`;

const node = Bun.which("node");
/** A compiler that runs: rustup's stand-in for one does not, where no toolchain was chosen. */
const rustc = [Bun.which("rustc")].find((path) => path && Bun.spawnSync([path, "--version"]).success) ?? null;

test("plain spawn: it answers with the token alone, tells it to nobody, and stops", async () => {
  if (node === null) return void process.stdout.write("no Node here: docs/embedding/spawn.mjs was not run\n");
  using project = newProject();
  const script = `import { startNashLlm } from "./spawn.mjs";${ASK}
const server = await startNashLlm("bin/nash-llm");
const token = server.token;
const origins = ["app://my-app", "tauri://localhost", "http://tauri.localhost", "vscode-webview://1a2b", "null", "file://"];
const pages = {};
for (const origin of origins) pages[origin] = await ask(server, { origin });
const answers = { own: await ask(server), without: (await ask({ url: server.url, token: "" })).status };
await server.stop();
const failed = await startNashLlm("bin/nash-llm", ["--no-such-flag"]).catch(({ message }) => message);
console.log(JSON.stringify({ token, pages, ...answers, gone: await isGone(server.url), failed }));`;
  writeFileSync(join(project.path, "app.mjs"), script);
  const { stdout, stderr, code } = await run(project.path, [node, "app.mjs"]);
  expect({ stderr: stderr.replace(/^error: unknown option.*\n(?:.*\n)*/m, ""), code }).toEqual({
    stderr: "",
    code: 0,
  });
  const { token, ...seen } = JSON.parse(stdout);
  expect(token).toMatch(/^[0-9a-f]{64}$/);
  expect(stderr).not.toContain(token);
  const page = (origin: string) => ({ status: 200, allowed: origin, text: true });
  const refused = { status: 403, allowed: null, text: false };
  expect(seen).toEqual({
    pages: {
      "app://my-app": page("app://my-app"),
      "tauri://localhost": page("tauri://localhost"),
      "http://tauri.localhost": page("http://tauri.localhost"),
      "vscode-webview://1a2b": page("vscode-webview://1a2b"),
      null: refused,
      "file://": refused,
    },
    own: { status: 200, allowed: null, text: true },
    without: 401,
    gone: true,
    failed: "nash-llm ended with 2",
  });
});

test("Electron: its main file, with a stand-in for Electron's module", async () => {
  if (node === null)
    return void process.stdout.write("no Node here: docs/embedding/electron.mjs was not run\n");
  using project = newProject();
  const electron = join(project.path, "node_modules/electron");
  mkdirSync(electron, { recursive: true });
  writeFileSync(
    join(electron, "package.json"),
    '{ "name": "electron", "type": "module", "main": "index.js" }',
  );
  writeFileSync(
    join(electron, "index.js"),
    `${ASK}
let tell, quit;
export const app = { isPackaged: false, whenReady: async () => {}, on: (name, does) => { if (name === "will-quit") quit = does; } };
export const ipcMain = { handle: (name, answer) => { if (name === "nash-llm") tell = answer; } };
export class BrowserWindow {
  async loadFile(name) {
    const told = tell();
    const answer = await ask(told);
    quit();
    while (!(await isGone(told.url))) await new Promise((resolve) => setTimeout(resolve, 20));
    console.log(JSON.stringify({ name, ...answer }));
  }
}`,
  );
  const { stdout, stderr, code } = await run(project.path, [node, "electron.mjs"]);
  expect({ stderr, code }).toEqual({ stderr: "", code: 0 });
  expect(JSON.parse(stdout)).toEqual({ name: "index.html", status: 200, allowed: null, text: true });
});

test("Tauri: its module, compiled by itself", async () => {
  if (rustc === null)
    return void process.stdout.write("no rustc here: docs/embedding/tauri.rs was not run\n");
  using project = newProject();
  const main = `#[path = "tauri.rs"] mod nash_llm;
fn main() {
    let server = nash_llm::NashLlm::start(std::path::Path::new("bin/nash-llm"), "a-token-of-the-app").unwrap();
    println!("{}", server.url);
    let mut line = String::new();
    std::io::stdin().read_line(&mut line).unwrap();
    drop(server);
    println!("stopped");
    assert!(nash_llm::NashLlm::start(std::path::Path::new("/bin/true"), "token").is_err());
}`;
  writeFileSync(join(project.path, "main.rs"), main);
  const compiled = await run(project.path, [rustc, "--edition", "2021", "-D", "warnings", "main.rs"]);
  expect(compiled).toMatchObject({ code: 0, stderr: "" });
  const app = Bun.spawn({
    cmd: ["./main"],
    cwd: project.path,
    stdin: "pipe",
    stdout: "pipe",
    stderr: "inherit",
  });
  const utf8 = new TextDecoder();
  let printed = "";
  for await (const piece of app.stdout) {
    printed += utf8.decode(piece);
    if (!printed.endsWith("\n") || printed.includes("stopped")) continue;
    const url = printed.trim();
    const headers = { "x-nash-llm-token": "a-token-of-the-app" };
    expect((await fetch(`${url}/v1/local`, { headers })).status).toBe(200);
    expect((await fetch(`${url}/v1/local`)).status).toBe(401);
    app.stdin.write("\n");
    app.stdin.end();
  }
  const [url = "", last] = printed.trim().split("\n");
  expect({ last, code: await app.exited }).toEqual({ last: "stopped", code: 0 });
  await expect(fetch(`${url}/health`)).rejects.toThrow();
});
