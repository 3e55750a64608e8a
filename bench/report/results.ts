import { cpus, release, totalmem } from "node:os";
import type { Program } from "../programs/bench-program.ts";
import { table } from "./markdown-table.ts";
import { type Row, withoutFloor } from "./row.ts";

const GIBIBYTE = 1024 ** 3;

/** The text of `bench/RESULTS.md`. */
export function results(rows: readonly Row[], programs: readonly Program[], picture: boolean): string {
  const cpu = rows.filter(({ wall }) => wall !== true);
  const wall = rows
    .filter(({ wall }) => wall === true)
    .flatMap((row) => [row, withoutFloor(row) ?? []].flat());
  return `# Results

Written by \`bun run bench\` on ${new Date().toISOString().slice(0, 10)}: ${cpus().length} cores (${cpus()[0]?.model ?? "unknown"}), ${Math.round(totalmem() / GIBIBYTE)} GiB, Linux ${release()}, Bun ${Bun.version}.
All programs ran side by side and took turns; each figure is the median of its rounds. In brackets: how many times the peer's figure nash-llm's is, as the
median of the rounds' own ratios. Behind ± is how far rounds differ: half of the range that holds the middle half of them. [README.md](README.md) says what is measured and how.

${programs.map(({ name, about }) => `- **${name}**: ${about}`).join("\n")}

## CPU time and memory

${tables(cpu, programs)}
${picture ? "\n![CPU against tokens, and memory against streams](results.svg)\n" : ""}
## By the clock

These depend on whatever else the machine was doing.

${tables(wall, programs)}
${CONCLUSIONS}`;
}

/** One table for the rows of all programs, and one for each of those that have columns of their own. */
function tables(rows: readonly Row[], programs: readonly Program[]): string {
  const known = new Set(programs.map(({ name }) => name));
  const own = ({ samples }: Row) => [...samples.keys()].filter((name) => !known.has(name)).join();
  return [...Map.groupBy(rows, own).values()].map((group) => table(group)).join("\n\n");
}

const CONCLUSIONS = `
## What a reader may conclude, and what not

- The order of the programs in a row, and about how many times the one costs what the other does, where the figures differ by more than the ± of both.
- Not: milliseconds of another machine. These are those of one on which others work as well: from run to run all figures move by a fifth, and ours more than a passthrough's, since more of it falls out of the caches.
- Not: how many tokens a second a machine can hold. The load generator and the provider have the same cores. [docs/scale.md](../docs/scale.md) computes it from CPU time.
- Not: that a 99th percentile of few hundred requests is one of a day.
- Where an aim is not reached, [docs/decisions/0016](../docs/decisions/0016-where-the-rest-goes.md) says what the time goes into and what was tried.
`;
