import { readFileSync } from "node:fs";

/**
 * Read and bundled while the code that imports them is itself being transpiled: import these functions with
 * `{ type: "macro" }`. What remains of a call is the text, so it works from source, in tests and in a compiled
 * program alike (docs/decisions/0006-embedding-the-pages.md).
 */

/**
 * A page's script with all that it imports, as one file for browsers.
 * @param path of its entry, relative to this folder
 */
export function embedScript(path: string): string {
  return bundle(path, ["--target=browser", "--format=iife", "--production"]);
}

/** A style sheet with all that it imports, as one file. */
export function embedStyle(path: string): string {
  return bundle(path, []);
}

/** A file as it is. */
export function embedText(path: string): string {
  return readFileSync(`${import.meta.dir}/${path}`, "utf8");
}

/** A file of any kind, as base64. */
export function embedBase64(path: string): string {
  return readFileSync(`${import.meta.dir}/${path}`, "base64");
}

/** A process of its own: the bundler cannot be called from within itself. */
function bundle(path: string, options: readonly string[]): string {
  const command = [process.execPath, "build", "--minify", ...options, `${import.meta.dir}/${path}`];
  const { success, stdout, stderr } = Bun.spawnSync(command);
  if (!success) throw new Error(`${path} could not be bundled:\n${stderr}`);
  return stdout.toString();
}
