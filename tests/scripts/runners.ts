/** Runs the project's scripts as on a machine that has Bun alone, or Node and npm alone. */

import { mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

export interface Ran {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs a command of `bun` or `npm` in a folder. Nothing is inherited. */
export type Runner = (folder: string, ...args: readonly string[]) => Ran;

const NPM_QUIET = { npm_config_loglevel: "silent", npm_config_update_notifier: "false" };

/** A machine of its own for each: a path with nothing on it but what is named, and an empty home. */
export class Machines implements Disposable {
  readonly #root = mkdtempSync(join(tmpdir(), "nash-llm-machine-"));
  readonly bun: Runner;
  /** Undefined where this machine has no npm. */
  readonly npm: Runner | undefined;

  constructor() {
    this.bun = this.#machine("bun", { bun: process.execPath }, {});
    const [node, npm] = [Bun.which("node"), Bun.which("npm")];
    if (node !== null && npm !== null)
      this.npm = this.#machine("npm", { node, npm, sh: "/bin/sh" }, NPM_QUIET);
  }

  #machine(
    command: string,
    tools: Readonly<Record<string, string>>,
    env: Readonly<Record<string, string>>,
  ): Runner {
    const path = mkdtempSync(join(this.#root, "path-"));
    const home = join(path, "home");
    mkdirSync(home);
    for (const [name, tool] of Object.entries(tools)) symlinkSync(realpathSync(tool), join(path, name));
    const program = join(path, command);
    return (cwd, ...args) => {
      const ran = Bun.spawnSync([program, ...args], {
        cwd,
        env: { PATH: path, HOME: home, ...env },
        stdin: "ignore",
      });
      return { code: ran.exitCode, stdout: ran.stdout.toString(), stderr: ran.stderr.toString() };
    };
  }

  [Symbol.dispose](): void {
    rmSync(this.#root, { recursive: true });
  }
}
