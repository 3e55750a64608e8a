import { join } from "node:path";
import { npmPackage } from "../packages/registry-cache.ts";
import { type HeadlessProgram, runIn } from "./headless.ts";

const VERSION = "2.1.197";

/** Anthropic's Claude Code: Messages, streamed; whole where a stream has failed. */
export const claudeCode: HeadlessProgram = {
  name: "Claude Code",
  version: VERSION,
  dialect: () => "Messages",
  commandTool: "Bash",
  async run({ baseUrl, model, prompt }, home) {
    const folder = npmPackage("@anthropic-ai/claude-code", VERSION);
    // The package's own `bin` is put in place by a script that is not run here.
    const program = join(folder, `../claude-code-${process.platform}-${process.arch}/claude`);
    const { stdout, stderr, code } = await runIn(
      home,
      [program, "-p", prompt, "--model", model, "--output-format", "json", "--allowedTools", "Bash"],
      {
        ANTHROPIC_BASE_URL: baseUrl,
        ANTHROPIC_AUTH_TOKEN: "any-key",
        CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC: "1",
        CLAUDE_CODE_MAX_RETRIES: "0",
      },
    );
    if (!stdout.startsWith("{")) return { text: stdout, error: stderr || `exit code ${code}` };
    const { result, is_error } = JSON.parse(stdout) as { result: string; is_error: boolean };
    return { text: result, error: is_error ? result : undefined };
  },
};
