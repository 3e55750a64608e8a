import { afterAll, beforeAll, expect, setDefaultTimeout, test } from "bun:test";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { CHAT, chatBody, post, readRefusal } from "../support/answers.ts";
import { type Program, runProgram, startProgram } from "../support/program.ts";

/**
 * Providers of the settings file at the start and on SIGHUP (docs/protocol.md, section 10), seen by the address policy: a
 * public address is asked by plain http only where the settings have it.
 */

setDefaultTimeout(60_000);

/** Reserved for documentation (RFC 5737): nobody answers there. */
const ADDRESS = "http://192.0.2.1:9999";
const provider = (name: string) => `[[provider]]\nname = "${name}"\nbase-url = "${ADDRESS}/v1"\n`;

let folder: string;
let file: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "nash-llm-test-"));
  file = join(folder, "settings.toml");
});
afterAll(() => rmSync(folder, { recursive: true }));

async function typeOf(program: Program, path = "/v1"): Promise<string> {
  return (await readRefusal(await post(program, CHAT, chatBody(ADDRESS + path, "m")))).error.type;
}

const hangUp = async (program: Program, toml: string, line: string): Promise<string> => {
  writeFileSync(file, toml);
  process.kill(program.pid, "SIGHUP");
  return program.logged((text) => text.includes(line));
};

test("SIGHUP reads them anew; a wrong file is refused, and the old ones stay", async () => {
  writeFileSync(file, `${provider("work")}key-env = "WORK_KEY"\n`);
  const args = ["--config", file, "--connect-timeout", "0.3", "--retries", "0", "--no-detect"];
  await using program = await startProgram({ args, env: { WORK_KEY: "key-of-work" } });
  expect(await program.printed((line) => line.includes("keys"))).toContain(
    "the key of work can be spent by any program on this computer, and by this server's pages",
  );
  expect(await typeOf(program)).toBe("network");

  expect(await hangUp(program, provider("v1"), "refused")).toContain(
    "[[provider]] v1: this name is reserved",
  );
  expect(await typeOf(program)).toBe("network");

  await hangUp(program, "# none\n", "read anew");
  expect(await typeOf(program)).toBe("forbidden");
  expect(program.stdout() + program.stderr()).not.toContain("key-of-work");
  expect(await program.stop()).toBe(0);
});

test("what is wrong at the start: exit 2 and one line that says where; doctor says it too", async () => {
  writeFileSync(file, `${provider("work")}key-env = "WORK_KEY"\n`);
  const expected = `${file}: [[provider]] work: key-env WORK_KEY is not set.`;
  const outcome = await runProgram(["serve", "--config", file, "--port", "0"]);
  expect(outcome).toEqual({ code: 2, stdout: "", stderr: `nash-llm: ${expected}\n` });
  const doctor = await runProgram(["doctor", "--config", file, "--port", "0", "--no-detect"]);
  expect(doctor.code).toBe(1);
  expect(doctor.stdout).toContain(expected);
});

test("a proxy variable that cannot be used is refused only where it would be", async () => {
  const env = { HTTPS_PROXY: "socks5://proxy.test" };
  const refused = await runProgram(["serve", "--use-proxy", "--port", "0"], { env });
  expect([refused.code, refused.stderr]).toEqual([
    2,
    expect.stringContaining("HTTPS_PROXY holds no http address"),
  ]);
  await using program = await startProgram({ env });
  expect(await program.stop()).toBe(0);
});
