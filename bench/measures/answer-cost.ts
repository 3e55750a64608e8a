import { Connection } from "../load/client-connection.ts";
import { ask, type Question, wireFor } from "../load/timed-request.ts";
import type { Running } from "../programs/bench-program.ts";
import { atMostTimes, type Row } from "../report/row.ts";
import type { Samples } from "../sample-statistics.ts";
import { type Field, type Measure, takeTurns } from "./measurement.ts";

const AT_ONCE = 16;

/** A question, and how often it is asked. */
export interface Load {
  readonly question: Question;
  /** Answers in a round. */
  readonly answers: number;
  readonly atOnce?: number;
}

export const FAST: Question = { model: "demo-fast", tokens: 500 };
export const BURST: Question = { model: "demo-burst", tokens: 500 };
export const EMPTY: Question = { model: "demo-empty", tokens: 0 };

/** What runtimes are shown before they are measured. They compile what is hot for twenty thousand requests. */
const WARM_UP: readonly Load[] = [
  { question: EMPTY, answers: 30_000 },
  { question: BURST, answers: 2_000 },
  { question: FAST, answers: 400 },
];

export async function warmUp(running: Running, quick: boolean): Promise<void> {
  for (const load of WARM_UP) await answers(running, shareOf(load, (quick ? 0.2 : 1) * (running.share ?? 1)));
}

/** The CPU time, in milliseconds, that each program spends on one answer. */
export function cpuPerAnswer(
  { relays, rounds }: Pick<Field, "relays" | "rounds">,
  load: Load,
): Promise<Samples> {
  return takeTurns(relays, rounds, async (running) => {
    const given = shareOf(load, running.share ?? 1);
    const before = running.child.cpu();
    await answers(running, given);
    return (running.child.cpu() - before) / given.answers;
  });
}

function shareOf(load: Load, share: number): Load {
  return { ...load, answers: Math.ceil(load.answers * share) };
}

/** Asks so often, with so many answers at once, each connection kept for the next request. */
export async function answers(
  running: Running,
  { question, answers: count, atOnce = AT_ONCE }: Load,
): Promise<void> {
  const wire = wireFor(running, question);
  let left = count;
  const worker = async () => {
    const connection = new Connection(running.port);
    while (left-- > 0) await ask(connection, wire, question.tokens);
    connection.close();
  };
  await Promise.all(Array.from({ length: atOnce }, worker));
}

/** A row of the table that is about the CPU time of an answer. */
function answerMeasure(name: string, label: string, load: Load, aims: Row["aims"]): Measure {
  return {
    name,
    needsWarmth: true,
    run: async (field) => ({
      rows: [
        {
          label,
          unit: "ms",
          samples: await cpuPerAnswer(
            { ...field, rounds: field.quick ? field.rounds : field.rounds * 2 },
            load,
          ),
          aims,
        },
      ],
    }),
  };
}

export const single = answerMeasure(
  "single",
  "CPU for an answer of 500 tokens, one a write",
  { question: FAST, answers: 160 },
  [atMostTimes(1.15, "passthrough"), atMostTimes(0.55, "Portkey"), atMostTimes(0.4, "GoModel")],
);

export const burst = answerMeasure(
  "burst",
  "CPU for an answer of 500 tokens, twenty a write",
  { question: BURST, answers: 480 },
  [atMostTimes(1.6, "passthrough")],
);

export const empty = answerMeasure(
  "empty",
  "CPU for an answer without tokens",
  { question: EMPTY, answers: 1_600 },
  [atMostTimes(3, "passthrough")],
);
