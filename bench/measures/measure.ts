import type { Program, Running } from "../programs/program.ts";
import type { Row } from "../report/row.ts";
import type { Samples } from "../statistics.ts";

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
  /** About a minute for everything, at the price of coarser figures. */
  readonly quick: boolean;
  /** Tells whoever waits what is being done. */
  readonly say: (what: string) => void;
}

export interface Measure {
  /** What `--only` calls it. */
  readonly name: string;
  run(field: Field): Promise<readonly Row[]>;
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
  const samples = new Map<string, number[]>([...players.keys()].map((name) => [name, []]));
  for (let round = 0; round < rounds; round++) {
    const order = round % 2 === 0 ? [...players] : [...players].reverse();
    for (const [name, player] of order) samples.get(name)?.push(await turn(player, name, round));
  }
  return samples;
}
