/** Run by `bun test` before any test is loaded, so that it works in a fresh clone too. */
import { readdirSync } from "node:fs";
import { createRequire } from "node:module";
import { install, ROOT, say } from "./install.mjs";

const NOT_OURS = ["node_modules", ".git", "dist"];

if (installed()) {
  const { resolve } = createRequire(import.meta.url);
  // Bun has seen these folders without the packages, and remembers. A look-up that fails makes it look again.
  for (const folder of folders(ROOT)) {
    try {
      resolve(`${folder}not-there`);
    } catch {}
  }
}

/** Whether anything was installed. Where it cannot be, no test can run. */
function installed() {
  try {
    return install(process.execPath);
  } catch (error) {
    say(error instanceof Error ? error.message : String(error));
    return process.exit(1);
  }
}

/**
 * @param {string} path with a slash at its end, as those that come back
 * @returns {Generator<string>} this folder and all below it, those above first
 */
function* folders(path) {
  yield path;
  for (const entry of readdirSync(path, { withFileTypes: true })) {
    if (entry.isDirectory() && !NOT_OURS.includes(entry.name)) yield* folders(`${path}${entry.name}/`);
  }
}
