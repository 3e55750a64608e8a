import { expect, test } from "bun:test";
import { checkHealth } from "../../src/cli/doctor/health.ts";
import { checkPort } from "../../src/cli/doctor/port.ts";
import { runProgram, startProgram } from "../support/program.ts";

const SECRET = "sk-doctor-must-not-say-this";

test("doctor names what is set and says nothing of what it holds", async () => {
  const { code, stdout, stderr } = await runProgram(["doctor", "--port", "0", "--no-detect"], {
    env: {
      OPENAI_API_KEY: SECRET,
      HTTPS_PROXY: `http://user:${SECRET}@127.0.0.1:9`,
      NASH_LLM_PROT: SECRET,
      ANTHROPIC_AUTH_TOKEN: SECRET,
    },
  });
  expect(stdout).toContain("set: OPENAI_API_KEY");
  expect(stdout).toContain("set, but not used: HTTPS_PROXY");
  expect(stdout).toContain("NASH_LLM_PROT: no such setting");
  expect(stdout).toContain("not read: ANTHROPIC_AUTH_TOKEN");
  expect(stdout + stderr).not.toContain(SECRET);
  expect(stdout).not.toContain("\u001b");
  expect({ code, last: stdout.trimEnd().split("\n").at(-1) }).toEqual({
    code: 0,
    last: "Nothing is wrong here.",
  });
});

test("doctor --json, and 1 where something is wrong", async () => {
  const { code, stdout } = await runProgram(["doctor", "--json", "--port", "0", "--no-detect"], {
    env: { OPENAI_API_KEY: "has a space", NODE_EXTRA_CA_CERTS: "/no/such/file.pem" },
  });
  const report = JSON.parse(stdout);
  expect(report.ok).toBe(false);
  expect(code).toBe(1);
  const problems = report.checks.filter((check: { status: string }) => check.status === "problem");
  expect(problems.map((check: { name: string }) => check.name)).toEqual(["keys", "certificates"]);
});

test("a server of ours is known by its port, and lives", async () => {
  await using server = await startProgram();
  expect(await checkPort("127.0.0.1", server.port)).toMatchObject({
    status: "note",
    text: expect.stringMatching(/^nash-llm \S+ is running on \d+ on 127\.0\.0\.1$/),
  });
  expect(await checkHealth(server.url)).toMatchObject({ status: "ok" });
});

test("doctor --health says no where nobody listens", async () => {
  const closed = Bun.listen({ hostname: "127.0.0.1", port: 0, socket: { data: () => undefined } });
  closed.stop(true);
  const gone = await runProgram(["doctor", "--health", `http://127.0.0.1:${closed.port}`]);
  expect(gone).toMatchObject({ code: 1, stdout: expect.stringContaining("Nothing answers") });
});
