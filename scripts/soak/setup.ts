/** The program, its provider and its clients, each a process of its own; and the table that is printed. */

import { readFileSync } from "node:fs";
import { join } from "node:path";
import { type Program, startProgram } from "../../tests/support/program.ts";
import { type Child, startChild } from "./child-process.ts";
import type { LoadCalls } from "./load-child.ts";
import type { ProviderCalls } from "./provider-child.ts";

/** One line of the table. */
export interface Row {
  readonly what: string;
  readonly figure: string;
  /** What it must be, where something was promised. */
  readonly promised?: string;
  readonly kept?: boolean;
}

export interface Stage {
  readonly program: Program;
  readonly provider: Child<ProviderCalls>;
  readonly load: Child<LoadCalls>;
  /** Where the provider listens. */
  readonly providerPort: number;
  /** How much memory the program has, in KiB. */
  memory(): number;
  stop(): Promise<void>;
}

export async function openStage(args: readonly string[] = []): Promise<Stage> {
  const provider = startChild<ProviderCalls>(join(import.meta.dir, "provider-child.ts"));
  const load = startChild<LoadCalls>(join(import.meta.dir, "load-child.ts"));
  const program = await startProgram({ args: ["--no-detect", "--log-level", "warn", ...args] });
  const ports = await provider.call("ports");
  await load.call("watch", ports.watched);
  return {
    program,
    provider,
    load,
    providerPort: ports.provider,
    memory: () => memoryOf(program.pid),
    async stop() {
      await Promise.all([load.stop(), program.stop("SIGKILL")]);
      await provider.stop();
    },
  };
}

function memoryOf(pid: number): number {
  return Number(/^VmRSS:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/status`, "utf8"))?.[1]);
}

/** Waits until no request is open at the provider. Gives how many are, after so many milliseconds at most. */
export async function left({ provider }: Stage, milliseconds: number): Promise<number> {
  const until = performance.now() + milliseconds;
  let open = await provider.call("open");
  while (open > 0 && performance.now() < until) {
    await Bun.sleep(20);
    open = await provider.call("open");
  }
  return open;
}

/** The value below which such a share of all values lies. */
export function quantile(sorted: readonly number[], share: number): number {
  return sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? Number.NaN;
}

/** `median 1.2 ms, p99 3.4 ms, most 5.6 ms` */
export function times(values: readonly number[]): string {
  const sorted = values.toSorted((a, b) => a - b);
  const at = (share: number) => `${quantile(sorted, share).toFixed(1)} ms`;
  return `median ${at(0.5)}, p99 ${at(0.99)}, most ${at(1)}`;
}

export function mebibytes(kibibytes: number): string {
  return `${(kibibytes / 1024).toFixed(1)} MiB`;
}

export function table(rows: readonly Row[]): string {
  const widths = [
    Math.max(...rows.map(({ what }) => what.length)),
    Math.max(...rows.map(({ figure }) => figure.length)),
  ];
  return rows
    .map(({ what, figure, promised, kept }) => {
      const word = promised === undefined ? "" : `${kept ? "kept" : "NOT KEPT"}: ${promised}`;
      return `  ${what.padEnd(widths[0] ?? 0)}  ${figure.padEnd(widths[1] ?? 0)}  ${word}`.trimEnd();
    })
    .join("\n");
}
