/**
 * Runs this project on a machine that has Node and npm, or Bun, and nothing else:
 *
 *   node scripts/with-bun.mjs <arguments>            bun <arguments>
 *   node scripts/with-bun.mjs --program <arguments>  ./nash-llm <arguments>
 *   node scripts/with-bun.mjs --built <arguments>    bun <arguments>, once ./nash-llm is there
 *   node scripts/with-bun.mjs --test-program         the tests that drive the program, against ./nash-llm
 *
 * Before that it finds Bun, installs the packages and builds the program, each only where it is needed.
 */
import { spawn, spawnSync } from "node:child_process";
import { readdirSync, statSync } from "node:fs";
import { constants } from "node:os";
import { findBun } from "./find-bun.mjs";
import { install, ROOT, say } from "./install.mjs";

const PROGRAM = `${ROOT}nash-llm${process.platform === "win32" ? ".exe" : ""}`;
/** What the program is made from. */
const SOURCES = ["src", "package.json", "bun.lock", "build.ts"];

try {
  const [mode, ...rest] = process.argv.slice(2);
  const bun = findBun();
  install(bun);
  if (mode === "--program") run(built(bun), rest);
  else if (mode === "--test-program")
    run(bun, ["test", "--parallel=3", "--timeout=30000", "tests/program", "tests/fuzz", ...rest], {
      NASH_LLM_UNDER_TEST: built(bun),
    });
  else if (mode === "--built") {
    built(bun);
    run(bun, rest);
  } else run(bun, process.argv.slice(2));
} catch (error) {
  say(error instanceof Error ? error.message : String(error));
  process.exitCode = 1;
}

/**
 * The program's path, once it has been built from the sources as they are.
 * @param {string} bun
 */
function built(bun) {
  const made = statSync(PROGRAM, { throwIfNoEntry: false })?.mtimeMs ?? 0;
  if (Math.max(...SOURCES.map((name) => newest(ROOT + name))) < made) return PROGRAM;
  say("building ./nash-llm");
  const { status, stdout, stderr } = spawnSync(bun, ["build.ts"], {
    cwd: ROOT,
    encoding: "utf8",
    stdio: ["ignore", "pipe", "pipe"],
  });
  if (status !== 0) throw new Error(`the program could not be built\n${stdout}${stderr}`);
  return PROGRAM;
}

/**
 * When a file, or anything in a folder, last changed, in milliseconds since 1970. A folder's own time tells of
 * files that were removed.
 * @param {string} path
 * @returns {number}
 */
function newest(path) {
  const stats = statSync(path);
  const inside = stats.isDirectory() ? readdirSync(path).map((name) => newest(`${path}/${name}`)) : [];
  return Math.max(stats.mtimeMs, ...inside);
}

/**
 * Runs a command in this process's place: its terminal, its signals, its exit code.
 * @param {string} command
 * @param {string[]} args
 * @param {Record<string, string>} [env] added to the environment
 */
function run(command, args, env = {}) {
  const child = spawn(command, args, { stdio: "inherit", env: { ...process.env, ...env } });
  child.on("error", (error) => {
    say(error.message);
    process.exitCode = 1;
  });
  // On a terminal Ctrl-C reaches the child by itself; passed on, it would count as the second one.
  process.on("SIGINT", () => {
    if (![process.stdin, process.stdout, process.stderr].some(({ isTTY }) => isTTY)) child.kill("SIGINT");
  });
  for (const signal of /** @type {const} */ (["SIGTERM", "SIGHUP"]))
    process.on(signal, () => child.kill(signal));
  child.on("exit", (code, signal) => {
    process.exitCode = code ?? 128 + constants.signals[signal ?? "SIGKILL"];
  });
}
