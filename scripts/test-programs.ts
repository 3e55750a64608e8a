/**
 * Has programs that nobody here wrote answer through this one, without their screens: Codex, Claude Code and opencode, each
 * with a provider of each protocol.
 *
 *   bun run test:programs --program ./nash-llm
 *
 * They are installed from npm into ~/.cache/nash-llm at the first run (1 GB). The results stand in `docs/programs.md`.
 */
import { Command } from "commander";
import type { SandboxRecord } from "../src/sandbox/record.ts";
import { PROTOCOLS, startPairs } from "../tests/support/pairs.ts";
import { claudeCode } from "./programs/claude-code.ts";
import { codex } from "./programs/codex.ts";
import { inNewHome } from "./programs/headless.ts";
import { opencode } from "./programs/opencode.ts";
import { play, SCENARIOS } from "./programs/scenarios.ts";

const PROGRAMS = [codex, claudeCode, opencode];

const options: { readonly program?: string; readonly only?: string; readonly scenario?: string } =
  new Command("test:programs")
    .description("programs of others through this one")
    .option("--program <file>", "the compiled program, in place of the source")
    .option("--only <name>", "one of the programs")
    .option("--scenario <name>", "one of the scenarios")
    .parse()
    .opts();

if (options.program !== undefined) process.env["NASH_LLM_UNDER_TEST"] = options.program;
process.exitCode = await run();

async function run(): Promise<number> {
  const requests: SandboxRecord[] = [];
  const pairs = await startPairs({ pace: 0, onRequest: (record) => requests.push(record) });
  let isKept = true;
  try {
    for (const program of PROGRAMS.filter(({ name }) => (options.only ?? name) === name)) {
      const dialects = PROTOCOLS.map((protocol) => `${program.dialect(protocol)} → ${protocol}`);
      console.log(`\n| ${program.name} ${program.version} | ${dialects.join(" | ")} |\n|---|---|---|---|`);
      for (const scenario of SCENARIOS.filter(({ name }) => (options.scenario ?? name) === name)) {
        const figures: string[] = [];
        for (const protocol of PROTOCOLS) {
          requests.length = 0;
          const result = await inNewHome((home) =>
            play(scenario, program, protocol, { baseUrl: pairs.baseUrl(protocol), home, requests }),
          );
          figures.push(result === undefined ? "–" : `${result.kept ? "" : "**BROKEN** "}${result.figure}`);
          isKept &&= result?.kept ?? true;
        }
        console.log(`| ${scenario.name} | ${figures.join(" | ")} |`);
      }
    }
  } finally {
    await pairs.stop();
  }
  return isKept ? 0 : 1;
}
