/** Programs of others, installed from the package registries into a cache folder of the user's, never into the repository. */

import { existsSync, mkdirSync, readdirSync, writeFileSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";

const CACHE = join(process.env["XDG_CACHE_HOME"] || join(homedir(), ".cache"), "nash-llm");

/**
 * A virtual environment of Python with these packages, made at the first call.
 * @param packages with exact versions, such as `llmock==0.2.2`; only wheels, so that nothing is compiled or run to install
 * @returns the environment's folder
 */
export function pythonPackages(name: string, packages: readonly string[]): string {
  const folder = join(CACHE, name);
  once(folder, packages, () => {
    run(["python3", "-m", "venv", folder]);
    run([join(folder, "bin/pip"), "install", "--quiet", "--only-binary=:all:", ...packages]);
  });
  return folder;
}

/** The folder of a package of npm, with its dependencies around it; no script of theirs is run. */
export function npmPackage(name: string, version: string): string {
  const folder = join(CACHE, name.replaceAll(/[@/]+/g, "-").replace(/^-/, ""));
  once(folder, [version], () => {
    mkdirSync(folder, { recursive: true });
    writeFileSync(join(folder, "package.json"), "{}\n");
    run([
      "npm",
      "install",
      "--silent",
      "--no-audit",
      "--no-fund",
      "--ignore-scripts",
      "--prefix",
      folder,
      `${name}@${version}`,
    ]);
  });
  return join(folder, "node_modules", name);
}

/** The folder where an environment keeps its packages. */
export function sitePackages(environment: string): string {
  const lib = join(environment, "lib");
  const [python = ""] = readdirSync(lib).filter((name) => name.startsWith("python"));
  return join(lib, python, "site-packages");
}

/** Installs unless exactly this has been installed before. */
function once(folder: string, packages: readonly string[], install: () => void): void {
  const marker = join(folder, `installed-${Bun.hash(packages.join(" ")).toString(36)}`);
  if (existsSync(marker)) return;
  console.error(`installing ${packages.join(" ")} into ${folder}`);
  install();
  writeFileSync(marker, "");
}

function run(command: readonly string[]): void {
  const { success, stderr } = Bun.spawnSync([...command], { stdout: "ignore", stderr: "pipe" });
  if (!success) throw new Error(`${command.join(" ")} failed: ${stderr.toString().slice(-2_000)}`);
}
