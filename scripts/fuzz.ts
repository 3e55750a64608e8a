/**
 * Tries inputs that nobody should send, on the decoders and on the running program:
 *
 *   bun run fuzz --program ./nash-llm
 *
 * What fails is made as small as it can be, and printed with the seed that gives it again.
 */
import { Command, InvalidArgumentError, Option } from "commander";
import { wire } from "./fuzz/decoder-fuzz.ts";
import { openProvider } from "./fuzz/provider-fuzz.ts";
import { startRequestFuzz } from "./fuzz/request-fuzz.ts";
import { type Finding, type Part, run } from "./fuzz/run-inputs.ts";

/** How many of all inputs each part gets. */
const SHARES = { wire: 0.5, requests: 0.35, provider: 0.15 } as const;
type Name = keyof typeof SHARES;

interface Options {
  readonly inputs: number;
  readonly seed: number;
  readonly only?: Name;
  readonly program?: string;
}

const TRY: Readonly<Record<Name, (inputs: number, seed: number) => Promise<Finding | undefined>>> = {
  wire: (inputs, seed) => tryPart(wire, inputs, seed),
  requests: async (inputs, seed) => tryPart(await startRequestFuzz(), inputs, seed),
  provider: async (inputs, seed) => tryPart(await openProvider(), inputs, seed),
};

const options: Options = new Command("fuzz")
  .description("try hostile inputs on the decoders and on the running program")
  .option("--inputs <number>", "how many", whole, 100_000)
  .option(
    "--seed <number>",
    "what they are made from; another one each time unless given",
    whole,
    Date.now() % 1_000_000_000,
  )
  .addOption(new Option("--only <part>", "one part alone, with all inputs").choices(Object.keys(SHARES)))
  .option("--program <file>", "the compiled program to try, in place of the source")
  .parse()
  .opts();

if (options.program !== undefined) process.env["NASH_LLM_UNDER_TEST"] = options.program;
process.exit(await fuzz(options));

async function fuzz({ inputs, seed, only }: Options): Promise<number> {
  console.log(
    `${inputs} inputs from the seed ${seed}, on ${process.env["NASH_LLM_UNDER_TEST"] ?? "the source"}`,
  );
  for (const name of Object.keys(SHARES) as Name[]) {
    if (only !== undefined && only !== name) continue;
    const finding = await TRY[name](Math.ceil(inputs * (only === undefined ? SHARES[name] : 1)), seed);
    if (finding === undefined) continue;
    console.log(`\nFOUND in ${finding.part}: ${finding.why}`);
    if (finding.input !== undefined) console.log(`\n${finding.input}`);
    console.log(`\nAgain: bun run fuzz --only ${finding.part} --seed ${finding.seed} --inputs 500`);
    return 1;
  }
  console.log("\nEvery promise was kept.");
  return 0;
}

async function tryPart<Input>(
  part: Part<Input> & { stop?(): Promise<void> },
  inputs: number,
  seed: number,
): Promise<Finding | undefined> {
  const started = performance.now();
  const finding = await run(part, inputs, seed);
  const outcomes = [...part.tally]
    .sort(([, a], [, b]) => b - a)
    .map(([outcome, times]) => `${times} ${outcome}`);
  console.log(`\n${part.name}: ${inputs} inputs in ${((performance.now() - started) / 1000).toFixed(0)} s`);
  console.log(`  ${outcomes.join(", ")}`);
  await part.stop?.();
  return finding;
}

function whole(text: string): number {
  if (!/^\d{1,12}$/.test(text)) throw new InvalidArgumentError("This is no whole number.");
  return Number(text);
}
