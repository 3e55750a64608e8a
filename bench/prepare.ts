import { existsSync } from "node:fs";
import { join } from "node:path";

const ROOT = join(import.meta.dir, "..");

/** Installs the peers that come from npm, unless they are there. @throws with Bun's own words */
export function installPackages(): void {
  if (existsSync(join(import.meta.dir, "node_modules/@portkey-ai/gateway"))) return;
  run([process.execPath, "install", "--frozen-lockfile"], import.meta.dir);
}

/** Builds the program from the sources as they are. @returns its path @throws with the build's own words */
export function buildProgram(): string {
  run([process.execPath, "build.ts"], ROOT);
  return join(ROOT, "nash-llm");
}

function run(command: string[], cwd: string): void {
  const { exitCode, stdout, stderr } = Bun.spawnSync(command, { cwd, stdout: "pipe", stderr: "pipe" });
  if (exitCode !== 0) throw new Error(`${command.slice(1).join(" ")} failed\n${stdout}${stderr}`);
}
