/**
 * Has two providers that nobody here wrote fail on the program, and demands *whole, or an error that the client is told*:
 *
 *   bun run test:providers --program ./nash-llm
 *
 * They are llmock (PyPI) and aimock (npm), installed into ~/.cache/nash-llm at the first run; Python 3.11 and npm are
 * needed for that. The faults are dealt by chance, so the figures differ from run to run, and the last columns may not.
 */
import { Command, InvalidArgumentError } from "commander";
import { startProgram } from "../tests/support/program.ts";
import { DIALECTS } from "./faulty-providers/dialects.ts";
import { ask, type FaultyPair, type Outcomes } from "./faulty-providers/outcomes.ts";
import { startAimock, startLlmock } from "./faulty-providers/servers.ts";

const PROTOCOLS = ["openai", "anthropic"] as const;

const options: { readonly requests: number; readonly program?: string } = new Command("test:providers")
  .description("two faulty providers against the program")
  .option("--requests <number>", "how many for each provider, protocol and dialect", positive, 40)
  .option("--program <file>", "the compiled program, in place of the source")
  .parse()
  .opts();

if (options.program !== undefined) process.env["NASH_LLM_UNDER_TEST"] = options.program;
process.exitCode = await run(options.requests);

async function run(requests: number): Promise<number> {
  console.log(`On ${process.env["NASH_LLM_UNDER_TEST"] ?? "the source"}, ${requests} requests each\n`);
  const program = await startProgram({ args: ["--no-detect", "--log-level", "error"] });
  const pairs: FaultyPair[] = [];
  const lines: string[] = [];
  let isKept = true;
  try {
    pairs.push({
      faulty: await startLlmock(
        { 400: 0.08, 429: 0.15, 503: 0.15 },
        { truncate: 0.15, disconnect: 0.15, malformed: 0.08 },
      ),
      good: await startLlmock({}, {}),
    });
    pairs.push({
      faulty: await startAimock({ disconnect: 0.25, malformed: 0.1, ratelimit: 0.1 }),
      good: await startAimock({}),
    });
    for (const pair of pairs) {
      for (const protocol of PROTOCOLS) {
        for (const [name, dialect] of Object.entries(DIALECTS)) {
          const outcomes = await ask(program, dialect, pair, protocol, requests);
          lines.push(line(`${pair.faulty.name}, ${protocol} | ${name}`, outcomes));
          isKept &&= outcomes.short === 0 && outcomes.broken === 0;
        }
      }
    }
    console.log(
      "| provider, protocol | dialect | whole | error after 200 | error by status | whole but short | no answer | types of errors |",
    );
    console.log("|---|---|---|---|---|---|---|---|");
    for (const text of lines) console.log(text);
    for (const {
      faulty: { name, faults, verdict },
    } of pairs) {
      console.log(`\n${name}: ${faults}`);
      const said = await verdict();
      if (said === undefined) continue;
      console.log(
        `  its verdict on the client: ${said.calls} calls, ${said.attempts} attempts, ${said.faults} faults`,
      );
      for (const [code, { times, title }] of said.findings) console.log(`  ${times} × ${code}: ${title}`);
    }
  } finally {
    await Promise.all([
      program.stop("SIGKILL"),
      ...pairs.flatMap(({ faulty, good }) => [faulty.stop(), good.stop()]),
    ]);
  }
  console.log(isKept ? "\nEvery answer was whole, or its client was told." : "\nNot every client was told.");
  return isKept ? 0 : 1;
}

function line(name: string, { whole, toldInStream, toldByStatus, short, broken, types }: Outcomes): string {
  const told = Object.entries(types)
    .map(([type, times]) => `${type} ${times}`)
    .join(", ");
  return `| ${name} | ${whole} | ${toldInStream} | ${toldByStatus} | ${short} | ${broken} | ${told} |`;
}

function positive(text: string): number {
  const value = Number(text);
  if (!Number.isInteger(value) || value < 1)
    throw new InvalidArgumentError("It must be a whole number from 1 on.");
  return value;
}
