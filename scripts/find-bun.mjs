import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { ROOT, say } from "./install.mjs";

/** The version that this project is pinned to. */
const VERSION = JSON.parse(readFileSync(`${ROOT}package.json`, "utf8")).devDependencies.bun;

/** The Bun that runs this, if it is one. */
const OWN = process.versions["bun"] === undefined ? [] : [process.execPath];

/**
 * A Bun of the pinned version: the one that runs this, the project's own, one on the path, or else one that is
 * fetched into a cache. Nothing is installed globally.
 * @returns {string} its path, or its name on the path
 * @throws {Error} where there is none and it cannot be fetched
 */
export function findBun() {
  // On every system the package calls its program so.
  const places = [...OWN, `${ROOT}node_modules/bun/bin/bun.exe`, "bun"];
  return places.find((place) => output(place, ["--version"]).text === VERSION) ?? fetchBun();
}

/** Through npm, or through a Bun of another version. */
function fetchBun() {
  say(`fetching Bun ${VERSION}, once`);
  const ask = ["bun", "-p", "process.execPath"];
  const [other] = OWN;
  const { text, trouble } =
    other === undefined
      ? output("npm", ["exec", "--yes", `--package=bun@${VERSION}`, "--", ...ask])
      : output(other, ["x", `--package=bun@${VERSION}`, ...ask]);
  if (text !== undefined) return text;
  throw new Error(`Bun ${VERSION} is needed and could not be fetched\n${trouble}`);
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
