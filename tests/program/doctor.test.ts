import { expect, test } from "bun:test";
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

test("doctor knows a server of ours on the port, and --health asks whether it lives", async () => {
  await using server = await startProgram();
  const port = String(server.port);
  const seen = await runProgram(["doctor", "--port", port, "--no-detect"]);
  expect(seen.stdout).toMatch(new RegExp(`nash-llm \\S+ is running on ${port} on 127\\.0\\.0\\.1`));
  expect(seen.code).toBe(0);
  const healthy = await runProgram(["doctor", "--health", "--port", port]);
  expect(healthy).toMatchObject({ code: 0, stdout: expect.stringContaining("lives") });
  await server.stop();
  const gone = await runProgram(["doctor", "--health", server.url]);
  expect(gone).toMatchObject({ code: 1, stdout: expect.stringContaining("Nothing answers") });
});
