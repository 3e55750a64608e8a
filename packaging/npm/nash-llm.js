#!/usr/bin/env node
/** Runs the program for this machine, which npm has installed as an optional dependency. Node 20 or later, or Bun. */
import { spawn } from "node:child_process";
import { createRequire } from "node:module";
import { constants } from "node:os";

/** @returns {string[]} the packages that may hold the program, the likeliest first */
function candidates() {
  const name = `@nash-llm/${process.platform}-${process.arch}`;
  if (process.platform !== "linux") return [name];
  return isMusl() ? [`${name}-musl`, name] : [name, `${name}-musl`];
}

/** Node names the glibc that it runs on, and nothing where there is none. */
function isMusl() {
  if (process.report === undefined) return false;
  process.report.excludeNetwork = true;
  return process.report.getReport().header.glibcVersionRuntime === undefined;
}

/** @returns {string | undefined} the program's path */
function findProgram() {
  const { resolve } = createRequire(import.meta.url);
  const file = process.platform === "win32" ? "nash-llm.exe" : "nash-llm";
  for (const name of candidates()) {
    try {
      return resolve(`${name}/bin/${file}`);
    } catch {
      // Not installed: npm leaves out what is for other machines.
    }
  }
  return undefined;
}

/**
 * In this process's place where the system can do that: the terminal, signals and the exit code are the program's own.
 * @param {string} program
 */
function run(program) {
  const args = process.argv.slice(2);
  if (process.execve !== undefined && process.platform !== "win32") {
    process.execve(program, [program, ...args], process.env);
  }
  const child = spawn(program, args, { stdio: "inherit" });
  child.on("error", (error) => fail(error.message));
  // On a terminal Ctrl-C reaches the child by itself; passed on, it would count as the second one.
  const isTerminal = [process.stdin, process.stdout, process.stderr].some(({ isTTY }) => isTTY);
  process.on("SIGINT", () => isTerminal || child.kill("SIGINT"));
  for (const signal of ["SIGTERM", "SIGHUP"]) process.on(signal, () => child.kill(signal));
  child.on("exit", (code, signal) => {
    process.exitCode = code ?? 128 + constants.signals[signal];
  });
}

/** @param {string} message */
function fail(message) {
  process.stderr.write(`nash-llm: ${message}\n`);
  process.exitCode = 1;
}

const program = findProgram();
if (program === undefined) {
  fail(
    `there is no program for ${process.platform} on ${process.arch} here. ` +
      `It comes with the package ${candidates()[0]}: install without --omit=optional or --no-optional.`,
  );
} else {
  run(program);
}
