import { afterAll, beforeEach, expect, test } from "bun:test";
import { createHash } from "node:crypto";
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { TARGETS, type Target } from "../../scripts/release/targets.ts";
import { copyOf } from "../support/project-copy.ts";

/** What `build.ts` orders from the bundler; the program that this gives is driven by `tests/program`. */

const ROOT = join(import.meta.dir, "../..");
const PROGRAMS = TARGETS.map(({ program }) => program);

const copy = copyOf("build.ts", "bun.lock", "package.json", "scripts/install.mjs");
const dist = join(copy.folder, "dist");
const untouched = readdirSync(copy.folder);
beforeEach(() => {
  for (const name of readdirSync(copy.folder))
    if (!untouched.includes(name)) rmSync(join(copy.folder, name), { recursive: true });
});
afterAll(() => copy[Symbol.dispose]());

function build(args: readonly string[], env: Readonly<Record<string, string>> = {}) {
  const stand = join(import.meta.dir, "bundler-child.ts");
  const command = [process.execPath, `--preload=${stand}`, "build.ts", ...args];
  const { exitCode, stdout, stderr } = Bun.spawnSync(command, { cwd: copy.folder, env });
  return { code: exitCode, stdout: stdout.toString(), stderr: stderr.toString() };
}

function orderOf(path: string) {
  return JSON.parse(readFileSync(path, "utf8"));
}

/** Bun's name for a machine. On x64 the build that runs on every processor, at least. */
function bunFor({ os, cpu, libc }: Target): string {
  const system = os === "win32" ? "windows" : os;
  return `bun-${system}-${cpu}${cpu === "x64" ? "-baseline" : ""}${libc === "musl" ? "-musl" : ""}`;
}

test("--all makes the program of every machine that is released for, and their sums", () => {
  mkdirSync(dist);
  writeFileSync(join(dist, "nash-llm-of-before"), "old");
  const { code, stdout, stderr } = build(["--all"]);
  expect(code).toBe(0);
  expect(readdirSync(dist).toSorted()).toEqual(["SHA256SUMS", ...PROGRAMS].toSorted());
  const ordered = TARGETS.map(({ program }) => orderOf(join(dist, program)).compile.target);
  expect(ordered).toEqual(TARGETS.map(bunFor));
  const sums = PROGRAMS.map((program) => {
    const sum = createHash("sha256")
      .update(readFileSync(join(dist, program)))
      .digest("hex");
    return `${sum}  ${program}\n`;
  });
  expect(readFileSync(join(dist, "SHA256SUMS"), "utf8")).toBe(sums.join(""));
  for (const program of PROGRAMS) expect(stdout).toContain(`dist/${program}\n`);
  expect(stderr).toBe(
    "nash-llm-macos-x64 is to be signed on a Mac: codesign --force --sign - nash-llm-macos-x64\n",
  );
});

test("a machine whose program cannot be made is named, the others' are made, and nothing is to be released", () => {
  const { code, stderr } = build(["--all"], { FAILING: "bun-linux-arm64-musl" });
  expect(code).toBe(1);
  expect(stderr).toContain("nash-llm-linux-arm64-musl: no such Bun\nno network\n");
  expect(stderr).toContain("Not built: nash-llm-linux-arm64-musl\n");
  expect(readdirSync(dist).toSorted()).toEqual(
    PROGRAMS.filter((program) => program !== "nash-llm-linux-arm64-musl").toSorted(),
  );
});

test("without --all it makes this machine's alone, by the same order", () => {
  const own = join(copy.folder, process.platform === "win32" ? "nash-llm.exe" : "nash-llm");
  expect(build([])).toMatchObject({ code: 0, stderr: "" });
  const { outfile, ...compile } = orderOf(own).compile;
  expect(outfile).toStartWith(own);
  // It must not obey the folder that it is started in.
  const nothingLoaded = {
    autoloadDotenv: false,
    autoloadBunfig: false,
    autoloadTsconfig: false,
    autoloadPackageJson: false,
  };
  expect(compile).toEqual(nothingLoaded);
  expect(readdirSync(copy.folder)).not.toContain("dist");

  expect(build(["--all"]).code).toBe(0);
  const { compile: _, ...order } = orderOf(own);
  for (const target of TARGETS) {
    const { compile: theirs, ...same } = orderOf(join(dist, target.program));
    expect(same).toEqual(order);
    expect(theirs).toEqual({ ...nothingLoaded, target: bunFor(target), outfile: expect.any(String) });
  }
});

test("an argument that it does not know makes nothing", () => {
  expect(build(["--help"])).toMatchObject({ code: 0, stdout: expect.stringContaining("--all") });
  expect(build(["--al"])).toMatchObject({ code: 2, stdout: "", stderr: expect.stringContaining("--all") });
  expect(build(["--all", "linux"]).code).toBe(2);
  expect(readdirSync(copy.folder)).toEqual(untouched);
});

test("packaging, workflows and documents name these programs and no others", () => {
  const files = ["{packaging,.github,docs}/**/*", "*.md"].flatMap((pattern) => [
    ...new Bun.Glob(pattern).scanSync({ cwd: ROOT, dot: true }),
  ]);
  const named = files.flatMap((file) => {
    const text = readFileSync(join(ROOT, file), "utf8");
    const words = text.match(/\bnash-llm-(?:linux|macos|darwin|windows|win32)-\w+(?:-\w+)*(?:\.exe)?/g) ?? [];
    return words.map((word) => ({ file, word }));
  });
  expect(named.filter(({ word }) => !PROGRAMS.includes(word))).toEqual([]);
  expect(new Set(named.map(({ word }) => word))).toEqual(new Set(PROGRAMS));
});
