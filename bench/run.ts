/** `bun run bench`: nash-llm beside its peers. See `--help`. */
import { buildProgram, installPackages } from "./prepare.ts";
import { answerMeasures } from "./measures/answers.ts";
import type { Field, Measure } from "./measures/measure.ts";
import { memory } from "./measures/memory.ts";
import { start } from "./measures/start.ts";
import { HELP, type Options, readOptions } from "./options.ts";
import { stopAll } from "./process.ts";
import { nash } from "./programs/nash.ts";
import { nginx } from "./programs/nginx.ts";
import { passthrough } from "./programs/passthrough.ts";
import { portkey } from "./programs/portkey.ts";
import type { Program, Running } from "./programs/program.ts";
import { sandbox } from "./programs/sandbox.ts";
import { type Row, SUBJECT } from "./report/row.ts";
import { table } from "./report/table.ts";

const MEASURES: readonly Measure[] = [...answerMeasures, start, memory];
const ROUNDS = 7;
const QUICK_ROUNDS = 3;

async function main(args: readonly string[]): Promise<number> {
  const options = readOptions(args);
  if (options.help) {
    console.log(HELP.replace("NAMES", MEASURES.map(({ name }) => name).join(", ")));
    return 0;
  }
  const measures = MEASURES.filter(({ name }) => options.only.length === 0 || options.only.includes(name));
  if (measures.length === 0) throw new Error(`No measure has that name. ${MEASURES.map(({ name }) => name)}`);
  installPackages();
  const paths = options.programs.length > 0 ? options.programs : [buildProgram()];
  const provider = await sandbox(paths[0] ?? "").start(0);
  try {
    const rows = await measureAll(measures, present(programs(paths, options)), provider, options);
    console.log(`\n${table(rows)}\n`);
  } finally {
    await stopAll();
  }
  return 0;
}

function programs(paths: readonly string[], { without }: Options): Program[] {
  const own = paths.map((path, i) => nash(path, i === 0 ? SUBJECT : `nash-llm ${i + 1}`));
  return [...own, nginx, passthrough, portkey].filter(({ name }) => !without.includes(name));
}

/** Those that can run here; why the others cannot is said. */
function present(all: readonly Program[]): Program[] {
  return all.filter((program) => {
    const why = program.missing();
    if (why !== undefined) say(`without ${program.name}: ${why}`);
    return why === undefined;
  });
}

async function measureAll(
  measures: readonly Measure[],
  present: readonly Program[],
  provider: Running,
  { quick, rounds = quick ? QUICK_ROUNDS : ROUNDS }: Options,
): Promise<Row[]> {
  const relays = new Map<string, Running>();
  for (const program of present) relays.set(program.name, await program.start(provider.port));
  const field: Field = { relays, programs: present, provider, rounds, quick, say };
  const rows: Row[] = [];
  for (const measure of measures) {
    say(measure.name);
    rows.push(...(await measure.run(field)));
  }
  return rows;
}

function say(what: string): void {
  console.error(`bench: ${what}`);
}

process.on("SIGINT", () => void stopAll().then(() => process.exit(130)));
process.exitCode = await main(process.argv.slice(2));
