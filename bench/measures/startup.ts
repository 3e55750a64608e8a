import { Connection } from "../load/client-connection.ts";
import { ask, wireFor } from "../load/timed-request.ts";
import type { Program, Running } from "../programs/bench-program.ts";
import { atMostTimes, type Row } from "../report/row.ts";
import { EMPTY } from "./answer-cost.ts";
import { type Field, type Measure, takeTurns } from "./measurement.ts";

/** Whoever takes so long is started once. */
const SLOW_MS = 5_000;

/** From the start of the process to its first 200, and to the end of its first answer, in milliseconds of the wall clock. */
export const start: Measure = {
  name: "start",
  async run(field: Field) {
    return {
      rows: [
        await row(field, "From start to the first 200 of /health", 4, healthOf),
        await row(field, "From start to the end of the first answer", 5, answerOf),
      ],
    };
  },
};

async function row(
  { programs, provider, rounds, say }: Field,
  label: string,
  most: number,
  until: (running: Running, name: string) => Promise<void>,
): Promise<Row> {
  say("start");
  const players = new Map(programs.map((program) => [program.name, program]));
  const slow = new Map<string, number>();
  const samples = await takeTurns(players, rounds * 3, async (program, name) => {
    const known = slow.get(name);
    if (known !== undefined) return known;
    const took = await timeUntil(program, provider.port, until);
    if (took > SLOW_MS) slow.set(name, took);
    return took;
  });
  return { label, unit: "ms", samples, aims: [atMostTimes(most, "passthrough")], wall: true };
}

async function timeUntil(
  program: Program,
  provider: number,
  until: (running: Running, name: string) => Promise<void>,
): Promise<number> {
  const started = performance.now();
  const running = await program.start(provider);
  try {
    await until(running, program.name);
    return performance.now() - started;
  } finally {
    await running.child.stop();
  }
}

async function healthOf({ port, health }: Running, name: string): Promise<void> {
  const connection = new Connection(port);
  const status = await connection.send({ path: health, headers: {}, body: "" }, { body: () => undefined });
  connection.close();
  if (status !== 200) throw new Error(`${name} answers ${health} with ${status}.`);
}

async function answerOf(running: Running): Promise<void> {
  const connection = new Connection(running.port);
  await ask(connection, wireFor(running, EMPTY), EMPTY.tokens);
  connection.close();
}
