import { Connection } from "../load/client-connection.ts";
import { firstToken } from "../load/hold.ts";
import { wireFor } from "../load/timed-request.ts";
import type { Running } from "../programs/bench-program.ts";
import { metronome } from "../programs/metronome.ts";
import { atMostTimes } from "../report/row.ts";
import { median, quantile } from "../sample-statistics.ts";
import { microseconds } from "../shared-clock.ts";
import { type Measure, startAll, takeTurns } from "./measurement.ts";

const LEFT_IN_A_ROUND = 30;

/** Names streams: no two alike in one run. */
let streams = 0;

/** A provider that has not been told by then is not told. */
const GIVEN_UP_MS = 2_000;
const NEVER = Number.POSITIVE_INFINITY;

/** From the client's leaving in the middle of an answer to the moment at which the provider sees it. */
export const cancel: Measure = {
  name: "cancel",
  async run(field) {
    const { players, provider, stop } = await startAll(field.programs, metronome);
    const all = new Map<string, number[]>();
    const samples = await takeTurns(players, field.rounds, async (running, name) => {
      const took: number[] = [];
      while (took.length < LEFT_IN_A_ROUND && took.at(-1) !== NEVER)
        took.push(await leave(running, provider));
      all.set(name, [...(all.get(name) ?? []), ...took]);
      return median(took);
    });
    await stop();
    const late = new Map([...all].map(([name, sample]) => [name, [quantile(sample, 0.99)]]));
    return {
      rows: [
        {
          label: "From a client's leaving to the provider's knowing, median",
          unit: "ms",
          samples,
          aims: [atMostTimes(1.2, "passthrough")],
          wall: true,
        },
        {
          label: "The same, 99th percentile",
          unit: "ms",
          samples: late,
          aims: [atMostTimes(1.5, "passthrough")],
          wall: true,
        },
      ],
    };
  },
};

/** Leaves one answer; how long it took, in milliseconds. */
async function leave(running: Running, provider: Running): Promise<number> {
  const name = `stream${streams++}`;
  const client = new Connection(running.port);
  const { said, over } = firstToken(client, wireFor(running, { model: `quiet-${name}`, tokens: 1 }));
  over.catch(() => undefined);
  await said;
  const ear = new Connection(provider.port);
  let moment = "";
  const heard = ear.send(
    { path: `/left-${name}`, headers: {}, body: "" },
    { body: (text) => (moment += text) },
  );
  heard.catch(() => undefined);
  const left = microseconds();
  client.close();
  await Promise.race([heard, Bun.sleep(GIVEN_UP_MS)]);
  ear.close();
  return moment === "" ? NEVER : (Number(moment) - left) / 1e3;
}
