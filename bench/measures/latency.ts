import { Connection } from "../load/client-connection.ts";
import { firstToken } from "../load/hold.ts";
import { StampReader } from "../load/stamps.ts";
import { wireFor } from "../load/timed-request.ts";
import type { Running } from "../programs/bench-program.ts";
import { metronome } from "../programs/metronome.ts";
import { atMostAbove, type Row } from "../report/row.ts";
import { median, quantile } from "../sample-statistics.ts";
import { microseconds } from "../shared-clock.ts";
import { type Field, type Measure, startAll, takeTurns } from "./measurement.ts";

const ASKED_IN_A_ROUND = 60;
const STREAMS = 500;
const RATE = 20;
const SETTLE_MS = 3_000;
const LISTEN_MS = 4_000;

/** From the request to the first token of its answer, one client, one request after another. */
export const first: Measure = {
  name: "first",
  async run(field) {
    const { players, stop } = await startAll(field.programs, metronome);
    for (const running of players.values()) await firstTokens(running, field.quick ? 60 : 1_000);
    const all = new Map<string, number[]>();
    const samples = await takeTurns(players, field.rounds * 2, async (running, name) => {
      const took = await firstTokens(running, ASKED_IN_A_ROUND);
      all.set(name, [...(all.get(name) ?? []), ...took]);
      return median(took);
    });
    await stop();
    const late = new Map([...all].map(([name, sample]) => [name, [quantile(sample, 0.99)]]));
    return {
      rows: [
        {
          label: "First token, one client, median",
          unit: "ms",
          samples,
          aims: [atMostAbove(0.25, "passthrough", "ms")],
          wall: true,
        },
        {
          label: "First token, one client, 99th percentile",
          unit: "ms",
          samples: late,
          aims: [atMostAbove(0.6, "passthrough", "ms")],
          wall: true,
        },
      ],
    };
  },
};

async function firstTokens(running: Running, count: number): Promise<number[]> {
  const wire = wireFor(running, { model: `paced-1-1000`, tokens: 1 });
  const connection = new Connection(running.port);
  const took: number[] = [];
  for (let i = 0; i < count; i++) {
    const asked = microseconds();
    const { said, over } = firstToken(connection, wire);
    await said;
    took.push((microseconds() - asked) / 1e3);
    await over;
  }
  connection.close();
  return took;
}

/**
 * From the provider's write of a token to the client's read, five hundred streams at once. All that another program on
 * the machine can do to it is to make it worse, so the best round counts.
 */
export const gaps: Measure = {
  name: "gaps",
  async run(field) {
    const rows = [...(await arriving(field, "paced")), ...(await arriving(field, "bursts"))];
    return { rows };
  },
};

/** Two rows about tokens that come as evenly as a clock ticks, or in bursts. */
async function arriving(field: Field, how: "paced" | "bursts"): Promise<Row[]> {
  const ways: ((sample: readonly number[]) => number)[] = [median, (sample) => quantile(sample, 0.99)];
  const listened = new Map<string, number[][]>();
  const players = new Map([...field.programs, metronome].map((program) => [program.name, program]));
  const { reasons } = await takeTurns(players, Math.ceil(field.rounds / 2), async (program, name) => {
    // Each starts anew: behind a relay that does not pass on that its clients have left, the provider goes on.
    const party = await startAll(program === metronome ? [] : [program], metronome);
    try {
      const sample = await onTheWay(party.players.get(name) ?? party.provider, how);
      listened.set(name, [...(listened.get(name) ?? []), sample]);
      return sample.length;
    } finally {
      await party.stop();
    }
  });
  const tokens = how === "paced" ? "tokens" : "tokens in bursts";
  return ways.map((way, i) => ({
    label: `On the way, ${STREAMS} streams at ${RATE} ${tokens} a second, ${i === 0 ? "median" : "99th percentile"} of the quietest round`,
    unit: "ms",
    samples: Object.assign(
      new Map([...listened].map(([name, rounds]) => [name, [Math.min(...rounds.map(way))]])),
      { reasons: reasons ?? new Map() },
    ),
    aims: i === 0 ? [] : [atMostAbove(2, "passthrough", "ms")],
    wall: true as const,
  }));
}

/** How long each token was on its way, in milliseconds. */
async function onTheWay(running: Running, how: string): Promise<number[]> {
  const seconds = (SETTLE_MS + LISTEN_MS) / 1_000 + 2;
  const wire = wireFor(running, { model: `${how}-${RATE * seconds}-${RATE}`, tokens: RATE * seconds });
  const sample: number[] = [];
  let listening = false;
  const connections = Array.from({ length: STREAMS }, () => new Connection(running.port));
  const failed = Promise.withResolvers<never>();
  failed.promise.catch(() => undefined);
  for (const connection of connections) {
    const reader = new StampReader();
    const told = (way: number) => {
      if (listening) sample.push(way);
    };
    connection.send(wire, { body: (text) => reader.feed(text, told) }).catch(failed.reject);
    if (Math.random() < 0.05) await Bun.sleep(1);
  }
  await Promise.race([Bun.sleep(SETTLE_MS), failed.promise]);
  listening = true;
  await Promise.race([Bun.sleep(LISTEN_MS), failed.promise]);
  listening = false;
  for (const connection of connections) connection.close();
  await Bun.sleep(200);
  return sample;
}
