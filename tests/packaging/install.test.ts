import { describe, expect, test } from "bun:test";
import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import { Machine, TEMPLATE } from "./installer.ts";

const ARCHIVE = "nash-llm-linux-x64.tar.gz";

function local(machine: Machine) {
  return { NASH_LLM_RELEASE_URL: `file://${machine.release}` };
}

/** What lies where the program goes. */
function installed(machine: Machine): readonly string[] {
  const folder = dirname(machine.program);
  return existsSync(folder) ? readdirSync(folder) : [];
}

function putOld(machine: Machine): void {
  mkdirSync(dirname(machine.program), { recursive: true });
  writeFileSync(machine.program, "old");
}

test("it installs one file, and says what it is, where it lies and how it goes away", () => {
  using machine = new Machine();
  const sum = machine.publish(ARCHIVE, "echo 9.9.9");
  const { code, stdout, stderr } = machine.install(local(machine));
  expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
  expect(stdout).toContain("nash-llm 9.9.9");
  expect(stdout).toContain(`sha-256  ${sum}`);
  expect(stdout).toContain(`program  ${machine.program}`);
  expect(stdout).toContain(`remove   rm '${machine.program}'`);
  expect(stdout).toContain("is not in your PATH");
  expect(installed(machine)).toEqual(["nash-llm"]);
  expect(statSync(machine.program).mode & 0o777).toBe(0o755);
  expect(Bun.spawnSync([machine.program]).stdout.toString()).toBe("9.9.9\n");
});

test("another folder, and a program that is there already", () => {
  using machine = new Machine();
  machine.publish(ARCHIVE, "echo 9.9.9");
  const folder = `${machine.home}/a folder`;
  const env = { ...local(machine), NASH_LLM_INSTALL_DIR: folder };
  expect(machine.install(env).code).toBe(0);
  machine.publish(ARCHIVE, "echo 9.9.10");
  expect(machine.install(env).code).toBe(0);
  expect(Bun.spawnSync([`${folder}/nash-llm`]).stdout.toString()).toBe("9.9.10\n");
  expect(installed(machine)).toEqual([]);
});

describe("what is refused leaves the old program as it was", () => {
  const cases: readonly [string, (machine: Machine) => void, string][] = [
    [
      "a wrong sum",
      (machine) => machine.publish(ARCHIVE, "echo 1", "f".repeat(64)),
      "is not what was released",
    ],
    ["no sum", (machine) => machine.publish("nash-llm-other.tar.gz", "echo 1"), "cannot be read"],
    [
      "a sum for another file alone",
      (machine) => {
        machine.publish(ARCHIVE, "echo 1");
        writeFileSync(`${machine.release}/SHA256SUMS`, `${"0".repeat(64)}  other-${ARCHIVE}\n`);
      },
      `SHA256SUMS does not name ${ARCHIVE}`,
    ],
    ["no SHA256SUMS", () => undefined, "SHA256SUMS cannot be read"],
    ["a program that does not run", (machine) => machine.publish(ARCHIVE, "exit 126"), "does not run here"],
  ];
  test.each(cases)("%s", (_, prepare, words) => {
    using machine = new Machine();
    putOld(machine);
    prepare(machine);
    const { code, stderr } = machine.install(local(machine));
    expect(code).toBe(1);
    expect(stderr).toContain(words);
    expect(stderr).toContain("Nothing was installed.");
    expect(installed(machine)).toEqual(["nash-llm"]);
    expect(readFileSync(machine.program, "utf8")).toBe("old");
  });
});

