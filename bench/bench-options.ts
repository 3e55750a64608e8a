import { parseArgs } from "node:util";

export const HELP = `Usage: bun run bench [options]

Measures nash-llm beside its peers, all in one run and in turns.

  --only NAME      one measure, or several with commas: NAMES
  --quick          a minute or two: fewer rounds, coarser figures, nothing about growth
  --long           also an hour of load, and the same figures before and after it
  --rounds NUMBER  how often the programs take turns
  --program PATH   measure this program (or src/main.ts) in place of ./nash-llm; given twice, both are measured
  --without NAME   leave a peer out, or several with commas: nginx, passthrough, Portkey
  --with LiteLLM   this peer too: it is installed from PyPI into the user's cache, 0.75 GB
  --gomodel PATH   GoModel's program, as a further peer
  --help           print this

A run of all measures writes bench/RESULTS.md and bench/results.svg; one with --only or --quick prints its table alone.
`;

export interface Options {
  readonly only: readonly string[];
  readonly quick: boolean;
  readonly long: boolean;
  readonly rounds: number | undefined;
  readonly programs: readonly string[];
  readonly without: readonly string[];
  readonly with: readonly string[];
  readonly goModel: string | undefined;
  readonly help: boolean;
}

/** @throws for options that do not exist */
export function readOptions(args: readonly string[]): Options {
  const { values } = parseArgs({
    args: [...args],
    options: {
      only: { type: "string", multiple: true, default: [] },
      quick: { type: "boolean", default: false },
      long: { type: "boolean", default: false },
      rounds: { type: "string" },
      program: { type: "string", multiple: true, default: [] },
      without: { type: "string", multiple: true, default: [] },
      with: { type: "string", multiple: true, default: [] },
      gomodel: { type: "string" },
      help: { type: "boolean", default: false },
    },
  });
  const rounds = values.rounds === undefined ? undefined : Number(values.rounds);
  if (rounds !== undefined && !(Number.isInteger(rounds) && rounds > 0))
    throw new Error("--rounds takes a whole number.");
  return {
    only: listed(values.only),
    quick: values.quick,
    long: values.long,
    rounds,
    programs: values.program,
    without: listed(values.without),
    with: listed(values.with),
    goModel: values.gomodel,
    help: values.help,
  };
}

function listed(values: readonly string[]): string[] {
  return values.flatMap((value) => value.split(",")).filter((name) => name !== "");
}
