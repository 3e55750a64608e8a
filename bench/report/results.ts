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

${table(cpu)}
${picture ? "\n![CPU against tokens, and memory against streams](results.svg)\n" : ""}
## By the clock

These depend on whatever else the machine was doing.

${table(wall)}
`;
}
