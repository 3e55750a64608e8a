/** `bun run bench`: nash-llm beside its peers. See `--help`. */
import { join } from "node:path";
import { HELP, type Options, readOptions } from "./bench-options.ts";
import { burst, empty, single, warmUp } from "./measures/answer-cost.ts";
import { cancel } from "./measures/cancel.ts";
import { dialects } from "./measures/dialects.ts";
import { growth } from "./measures/growth.ts";
import { conversation } from "./measures/large-request.ts";
import { first, gaps } from "./measures/latency.ts";
import { long } from "./measures/long-answer.ts";
import type { Field, Measure, Outcome } from "./measures/measurement.ts";
import { plateau } from "./measures/memory-plateau.ts";
import { memory } from "./measures/memory-use.ts";
import { operate } from "./measures/operate.ts";
import { start } from "./measures/startup.ts";
import { store } from "./measures/store.ts";
import { buildProgram, installPackages } from "./prepare.ts";
import { stopAll } from "./process.ts";
import type { Program, Running } from "./programs/bench-program.ts";
import { goModel } from "./programs/gomodel.ts";
import { liteLlm } from "./programs/litellm.ts";
import { nash } from "./programs/nash.ts";
import { nginx } from "./programs/nginx.ts";
import { passthrough } from "./programs/passthrough.ts";
import { portkey } from "./programs/portkey.ts";
import { sandbox } from "./programs/sandbox-provider.ts";
import { table } from "./report/markdown-table.ts";
import { results } from "./report/results.ts";
import { SUBJECT } from "./report/row.ts";
import { picture } from "./report/svg.ts";

const MEASURES: readonly Measure[] = [
  single,
  burst,
  empty,
  dialects,
  conversation,
  operate,
  store,
  growth,
  memory,
  plateau,
  start,
  first,
  gaps,
  cancel,
  long,
];
const ROUNDS = 7;
const QUICK_ROUNDS = 2;

async function main(args: readonly string[]): Promise<number> {
  const options = readOptions(args);
  if (options.help) {
    console.log(HELP.replace("NAMES", MEASURES.map(({ name }) => name).join(", ")));
    return 0;
  }
  const measures = chosen(options);
  installPackages();
  const paths = options.programs.length > 0 ? options.programs : [buildProgram()];
  const programs = present(allPrograms(paths, options));
  try {
    const outcomes = await measureAll(measures, programs, await sandbox(paths[0] ?? "").start(0), options);
    report(outcomes, programs, options);
  } finally {
    await stopAll();
  }
  return 0;
}

/** @throws where a name is none */
function chosen({ only, quick, long: isLong }: Options): Measure[] {
  const unknown = only.find((name) => !MEASURES.some((measure) => measure.name === name));
  if (unknown !== undefined) throw new Error(`No measure is called ${unknown}.`);
  if (only.length > 0) return MEASURES.filter(({ name }) => only.includes(name));
  return MEASURES.filter(({ isSlow, takesLong }) => !(isSlow && quick) && (!takesLong || isLong));
}

function allPrograms(paths: readonly string[], { without, with: wanted, goModel: path }: Options): Program[] {
  const own = paths.map((path, i) => nash(path, i === 0 ? SUBJECT : `${SUBJECT} ${i + 1}`));
  const peers = [nginx, passthrough, portkey, liteLlm(wanted.includes("LiteLLM")), goModel(path)];
  return [...own, ...peers].filter(({ name }) => !without.includes(name));
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
  programs: readonly Program[],
  provider: Running,
  { quick, rounds = quick ? QUICK_ROUNDS : ROUNDS }: Options,
): Promise<Outcome[]> {
  const relays = new Map<string, Running>();
  for (const program of programs) relays.set(program.name, await program.start(provider.port));
  const field: Field = { relays, programs, provider, rounds, quick, say };
  if (measures.some(({ needsWarmth }) => needsWarmth === true)) {
    say("warming up");
    for (const running of relays.values()) await warmUp(running, quick);
  }
  const outcomes: Outcome[] = [];
  for (const measure of measures) {
    say(measure.name);
    outcomes.push(await measure.run(field));
  }
  return outcomes;
}

/** Prints the table. What a whole run has found goes into files too. */
function report(outcomes: readonly Outcome[], programs: readonly Program[], { only, quick }: Options): void {
  const rows = outcomes.flatMap((outcome) => outcome.rows);
  console.log(`\n${table(rows)}\n`);
  if (only.length > 0 || quick) return;
  const charts = outcomes.flatMap(({ chart }) => chart ?? []);
  const write = (name: string, text: string) => Bun.write(join(import.meta.dir, name), text);
  void write("results.svg", picture(charts));
  void write("RESULTS.md", results(rows, programs, charts.length > 0));
}

function say(what: string): void {
  console.error(`bench: ${what}`);
}

process.on("SIGINT", () => void stopAll().then(() => process.exit(130)));
process.exitCode = await main(process.argv.slice(2));
