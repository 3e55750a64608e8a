import { Connection, serialize } from "../load/client-connection.ts";
import { ask } from "../load/timed-request.ts";
import type { Message, Running } from "../programs/bench-program.ts";
import { atMost, figure, type Row } from "../report/row.ts";
import { type Measure, takeTurns } from "./measurement.ts";

const MEGABYTES = [0.5, 1, 2, 4];
const AIMED_AT = 2;
const ASKED_IN_A_ROUND = 8;

/** Linear, and some for the noise. */
const LINEAR = 1.15;

/** One message: plain words, with what JSON has to escape. */
const TEXT =
  'The river was "as wide as the sea", they said; nobody had crossed it.\nÜber Nacht fiel Schnee, and in the morning… '.repeat(
    15,
  );

/** CPU for one request with a long conversation in it. */
export const conversation: Measure = {
  name: "conversation",
  needsWarmth: true,
  async run({ relays, rounds }) {
    const rows: Row[] = [];
    for (const megabytes of MEGABYTES) {
      const messages = ofSize(megabytes * 1e6);
      const samples = await takeTurns(relays, Math.ceil(rounds / 2) + 1, (running) =>
        cpuOf(running, messages),
      );
      const aims = megabytes === AIMED_AT ? [atMost(25, "ms")] : [];
      rows.push({ label: `CPU for ${megabytes} MB of messages in one request`, unit: "ms", samples, aims });
    }
    return { rows: [...rows, steepness(rows)] };
  },
};

async function cpuOf(running: Running, messages: readonly Message[]): Promise<number> {
  const wire = serialize(running.request("demo-empty", messages), running.port);
  const connection = new Connection(running.port);
  const before = running.child.cpu();
  for (let i = 0; i < ASKED_IN_A_ROUND; i++) await ask(connection, wire, 0);
  const took = running.child.cpu() - before;
  connection.close();
  return took / ASKED_IN_A_ROUND;
}

function ofSize(bytes: number): Message[] {
  const each = Buffer.byteLength(JSON.stringify({ role: "assistant", content: TEXT }));
  return Array.from({ length: Math.round(bytes / each / 2) * 2 + 1 }, (_, i) => ({
    role: i % 2 === 0 ? "user" : "assistant",
    content: TEXT,
  }));
}

/** What the largest costs over twice what half of it costs. */
function steepness(rows: readonly Row[]): Row {
  const [half, whole] = rows.slice(-2);
  const samples = new Map<string, readonly number[]>();
  for (const name of whole?.samples.keys() ?? []) {
    const [large, small] = [whole, half].map((row) => (row && figure(row, name)) ?? Number.NaN);
    samples.set(name, [(large ?? Number.NaN) / (2 * (small ?? Number.NaN))]);
  }
  return {
    label: "CPU for 4 MB over twice that for 2 MB",
    unit: "times",
    samples,
    aims: [atMost(LINEAR, "times")],
  };
}
