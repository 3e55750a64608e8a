/**
 * Tries the npm packages as a user would, from tarballs and without a network:
 *
 *   bun build.ts && bun scripts/try-packages.ts
 *
 * Packs `nash-llm` and the package of this machine, installs both into an empty project, runs the program through npx,
 * and uses the typed client from Node, from Bun, from a bundle for browsers and from TypeScript; and as the
 * READMEs have it. It needs Node and npm.
 */
import { spawn, spawnSync } from "node:child_process";
import { copyFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { description, version } from "../package.json";
import { buildClient } from "./release/client.ts";
import { layOutPackages } from "./release/npm.ts";
import { REPOSITORY } from "./release/repository.ts";
import { programIn, TARGETS, type Target } from "./release/targets.ts";

const ROOT = join(import.meta.dir, "..");
const SHELL = process.platform === "win32";

/** Asks the demo through the installed client, with nothing that a browser does not have. */
const ask = (url: string) => `import { createClient, NashError } from "nash-llm/client";
const client = createClient({ baseUrl: ${JSON.stringify(url)} });
const question = { messages: [{ role: "user", content: "Hello" }], api_key: "any-word", api_base_url: "http://demo.invalid/v1" };
let text = "";
for await (const piece of client.chat({ ...question, model: "demo" })) text += piece;
if (!text.startsWith("[demo]")) throw new Error(\`not the demo: \${text}\`);
try {
  for await (const _ of client.chat({ ...question, model: "no-such-model" }));
  throw new Error("a model that is none was answered");
} catch (error) {
  if (!(error instanceof NashError)) throw error;
}
`;

/** Must compile without the library checks being skipped. */
const TYPED = `import { createClient, type Message, NashError } from "nash-llm/client";
const messages: Message[] = [{ role: "user", content: "Hello" }];
export async function ask(): Promise<string> {
  let text = "";
  try {
    const answer = createClient().chat({ messages, model: "demo", api_key: "any-word", api_base_url: "http://demo.invalid/v1" });
    for await (const piece of answer) text += piece;
  } catch (error) {
    if (error instanceof NashError) return error.message;
    throw error;
  }
  return text;
}
`;

/** Runs a command to its end and gives what it printed. */
function run(folder: string, command: string, ...args: readonly string[]): string {
  const { status, stdout, stderr, error } = spawnSync(command, args, {
    cwd: folder,
    encoding: "utf8",
    shell: SHELL,
  });
  if (status !== 0) throw new Error(`${[command, ...args].join(" ")}: ${error ?? stdout + stderr}`);
  return stdout;
}

/** Makes the tarball of a package, says what is in it, and gives its path. */
function pack(folder: string): string {
  const [made]: { filename: string; size: number; files: { path: string }[] }[] = JSON.parse(
    run(folder, "npm", "pack", "--json"),
  );
  if (made === undefined) throw new Error(`npm pack made nothing of ${folder}`);
  const files = made.files.map(({ path }) => path).join(" ");
  console.log(`${made.filename}  ${(made.size / 1e6).toFixed(1)} MB  ${files}`);
  return join(folder, made.filename);
}

function thisMachine(): Target {
  const isMusl =
    run(ROOT, "node", "-p", "process.report.getReport().header.glibcVersionRuntime").trim() === "undefined";
  const target = TARGETS.find(
    ({ os, cpu, libc }) =>
      os === process.platform && cpu === process.arch && (os !== "linux" || (libc === "musl") === isMusl),
  );
  if (target === undefined) throw new Error(`no package for ${process.platform} on ${process.arch}`);
  return target;
}

/** The example of the typed client in a page: the package's own, and the repository's. */
function example(page: string, url: string): string {
  const code = Array.from(
    readFileSync(join(ROOT, page), "utf8").matchAll(/```ts\n(.*?)```/gs),
    ([, code = ""]) => code,
  );
  const ours = code.find((text) => text.includes("nash-llm/client"));
  if (ours === undefined) throw new Error(`${page} has no example of the client`);
  return ours.replace("http://127.0.0.1:8001", url);
}

/** Uses the installed client wherever it is meant to run. @throws where it does not */
function useClient(project: string, url: string): void {
  writeFileSync(join(project, "ask.js"), ask(url));
  const bundle = join(project, "bundle.js");
  run(project, process.execPath, "build", "ask.js", "--target=browser", `--outfile=${bundle}`);
  const bundled = readFileSync(bundle, "utf8");
  if (/\b(?:import|require|process)\b/.test(bundled.replace("import.meta", "")))
    throw new Error("the bundle for browsers asks for what a browser does not have");
  run(project, "node", "ask.js");
  run(project, process.execPath, "ask.js");
  run(project, "node", "bundle.js");
  for (const page of ["README.md", "packaging/npm/README.md"]) {
    writeFileSync(join(project, "example.mjs"), example(page, url));
    for (const runtime of ["node", process.execPath]) {
      const answer = run(project, runtime, "example.mjs");
      if (!answer.startsWith("[demo] ")) throw new Error(`the example of ${page} printed ${answer}`);
    }
  }
}

/** Starts the installed program, gives its address to a function, and stops it. Returns its exit code. */
async function withServer(project: string, use: (url: string) => void): Promise<number | null> {
  const launcher = join(project, "node_modules/nash-llm/bin/nash-llm.js");
  const server = spawn("node", [launcher, "--port", "0", "--no-detect", "--log-level", "silent"]);
  const ended = new Promise<number | null>((resolve) => server.on("exit", resolve));
  for await (const line of createInterface(server.stdout)) {
    const [url] = /http:\S+/.exec(line) ?? [];
    if (url === undefined) continue;
    try {
      use(url);
    } finally {
      server.kill("SIGTERM");
    }
    break;
  }
  return ended;
}

async function tryPackages(workshop: string): Promise<void> {
  const target = thisMachine();
  const dist = join(workshop, "dist");
  mkdirSync(dist);
  copyFileSync(join(ROOT, programIn(target)), join(dist, target.program));
  const folders = layOutPackages({
    dist,
    out: join(workshop, "npm"),
    version,
    description,
    repository: REPOSITORY,
    targets: [target],
    buildClient,
  });
  const tarballs = folders.map(pack);

  const project = join(workshop, "project");
  mkdirSync(project);
  writeFileSync(join(project, "package.json"), '{ "private": true, "type": "module" }\n');
  run(project, "npm", "install", "--offline", "--no-audit", "--no-fund", ...tarballs);
  const printed = run(project, "npx", "--no-install", "nash-llm", "--version").trim();
  if (printed !== version) throw new Error(`npx nash-llm --version printed ${printed}`);

  const code = await withServer(project, (url) => useClient(project, url));
  if (code !== 0) throw new Error(`SIGTERM ended the server with ${code}`);

  writeFileSync(join(project, "typed.ts"), TYPED);
  for (const [module, resolution] of [
    ["nodenext", "nodenext"],
    ["esnext", "bundler"],
  ] as const) {
    const options = ["--strict", "--noEmit", "--target", "es2022", "--lib", "es2023,dom,dom.iterable"];
    const compiler = join(ROOT, "node_modules/typescript/bin/tsc");
    run(
      project,
      process.execPath,
      compiler,
      ...options,
      "--module",
      module,
      "--moduleResolution",
      resolution,
      "typed.ts",
    );
  }
  console.log(
    "The packages work: npx, the client under Node, Bun and from a bundle for browsers, the examples of the READMEs and its types.",
  );
}

const workshop = mkdtempSync(join(tmpdir(), "nash-llm-packages-"));
try {
  await tryPackages(workshop);
} finally {
  rmSync(workshop, { recursive: true });
}
