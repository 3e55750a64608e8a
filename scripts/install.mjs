/**
 * Plain JavaScript without dependencies: it runs under Node and Bun before anything is installed.
 */
import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

/** The project's folder. */
export const ROOT = fileURLToPath(new URL("..", import.meta.url));

const LOCK = `${ROOT}bun.lock`;
/** Holds the digest of the lockfile that `node_modules` was last made from. */
const STAMP = `${ROOT}node_modules/.installed-lock`;

/**
 * Installs what `bun.lock` names, unless that has been done already.
 * @param {string} bun the Bun to install with
 * @returns {boolean} whether anything was installed
 * @throws {Error} with Bun's own words where it fails
 */
export function install(bun) {
  const wanted = createHash("sha256").update(readFileSync(LOCK)).digest("hex");
  if (existsSync(STAMP) && readFileSync(STAMP, "utf8") === wanted) return false;
  say("installing packages, once");
  const { status, stdout, stderr, error } = spawnSync(bun, ["install", "--frozen-lockfile"], {
    cwd: ROOT,
    encoding: "utf8",
    stdio: ["ignore", "pipe", "pipe"],
  });
  if (status !== 0) throw new Error(`the packages could not be installed\n${error ?? stdout + stderr}`);
  writeFileSync(STAMP, wanted);
  return true;
}

/**
 * One line for one step, beside the output of what is run.
 * @param {string} step
 */
export function say(step) {
  process.stderr.write(`nash-llm: ${step}\n`);
}