describe("the build for the machine", () => {
  test.each([
    ["Linux", "x86_64", "glibc", "linux-x64"],
    ["Linux", "x86_64", "musl", "linux-x64-musl"],
    ["Linux", "aarch64", "glibc", "linux-arm64"],
    ["Linux", "aarch64", "musl", "linux-arm64-musl"],
    ["Darwin", "arm64", "", "macos-arm64"],
    ["Darwin", "x86_64", "", "macos-x64"],
  ])("%s %s %s", (system, cpu, libc, target) => {
    using machine = new Machine({ system, cpu, libc });
    machine.publish(`nash-llm-${target}.tar.gz`, "echo 9.9.9");
    expect(machine.install(local(machine))).toMatchObject({ code: 0, stderr: "" });
  });

  test("a shell under Rosetta gets the build for Apple's processors", () => {
    using machine = new Machine({ system: "Darwin", cpu: "x86_64" });
    machine.tool("sysctl", "echo 1");
    machine.publish("nash-llm-macos-arm64.tar.gz", "echo 9.9.9");
    expect(machine.install(local(machine)).code).toBe(0);
  });

  test.each([
    ["Linux", "i686", "no build for Linux on i686"],
    ["FreeBSD", "amd64", "no build for FreeBSD"],
    ["MINGW64_NT-10.0", "x86_64", "npx nash-llm"],
  ])("%s on %s has none", (system, cpu, words) => {
    using machine = new Machine({ system, cpu });
    const { code, stderr } = machine.install(local(machine));
    expect({ code, said: stderr.includes(words) }).toEqual({ code: 1, said: true });
    expect(installed(machine)).toEqual([]);
  });

  test("a processor that is too old for it", () => {
    using machine = new Machine();
    machine.publish(ARCHIVE, "echo 9.9.9");
    machine.tool("cat", "echo flags: sse3");
    expect(machine.install(local(machine))).toMatchObject({
      code: 1,
      stderr: expect.stringContaining("SSE4.2"),
    });
  });

  test("on Alpine it says what may be missing", () => {
    using machine = new Machine({ libc: "musl" });
    machine.publish("nash-llm-linux-x64-musl.tar.gz", "exit 127");
    expect(machine.install(local(machine)).stderr).toContain("apk add libstdc++");
  });
});

describe("where it downloads from", () => {
  const GITHUB = "https://github.com/some/where/releases";

  test.each([
    [{}, `${GITHUB}/latest/download`],
    [{ NASH_LLM_VERSION: "1.2.3" }, `${GITHUB}/download/v1.2.3`],
    [{ NASH_LLM_VERSION: "v1.2.3" }, `${GITHUB}/download/v1.2.3`],
    [{ NASH_LLM_RELEASE_URL: "https://mirror.example/nash/" }, "https://mirror.example/nash"],
  ])("%o", (env, base) => {
    using machine = new Machine();
    machine.downloader("curl");
    machine.publish(ARCHIVE, "echo 9.9.9");
    expect(machine.install(env).code).toBe(0);
    const asked = machine.asked();
    expect(asked.map((line) => line.split(" ").at(-1))).toEqual([`${base}/SHA256SUMS`, `${base}/${ARCHIVE}`]);
    // A redirect must not leave https.
    for (const line of asked) expect(line).toContain("--proto =https --tlsv1.2");
  });

  test("wget does where there is no curl, and without either it says so", () => {
    using machine = new Machine();
    machine.publish(ARCHIVE, "echo 9.9.9");
    expect(machine.install()).toMatchObject({
      code: 1,
      stderr: expect.stringContaining("curl or wget is needed"),
    });
    machine.downloader("wget");
    expect(machine.install().code).toBe(0);
    expect(machine.asked()).toHaveLength(2);
  });

  test("a copy that is not from a release has nowhere to go", () => {
    using machine = new Machine();
    const { code, stderr } = machine.install({}, TEMPLATE);
    expect({ code, said: stderr.includes("not from a release") }).toEqual({ code: 1, said: true });
  });
});

test("a script that was cut short does nothing", () => {
  using machine = new Machine();
  machine.publish(ARCHIVE, "echo 9.9.9");
  for (let length = 0; length < TEMPLATE.lastIndexOf('main "$@"'); length += 701) {
    machine.install(local(machine), TEMPLATE.slice(0, length));
    expect(installed(machine)).toEqual([]);
  }
});
