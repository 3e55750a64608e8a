import { describe, expect, test } from "bun:test";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { devDependencies } from "../../package.json";
import { fill } from "../../scripts/release/fill.ts";
import { TARGETS } from "../../scripts/release/targets.ts";
import { SettingsSchema, variableOf } from "../../src/config.ts";
import { runProgram } from "../support/program.ts";

const ROOT = join(import.meta.dir, "../..");
const read = (path: string) => readFileSync(join(ROOT, path), "utf8");
const workflow = (name: string) => Bun.YAML.parse(read(`.github/workflows/${name}.yml`)) as Workflow;

interface Workflow {
  readonly permissions: unknown;
  readonly jobs: Readonly<Record<string, Job>>;
}
interface Job {
  readonly permissions?: unknown;
  readonly strategy?: { readonly matrix: { readonly include?: readonly { readonly program: string }[] } };
  readonly steps: readonly { readonly uses?: string; readonly run?: string }[];
}

/** What is no setting of the program, but of what installs and tests it. */
const OTHERS = [
  "TOKEN",
  "CONFIG",
  "REPOSITORY",
  "UNDER_TEST",
  "VERSION",
  "INSTALL_DIR",
  "RELEASE_URL",
  "STORE_KEY",
  "STORE_PASSWORD",
];

test("every variable that the packaging sets is one that the program knows", () => {
  const known = new Set([
    ...Object.keys(SettingsSchema.properties).map(variableOf),
    ...OTHERS.map((name) => `NASH_LLM_${name}`),
  ]);
  const files = ["packaging", ".github"].flatMap((folder) =>
    readdirSync(join(ROOT, folder), { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => join(entry.parentPath, entry.name)),
  );
  const used = files.flatMap((file) => readFileSync(file, "utf8").match(/\bNASH_LLM_[A-Z]\w*/g) ?? []);
  expect(used.length).toBeGreaterThan(0);
  expect(used.filter((name) => !known.has(name))).toEqual([]);
});

test("every command that the packaging runs is one that the program has", async () => {
  expect(read("packaging/docker/Dockerfile")).toContain(
    'CMD ["/usr/local/bin/nash-llm", "doctor", "--health"]',
  );
  expect((await runProgram(["doctor", "--help"])).stdout).toContain("--health");
  expect(read("packaging/systemd/nash-llm.service")).toContain(
    "ExecStart=/usr/local/bin/nash-llm serve --quiet\n",
  );
  expect((await runProgram(["serve", "--help"])).stdout).toContain("--quiet");
});

test("the image is built with the Bun that the project is pinned to", () => {
  expect(read("packaging/docker/Dockerfile")).toContain(`ARG BUN_VERSION=${devDependencies.bun}\n`);
});

test("the compose file publishes on loopback alone and asks for a token", () => {
  const { services } = Bun.YAML.parse(read("packaging/docker/compose.yaml")) as {
    services: Record<string, { ports?: string[]; environment?: Record<string, string> }>;
  };
  const ports = Object.values(services).flatMap((service) => service.ports ?? []);
  expect(ports).toEqual(["127.0.0.1:8001:8001"]);
  expect(services["nash-llm"]?.environment?.["NASH_LLM_TOKEN"]).toStartWith("${NASH_LLM_TOKEN:?");
});

describe("what a release fills in", () => {
  test("a word without a value is an error", () => {
    expect(fill("@A_WORD@ a@b.example", { A_WORD: "x" })).toBe("x a@b.example");
    expect(() => fill("@A_WORD@", {})).toThrow("@A_WORD@");
  });

  test("the formula names the archives of macOS and of Linux with glibc", () => {
    const archives = TARGETS.filter(({ os, libc }) => os !== "win32" && libc !== "musl").map(
      ({ program }) => `${program}.tar.gz`,
    );
    const values = Object.fromEntries(archives.map((name) => [`SHA256:${name}`, `sum-of-${name}`]));
    const formula = fill(read("packaging/homebrew/nash-llm.rb"), {
      ...values,
      VERSION: "1.2.3",
      NASH_LLM_REPOSITORY: "some/where",
    });
    for (const name of archives) {
      expect(formula).toContain(`url "https://github.com/some/where/releases/download/v1.2.3/${name}"`);
      expect(formula).toContain(`sha256 "sum-of-${name}"`);
    }
  });
});

describe.each(["ci", "release"])("the workflow %s", (name) => {
  const { permissions, jobs } = workflow(name);
  const steps = Object.values(jobs).flatMap((job) => job.steps);

  test("runs actions by commit alone, with the version beside it", () => {
    const lines = read(`.github/workflows/${name}.yml`).match(/uses: .*/g) ?? [];
    expect(lines).toHaveLength(steps.filter(({ uses }) => uses !== undefined).length);
    for (const line of lines) expect(line).toMatch(/^uses: [\w/-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+$/);
  });

  test("may nothing that its jobs do not ask for", () => {
    expect(JSON.stringify(permissions)).not.toContain("write");
  });

  test("runs scripts that are there", () => {
    const commands = steps.map(({ run }) => run ?? "").join("\n");
    const scripts = commands.match(/(?<![\w/$}])(?:\.ci|scripts|packaging)\/[\w./-]+/g) ?? [];
    expect(scripts.length).toBeGreaterThan(0);
    expect(scripts.filter((path) => !existsSync(join(ROOT, path)))).toEqual([]);
  });
});

test("a release tests every program, and publishes only after that", () => {
  const { jobs } = workflow("release");
  const inMatrix = Object.values(jobs).flatMap(({ strategy }) => strategy?.matrix.include ?? []);
  const tested = [...inMatrix.map(({ program }) => program), "nash-llm-windows-x64.exe"];
  expect(tested.toSorted()).toEqual(TARGETS.map(({ program }) => program).toSorted());
  expect(jobs["release"]).toMatchObject({ needs: ["test", "test-musl", "test-windows"] });
  expect(jobs["npm"]).toMatchObject({ needs: "release" });
  expect(jobs["image"]).toMatchObject({ needs: "release" });
});
