import { afterAll, beforeAll, describe, expect, setDefaultTimeout, test } from "bun:test";
import { copyFileSync, mkdirSync, mkdtempSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { scripts } from "../../package.json";
import { note } from "../support/note.ts";
import { type Copy, copyOf } from "../support/project-copy.ts";
import { Machines, type Ran } from "./runners.ts";

/** What the README says of a machine that has Node and npm, or Bun, and nothing else. */

setDefaultTimeout(60_000);

const machines = new Machines();
afterAll(() => machines[Symbol.dispose]());

/** What npm makes of it; without an npm that is told, and nothing is compared. */
function byNpm(folder: string, ...args: readonly string[]): Ran | undefined {
  if (machines.npm === undefined) note("no npm here: only Bun ran the script");
  return machines.npm?.(folder, ...args);
}

describe("from the source", () => {
  let copy: Copy;
  beforeAll(() => {
    copy = copyOf("src", "scripts", "build.ts", "package.json", "bun.lock", "bunfig.toml", "tsconfig.json");
    mkdirSync(join(copy.folder, "tests"));
    for (const name of ["one", "other"]) {
      const lines = [
        'import { expect, test } from "bun:test";',
        `test("${name}", () => expect("${name}").toBe("one"));`,
      ];
      writeFileSync(join(copy.folder, `tests/${name}.test.ts`), lines.join("\n"));
    }
  });
  afterAll(() => copy[Symbol.dispose]());

  test("the demo answers a question, with a program that is built once", () => {
    const { folder } = copy;
    const first = machines.bun(folder, "run", "demo", "--", "Hello");
    expect(first).toMatchObject({ code: 0, stdout: expect.stringMatching(/^\[demo\] Hello\b/) });
    expect(first.stderr).toContain("building ./nash-llm");
    const built = statSync(join(folder, "nash-llm")).mtimeMs;

    const second =
      byNpm(folder, "run", "demo", "--", "Hello") ?? machines.bun(folder, "run", "demo", "Hello");
    expect({ code: second.code, stdout: second.stdout }).toEqual({ code: 0, stdout: first.stdout });
    expect(second.stderr).not.toContain("building");
    expect(statSync(join(folder, "nash-llm")).mtimeMs).toBe(built);
  });

  test("bun test and npm test run the tests that are named, or all, and fail when one fails", () => {
    const counts = ({ code, stderr }: Ran) => [code, ...(stderr.match(/^ \d+ (?:pass|fail)$/gm) ?? [])];
    const passed = [0, " 1 pass", " 0 fail"];
    const failed = [1, " 1 pass", " 1 fail"];
    expect(counts(machines.bun(copy.folder, "test", "tests/one.test.ts"))).toEqual(passed);
    expect(counts(machines.bun(copy.folder, "test"))).toEqual(failed);
    const [one, all] = [byNpm(copy.folder, "test", "--", "tests/one.test.ts"), byNpm(copy.folder, "test")];
    if (one !== undefined && all !== undefined) expect([counts(one), counts(all)]).toEqual([passed, failed]);
  });
});

describe("every script is the same for bun run as for npm run", () => {
  const ARGS = ["two words", '"$HOME"', "it's", "*", "--help"];
  const folder = mkdtempSync(join(tmpdir(), "nash-llm-scripts-"));
  /** The scripts as they are, and tools that only say what they are given. */
  beforeAll(() => {
    copyFileSync(join(import.meta.dir, "../../package.json"), join(folder, "package.json"));
    mkdirSync(join(folder, "scripts"));
    writeFileSync(
      join(folder, "scripts/with-bun.mjs"),
      "console.log(JSON.stringify(process.argv.slice(2)));",
    );
    const tools = join(folder, "node_modules/.bin");
    mkdirSync(tools, { recursive: true });
    for (const tool of ["tsc", "biome", "knip"])
      writeFileSync(join(tools, tool), `#!/bin/sh\nprintf "<%s>" ${tool} "$@"\n`, { mode: 0o755 });
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  test("none needs a Bun that is found by its name, or a tool that no package brings", () => {
    const commands = Object.values(scripts).flatMap((script) => script.split(" && "));
    const called = new Set(commands.map((command) => command.split(" ")[0]));
    expect([...called].toSorted()).toEqual(["biome", "knip", "node", "npm", "tsc"]);
  });

  // What is handed to check would reach its last step alone, there through npm once more.
  test.each(Object.keys(scripts))("%s", (name) => {
    const args = name === "check" ? [] : ["--", ...ARGS];
    const bun = machines.bun(folder, "run", name, ...args);
    expect({ code: bun.code, got: bun.stdout.includes("it's") }).toEqual({ code: 0, got: name !== "check" });
    const npm = byNpm(folder, "run", name, ...args) ?? bun;
    expect({ code: npm.code, stdout: npm.stdout }).toEqual({ code: 0, stdout: bun.stdout });
  });
});
