import type { Program, Running } from "../programs/bench-program.ts";
import type { Chart } from "../report/chart.ts";
import { type Row, SUBJECT } from "../report/row.ts";
import type { Samples } from "../sample-statistics.ts";

/** What a measure works with. */
export interface Field {
  /** The relays under measure, which have been started, by name. */
  readonly relays: ReadonlyMap<string, Running>;
  /** The same, to be started anew. */
  readonly programs: readonly Program[];
  /** The scripted provider. */
  readonly provider: Running;
  /** How often the programs take turns. */
  readonly rounds: number;
  /** A minute or two for everything, at the price of coarser figures. */
  readonly quick: boolean;
  /** Tells whoever waits what is being done. */
  readonly say: (what: string) => void;
}

export interface Measure {
  /** What `--only` calls it. */
  readonly name: string;
  /** Runtimes must have compiled what is hot before it. */
  readonly needsWarmth?: true;
  /** Left out of a quick run, unless it was asked for by name. */
  readonly isSlow?: true;
  /** Only where it was asked for by name, or with `--long`. */
  readonly takesLong?: true;
  run(field: Field): Promise<Outcome>;
}

export interface Outcome {
  readonly rows: readonly Row[];
  readonly chart?: Chart;
}

/** A provider and relays in front of it, for a measure that needs another than the sandbox. */
export interface Party {
  readonly provider: Running;
  /** The relays, and the provider itself, which is the zero of every scale. */
  readonly players: ReadonlyMap<string, Running>;
  stop(): Promise<void>;
}

/** Figures as they come. A peer that cannot do a thing has a reason in place of them; the subject has to. */
export class Turns extends Map<string, number[]> implements Samples {
  readonly reasons = new Map<string, string>();

  /** Notes a program's figure, or why there is none. @throws what the subject threw */
  async take(name: string, turn: () => Promise<number>): Promise<void> {
    if (this.reasons.has(name)) return;
    try {
      const figure = await turn();
      this.set(name, [...(this.get(name) ?? []), figure]);
    } catch (error) {
      if (name === SUBJECT) throw error;
      this.delete(name);
      this.reasons.set(name, error instanceof Error ? error.message : String(error));
    }
  }
}

/** Starts a provider, and programs in front of it. */
export async function startAll(programs: readonly Program[], provider: Program): Promise<Party> {
  const running = await provider.start(0);
  const players = new Map<string, Running>();
  for (const program of programs) players.set(program.name, await program.start(running.port));
  players.set(provider.name, running);
  return {
    provider: running,
    players,
    stop: async () => void (await Promise.all([...players.values()].map(({ child }) => child.stop()))),
  };
}

/**
 * Lets programs take turns, so that whatever else the machine does hits all of them alike. Every other round goes
 * backwards: whoever comes after a heavy one is not always the same.
 * @param turn one program's turn; gives its sample
 */
export async function takeTurns<T>(
  players: ReadonlyMap<string, T>,
  rounds: number,
  turn: (player: T, name: string, round: number) => Promise<number>,
): Promise<Samples> {
  const samples = new Turns();
  for (let round = 0; round < rounds; round++) {
    const order = round % 2 === 0 ? [...players] : [...players].reverse();
    for (const [name, player] of order) await samples.take(name, () => turn(player, name, round));
  }
  return samples;
}
