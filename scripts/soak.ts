/**
 * Loads the running program for as long as it takes to know that nothing is lost and nothing grows:
 *
 *   bun run soak --program ./nash-llm
 *
 * The program, its provider and its clients are processes of their own. Linux only: memory is read from /proc.
 */
import { Command, InvalidArgumentError, Option } from "commander";
import { soakDepartures } from "./soak/client-disconnects.ts";
import { soakFloods } from "./soak/floods.ts";
import { soakLimits } from "./soak/limits.ts";
import { soakQuiet } from "./soak/quiet-streams.ts";
import { openStage, type Row, type Stage, table } from "./soak/setup.ts";
import { soakDribble } from "./soak/slow-requests.ts";
import { soakStalled } from "./soak/stalled-readers.ts";
import { soakStreams } from "./soak/token-streams.ts";

const PARTS = ["quiet", "stalled", "dribble", "limits", "floods", "departures", "streams"] as const;
type Name = (typeof PARTS)[number];

/** Answers that are meant to go on and on. Floods run into the limit that there is by default. */
const ENDLESS = ["--max-answer", "1000000000000"];

interface Options {
  readonly minutes: number;
  readonly streams: number;
  readonly departures: number;
  readonly only?: readonly Name[];
  readonly program?: string;
}

const options: Options = new Command("soak")
  .description("load the running program for a long time, and see what is lost or grows")
  .option("--minutes <number>", "how long the streams run", positive, 10)
  .option("--streams <number>", "how many there are", positive, 500)
  .option("--departures <number>", "how many clients leave in each phase", positive, 100_000)
  .addOption(new Option("--only <parts...>", "these parts alone").choices([...PARTS]))
  .option("--program <file>", "the compiled program to load, in place of the source")
  .parse()
  .opts();

if (options.program !== undefined) process.env["NASH_LLM_UNDER_TEST"] = options.program;
process.exit(await soak(options));

async function soak({ minutes, streams, departures, only }: Options): Promise<number> {
  const parts: Readonly<Record<Name, (stage: Stage) => Promise<Row[]>>> = {
    quiet: (stage) => soakQuiet(stage, 5_000),
    stalled: (stage) => soakStalled(stage, 200),
    dribble: (stage) => soakDribble(stage, 1_000),
    limits: soakLimits,
    floods: soakFloods,
    departures: (stage) => soakDepartures(stage, departures),
    streams: (stage) => soakStreams(stage, streams, minutes),
  };
  console.log(`On ${process.env["NASH_LLM_UNDER_TEST"] ?? "the source"}, ${new Date().toISOString()}`);
  let isKept = true;
  for (const name of PARTS) {
    if (only !== undefined && !only.includes(name)) continue;
    // Each has a program of its own: what one leaves behind is not counted against the next.
    const stage = await openStage(name === "floods" ? [] : ENDLESS);
    try {
      const rows = await parts[name](stage);
      console.log(`\n${name}\n${table(rows)}`);
      isKept &&= rows.every(({ kept }) => kept !== false);
      const log = stage.program.stderr();
      if (log.includes('"stack"')) {
        isKept = false;
        console.log(`  The log tells of a fault: ${log.slice(0, 1_000)}`);
      }
    } finally {
      await stage.stop();
    }
  }
  console.log(isKept ? "\nEvery promise was kept." : "\nNot every promise was kept.");
  return isKept ? 0 : 1;
}

function positive(text: string): number {
  const number = Number(text);
  if (!(number > 0)) throw new InvalidArgumentError("This is no number above zero.");
  return number;
}
