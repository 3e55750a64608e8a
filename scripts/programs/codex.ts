import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { npmPackage } from "../packages/registry-cache.ts";
import { type HeadlessProgram, type Printed, runIn, type Said, type Task } from "./headless.ts";

const VERSION = "0.171.0";

/** OpenAI's Codex: Responses, streamed. */
export const codex: HeadlessProgram = {
  name: "Codex",
  version: VERSION,
  dialect: () => "Responses",
  commandTool: "exec_command",
  run: (task, home) => exec(task, home, []),
  // It leaves compaction to the server only where the provider is called OpenAI.
  compactAndGoOn: (task, home) =>
    exec(task, home, ["resume", "--last"], ["-c", "model_auto_compact_token_limit=5000"]),
};

async function exec(
  { baseUrl, model, prompt }: Task,
  home: string,
  command: readonly string[],
  flags: readonly string[] = [],
): Promise<Said> {
  const program = join(npmPackage("@openai/codex", VERSION), "bin/codex.js");
  mkdirSync(home, { recursive: true });
  const settings = [
    'model_provider = "nash"',
    "[model_providers.nash]",
    'name = "OpenAI"',
    `base_url = "${baseUrl}/v1"`,
    'env_key = "NASH_KEY"',
    'wire_api = "responses"',
    "request_max_retries = 0",
    "stream_max_retries = 0",
  ];
  writeFileSync(join(home, "config.toml"), settings.join("\n"));
  const args = [
    "exec",
    "--skip-git-repo-check",
    "-s",
    "read-only",
    ...command,
    ...flags,
    "-m",
    model,
    prompt,
  ];
  const sandbox = command.length > 0 ? args.filter((arg) => arg !== "-s" && arg !== "read-only") : args;
  return said(await runIn(home, ["node", program, ...sandbox], { CODEX_HOME: home, NASH_KEY: "any-key" }));
}

function said({ code, stdout, stderr }: Printed): Said {
  const [, error] = /^ERROR: (.*)$/m.exec(stderr) ?? [];
  return { text: stdout.trim(), error: error ?? (code === 0 ? undefined : `exit code ${code}`) };
}
