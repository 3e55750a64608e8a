import { Connection } from "../load/client-connection.ts";
import type { Program } from "../programs/bench-program.ts";
import { atMost } from "../report/row.ts";
import { type Field, type Measure, takeTurns } from "./measurement.ts";

/** Whoever takes so long is started once. */
const SLOW_MS = 5_000;

/** From the start of the process to its first 200, in milliseconds of the wall clock. */
export const start: Measure = {
  name: "start",
  async run({ programs, provider, rounds, say }: Field) {
    say("start");
    const players = new Map(programs.map((program) => [program.name, program]));
    const slow = new Map<string, number>();
    const samples = await takeTurns(players, rounds * 3, async (program, name) => {
      const known = slow.get(name);
      if (known !== undefined) return known;
      const took = await timeToHealth(program, provider.port);
      if (took > SLOW_MS) slow.set(name, took);
      return took;
    });
    const label = "From start to the first 200 of /health";
    return { rows: [{ label, unit: "ms", samples, aims: [atMost(60, "ms")], wall: true }] };
  },
};

async function timeToHealth(program: Program, provider: number): Promise<number> {
  const started = performance.now();
  const running = await program.start(provider);
  const connection = new Connection(running.port);
  const status = await connection.send(
    { path: running.health, headers: {}, body: "" },
    { body: () => undefined },
  );
  const took = performance.now() - started;
  connection.close();
  await running.child.stop();
  if (status !== 200) throw new Error(`${program.name} answers ${running.health} with ${status}.`);
  return took;
}
