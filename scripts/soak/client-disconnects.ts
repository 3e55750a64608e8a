import { SUMMARIZE } from "../../tests/support/answers.ts";
import type { Departure } from "./load-child.ts";
import { type Asked, requestFor } from "./request-bytes.ts";
import { left, mebibytes, quantile, type Row, type Stage, times } from "./setup.ts";

/** Long enough that a model with a small window needs it in parts. */
const LONG = Array.from({ length: 40 }, (_, i) => ({
  role: i % 2 === 0 ? "user" : "assistant",
  content: `Message ${i}: ${"some words about nothing. ".repeat(50)}`,
}));

interface Phase {
  readonly name: string;
  readonly asked: Asked;
  readonly how: Omit<Departure, "target" | "count" | "atOnce">;
  /** Only one in so many of those asked for, because each costs more. */
  readonly oneIn?: number;
}

const TEXT = '{"content":';

const PHASES: readonly Phase[] = [
  { name: "before the headers", asked: { play: "headers" }, how: { waits: 0 } },
  { name: "before the first event", asked: { play: "event" }, how: { waits: 5 } },
  { name: "in the middle of a stream", asked: { play: "flow" }, how: { after: TEXT, waits: 10 } },
  { name: "in silence", asked: { play: "silence" }, how: { after: TEXT, waits: 0 } },
  { name: "from a summary", asked: { play: "silence", path: SUMMARIZE }, how: { waits: 5 } },
  {
    name: "from a summary in parts",
    asked: { play: "silence", path: SUMMARIZE, model: "gpt-4", messages: LONG },
    how: { waits: 20 },
    oneIn: 50,
  },
  {
    name: "blocked on a slow reader",
    asked: { play: "flood" },
    how: { after: TEXT, waits: 200, stalls: true },
    oneIn: 50,
  },
];

const PROMISED_MS = 50;
const PROMISED_KIB = 30 * 1024;

/** So few at once that what is measured is the way of one, and not the queue. */
const FEW = 2;
const MEASURED = 1_000;
/** So many at once that the machine is busy. */
const MANY = 50;

/** Clients that leave, so many in each phase, half of them with a reset. */
export async function soakDepartures(stage: Stage, count: number): Promise<Row[]> {
  // What is loaded on first use, the vocabularies for one, is no growth.
  for (const phase of PHASES) await depart(stage, phase, 200, FEW);
  const before = stage.memory();
  const rows: Row[] = [];
  for (const phase of PHASES) {
    const all = Math.max(1, Math.round(count / (phase.oneIn ?? 1)));
    const measured = Math.min(all, Math.round(MEASURED / (phase.oneIn === undefined ? 1 : 10)));
    rows.push(measuredRow(phase, await depart(stage, phase, measured, FEW)));
    rows.push(manyRow(all, await depart(stage, phase, all, MANY), stage.memory()));
  }
  const open = await left(stage, 5_000);
  await Bun.sleep(2_000);
  const growth = stage.memory() - before;
  return [
    ...rows,
    { what: "open at the provider afterwards", figure: String(open), promised: "none", kept: open === 0 },
    {
      what: "memory before, growth after all of them",
      figure: `${mebibytes(before)}, ${growth < 0 ? "" : "+"}${mebibytes(growth)}`,
      promised: `less than ${PROMISED_KIB / 1024} MiB`,
      kept: growth < PROMISED_KIB,
    },
  ];
}

/** What became of a number of departures. */
interface Departed {
  /** Clients that got as far as they should before they left. */
  readonly count: number;
  /** From the client's leaving to the end of the provider's connection, in milliseconds. */
  readonly lags: readonly number[];
  readonly open: number;
  readonly seconds: number;
}

async function depart(stage: Stage, { asked, how }: Phase, count: number, atOnce: number): Promise<Departed> {
  const started = performance.now();
  await stage.provider.call("ended");
  const target = requestFor(stage, asked);
  const gone = new Map(await stage.load.call("departures", { target, count, atOnce, ...how }));
  const seconds = (performance.now() - started) / 1_000;
  const open = await left(stage, 5_000);
  const lags = (await stage.provider.call("ended")).flatMap(([id, arrived, closed]) => {
    const leaving = gone.get(id.split(".")[0] ?? "");
    // One that reached the provider after its client had left counts from then on.
    return leaving === undefined ? [] : [closed - Math.max(leaving, arrived)];
  });
  return { count: gone.size, lags, open, seconds };
}

function measuredRow({ name }: Phase, { count, lags, open }: Departed): Row {
  const late = quantile(
    lags.toSorted((a, b) => a - b),
    0.99,
  );
  return {
    what: `${name}: ${count}, ${FEW} at once`,
    figure: `${times(lags)}${open === 0 ? "" : `; ${open} STILL OPEN`}`,
    promised: `p99 under ${PROMISED_MS} ms`,
    kept: late < PROMISED_MS && open === 0,
  };
}

function manyRow(all: number, { count, lags, open, seconds }: Departed, memory: number): Row {
  return {
    what: `  ${all}, ${MANY} at once`,
    figure: `${open} open afterwards; ${Math.round(count / seconds)} a second, ${times(lags)}; ${mebibytes(memory)}`,
    promised: "none left open",
    kept: open === 0 && count === all,
  };
}
