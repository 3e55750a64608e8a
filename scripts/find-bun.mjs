import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { ROOT, say } from "./install.mjs";

/** The version that this project is pinned to. */
const VERSION = JSON.parse(readFileSync(`${ROOT}package.json`, "utf8")).devDependencies.bun;

/**
 * A Bun of the pinned version: the one that runs this, the project's own, one on the path, or else one that npm
 * fetches into its cache. Nothing is installed globally.
 * @returns {string} its path, or its name on the path
 * @throws {Error} where there is none and npm cannot fetch it
 */
export function findBun() {
  const own = process.versions["bun"] === undefined ? [] : [process.execPath];
  // On every system the package calls its program so.
  const places = [...own, `${ROOT}node_modules/bun/bin/bun.exe`, "bun"];
  return places.find((place) => output(place, ["--version"]).text === VERSION) ?? fetchBun();
}

function fetchBun() {
  say(`fetching Bun ${VERSION} through npm, once`);
  const fetched = output("npm", [
    "exec",
    "--yes",
    `--package=bun@${VERSION}`,
    "--",
    "bun",
    "-p",
    "process.execPath",
  ]);
  if (fetched.text !== undefined) return fetched.text;
  throw new Error(`Bun ${VERSION} is needed and could not be fetched\n${fetched.trouble}`);
}

/**
 * @param {string} command
 * @param {string[]} args
 * @returns {{text?: string, trouble?: string}} what it printed, if it went well
 */
function output(command, args) {
  const { status, stdout, stderr, error } = spawnSync(command, args, {
    cwd: ROOT,
    encoding: "utf8",
    stdio: ["ignore", "pipe", "pipe"],
    // There npm is a script.
    shell: process.platform === "win32" && command === "npm",
  });
  return status === 0 ? { text: stdout.trim() } : { trouble: String(error ?? stderr) };
}
