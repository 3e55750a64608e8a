import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { buildClient } from "../../scripts/release/client.ts";
import { layOutPackages, type NpmOptions } from "../../scripts/release/npm.ts";
import { packageOf, programIn, TARGETS, type Target } from "../../scripts/release/targets.ts";

const ROOT = join(import.meta.dir, "../..");
const root = mkdtempSync(join(tmpdir(), "nash-llm-npm-"));
const dist = join(root, "dist");
const options: NpmOptions = {
  dist,
  out: join(root, "npm"),
  version: "1.2.3",
  description: "what it is",
  repository: "some/where",
  buildClient: () => "client/index.js",
};

beforeAll(() => {
  mkdirSync(dist);
  for (const { program } of TARGETS) writeFileSync(join(dist, program), program);
});
afterAll(() => rmSync(root, { recursive: true }));

function manifest(folder: string) {
  return JSON.parse(readFileSync(join(folder, "package.json"), "utf8"));
}

describe("the packages", () => {
  test("one for each machine, which npm picks by system, processor and C library, and one that runs it", () => {
    const folders = layOutPackages(options);
    expect(folders.map((folder) => folder.slice(options.out.length + 1))).toEqual([
      "@nash-llm/linux-x64",
      "@nash-llm/linux-x64-musl",
      "@nash-llm/linux-arm64",
      "@nash-llm/linux-arm64-musl",
      "@nash-llm/darwin-x64",
      "@nash-llm/darwin-arm64",
      "@nash-llm/win32-x64",
      "nash-llm",
    ]);
    const [, musl = "", , , , , windows = "", main = ""] = folders;
    expect(manifest(musl)).toMatchObject({ version: "1.2.3", os: ["linux"], cpu: ["x64"], libc: ["musl"] });
    expect(manifest(windows)).not.toHaveProperty("libc");
    expect(readFileSync(join(windows, "bin/nash-llm.exe"), "utf8")).toBe("nash-llm-windows-x64.exe");
    expect(statSync(join(musl, "bin/nash-llm")).mode & 0o111).toBe(0o111);

    const { optionalDependencies, bin, exports, ...rest } = manifest(main);
    expect(Object.keys(optionalDependencies)).toEqual(TARGETS.map(packageOf));
    expect(new Set(Object.values(optionalDependencies))).toEqual(new Set(["1.2.3"]));
    expect(bin).toEqual({ "nash-llm": "bin/nash-llm.js" });
    expect(exports["./client"]).toEqual({
      types: "./lib/client/index.d.ts",
      default: "./lib/client/index.js",
    });
    expect(rest).not.toHaveProperty("dependencies");
    expect(rest).not.toHaveProperty("scripts");
    for (const folder of folders) {
      expect(manifest(folder).repository.url).toBe("git+https://github.com/some/where.git");
      expect(readFileSync(join(folder, "LICENSE"), "utf8")).toContain("MIT");
    }
  });

  test("a program that was not built is named, and nothing is laid out", () => {
    const missing: Target = { program: "nash-llm-not-built", os: "linux", cpu: "x64" };
    const out = join(root, "incomplete");
    expect(() => layOutPackages({ ...options, out, targets: [missing] })).toThrow("nash-llm-not-built");
    expect(() => statSync(out)).toThrow();
  });
});

describe("the launcher", () => {
  const place = join(root, "project/node_modules");
  const launcher = join(place, "nash-llm/bin/nash-llm.js");

  function launch(...args: readonly string[]) {
    const { exitCode, stdout, stderr } = Bun.spawnSync([process.execPath, launcher, ...args]);
    return { code: exitCode, stdout: stdout.toString(), stderr: stderr.toString() };
  }

  beforeAll(() => {
    mkdirSync(join(place, "nash-llm/bin"), { recursive: true });
    writeFileSync(launcher, readFileSync(join(ROOT, "packaging/npm/nash-llm.js")));
    writeFileSync(join(place, "nash-llm/package.json"), '{ "type": "module" }');
  });

  test("says what is missing where npm has left the program out", () => {
    const { code, stderr } = launch();
    expect(code).toBe(1);
    expect(stderr).toContain(`@nash-llm/${process.platform}-${process.arch}`);
    expect(stderr).toContain("--omit=optional");
  });

  test("hands arguments over and the exit code back", () => {
    const { os, cpu } =
      process.platform === "linux"
        ? { os: "linux", cpu: process.arch }
        : { os: process.platform, cpu: process.arch };
    const target = TARGETS.find((one) => one.os === os && one.cpu === cpu);
    if (target === undefined) throw new Error("no package for this machine");
    const folder = join(place, packageOf(target), "bin");
    mkdirSync(folder, { recursive: true });
    writeFileSync(join(folder, programIn(target)), '#!/bin/sh\nprintf "<%s>" "$@"\nexit 7\n');
    chmodSync(join(folder, programIn(target)), 0o755);
    expect(launch("client", "two words", "")).toEqual({
      code: 7,
      stdout: "<client><two words><>",
      stderr: "",
    });
  });
});

test("the typed client stands alone: modules and declarations that point at modules", async () => {
  const folder = join(root, "client");
  const entry = join(folder, buildClient(folder));
  const declaration = readFileSync(entry.replace(/\.js$/, ".d.ts"), "utf8");
  expect(declaration).toContain('from "./client.js"');
  const files = [...new Bun.Glob("**/*").scanSync(folder)];
  expect(new Set(files.map((file) => file.split("/")[0]))).toEqual(new Set(["client", "core"]));
  for (const file of files) {
    const text = readFileSync(join(folder, file), "utf8");
    for (const [, path = ""] of text.matchAll(/from "([^"]+)"/g)) {
      expect(path).toMatch(/^\.\.?\/.*\.js$/);
    }
  }
  const { createClient } = await import(entry);
  expect(typeof createClient().chat).toBe("function");
});
