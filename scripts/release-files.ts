/**
 * Makes the files of a release, from the programs that `build.ts --all` has made (and a Mac has signed):
 *
 *   bun scripts/release-files.ts   dist/release/: an archive for each machine (for Windows the program itself),
 *                                  SHA256SUMS, install.sh, nash-llm.rb, nash-llm.service, nash-llm@.service
 *
 * It needs GNU tar: the same programs give the same archives, byte for byte.
 */
import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { chmodSync, copyFileSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { version } from "../package.json";
import { fill } from "./release/fill.ts";
import { REPOSITORY } from "./release/repository.ts";
import { programIn, TARGETS, type Target } from "./release/targets.ts";

const ROOT = join(import.meta.dir, "..");
const DIST = join(ROOT, "dist");
const RELEASE = join(DIST, "release");

/** What lies beside the program in an archive: files of the project, and what the program prints of itself. */
const COPIED = ["LICENSE", "README.md"];
const PRINTED: Readonly<Record<string, readonly string[]>> = {
  "nash-llm.1": ["man"],
  "completions/nash-llm.bash": ["completions", "bash"],
  "completions/_nash-llm": ["completions", "zsh"],
  "completions/nash-llm.fish": ["completions", "fish"],
};

/** Who owns a file, and when it was made, is not part of what it is. */
const REPRODUCIBLE = [
  "--sort=name",
  "--mtime=@0",
  "--owner=0",
  "--group=0",
  "--numeric-owner",
  "--mode=go=rX",
];

const TEMPLATES = [
  "install.sh",
  "homebrew/nash-llm.rb",
  "systemd/nash-llm.service",
  "systemd/nash-llm@.service",
  "systemd/nash-llm-store.conf",
];

/** Makes the file that people download for a target. Returns its name. */
function pack(target: Target, beside: string): string {
  const program = join(DIST, target.program);
  if (target.os === "win32") {
    copyFileSync(program, join(RELEASE, target.program));
    return target.program;
  }
  const path = join(beside, programIn(target));
  copyFileSync(program, path);
  chmodSync(path, 0o755);
  const archive = `${target.program}.tar.gz`;
  const where = ["--use-compress-program=gzip -9n", "-cf", join(RELEASE, archive), "-C", beside];
  run("tar", ...REPRODUCIBLE, ...where, programIn(target), ...COPIED, "nash-llm.1", "completions");
  return archive;
}

/** Puts what goes into every archive into a folder. */
function gather(folder: string): void {
  for (const name of COPIED) copyFileSync(join(ROOT, name), join(folder, name));
  for (const [name, args] of Object.entries(PRINTED)) {
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    writeFileSync(join(folder, name), run(process.execPath, join(ROOT, "src/main.ts"), ...args));
  }
}

function run(command: string, ...args: readonly string[]): string {
  const { status, stdout, stderr, error } = spawnSync(command, args, { encoding: "utf8" });
  if (status !== 0) throw new Error(`${command} failed\n${error ?? stderr}`);
  return stdout;
}

function sha256(path: string): string {
  return createHash("sha256").update(readFileSync(path)).digest("hex");
}

rmSync(RELEASE, { recursive: true, force: true });
const workshop = join(RELEASE, "packing");
mkdirSync(workshop, { recursive: true });
gather(workshop);

const values: Record<string, string> = { NASH_LLM_REPOSITORY: REPOSITORY, VERSION: version };
let sums = "";
for (const target of TARGETS) {
  const name = pack(target, workshop);
  const sum = sha256(join(RELEASE, name));
  values[`SHA256:${name}`] = sum;
  sums += `${sum}  ${name}\n`;
  console.log(name);
}
rmSync(workshop, { recursive: true });

writeFileSync(join(RELEASE, "SHA256SUMS"), sums);
for (const template of TEMPLATES) {
  const text = fill(readFileSync(join(ROOT, "packaging", template), "utf8"), values);
  writeFileSync(join(RELEASE, basename(template)), text);
  console.log(basename(template));
}
