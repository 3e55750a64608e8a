import { Connection, serialize } from "../load/client-connection.ts";
import { ask } from "../load/timed-request.ts";
import type { Message, Part, Running } from "../programs/bench-program.ts";
import { atMost, atMostTimes, figure, type Row } from "../report/row.ts";
import { type Field, type Measure, takeTurns } from "./measurement.ts";

const MEGABYTES = [0.5, 1, 2, 4];
const IMAGE_MEGABYTES = [2, 8];
const AIMED_AT = 2;
const MOST = 3;
const ASKED_IN_A_ROUND = 8;

/** Linear, and some for the noise. */
const LINEAR = 1.15;

/** One message: plain words, with what JSON has to escape. */
const TEXT =
  'The river was "as wide as the sea", they said; nobody had crossed it.\nÜber Nacht fiel Schnee, and in the morning… '.repeat(
    15,
  );

/** As much of an image as one part holds. */
const IMAGE_BYTES = 500_000;

/** CPU for one request with a long conversation in it, or with images. */
export const conversation: Measure = {
  name: "conversation",
  needsWarmth: true,
  async run(field) {
    const words = await rowsFor(field, MEGABYTES, "messages", ofSize);
    const images = await rowsFor(field, IMAGE_MEGABYTES, "images", withImages);
    return { rows: [...words, steepness(words, 2), ...images, steepness(images, 4)] };
  },
};

async function rowsFor(
  { relays, rounds }: Field,
  sizes: readonly number[],
  what: string,
  make: (bytes: number) => readonly Message[],
): Promise<Row[]> {
  const rows: Row[] = [];
  for (const megabytes of sizes) {
    const messages = make(megabytes * 1e6);
    const samples = await takeTurns(relays, Math.ceil(rounds / 2) + 1, (running) => cpuOf(running, messages));
    const aims = megabytes === AIMED_AT ? [atMostTimes(MOST, "passthrough")] : [];
    rows.push({ label: `CPU for ${megabytes} MB of ${what} in one request`, unit: "ms", samples, aims });
  }
  return rows;
}

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

/** Images as data URLs, with a question. */
function withImages(bytes: number): Message[] {
  const data = Buffer.alloc((IMAGE_BYTES * 3) / 4, "a picture of nothing").toString("base64");
  const image: Part = { type: "image_url", image_url: { url: `data:image/png;base64,${data}` } };
  const images = Array.from({ length: Math.round(bytes / IMAGE_BYTES) }, () => image);
  return [{ role: "user", content: [{ type: "text", text: "What is this?" }, ...images] }];
}

/** What the largest costs over so many times what the one before it costs, which is so many times smaller. */
function steepness(rows: readonly Row[], times: number): Row {
  const [half, whole] = rows.slice(-2);
  const samples = new Map<string, readonly number[]>();
  for (const name of whole?.samples.keys() ?? []) {
    const [large, small] = [whole, half].map((row) => (row && figure(row, name)) ?? Number.NaN);
    samples.set(name, [(large ?? Number.NaN) / (times * (small ?? Number.NaN))]);
  }
  return {
    label: `${whole?.label.replace(" in one request", "")} over ${times} times that for ${times} times less`,
    unit: "times",
    samples,
    aims: [atMost(LINEAR, "times")],
  };
}
