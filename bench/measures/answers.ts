import { ask, type Question, wireFor } from "../load/ask.ts";
import { Connection } from "../load/connection.ts";
import type { Running } from "../programs/program.ts";
import { atMostTimes, type Row } from "../report/row.ts";
import type { Samples } from "../statistics.ts";
import { type Field, type Measure, takeTurns } from "./measure.ts";

const AT_ONCE = 16;

/** Answers before anything is measured: until the runtimes have compiled what is hot. */
const WARM_UP = 600;

interface Load {
  readonly question: Question;
  /** Answers in a round. */
  readonly answers: number;
  readonly atOnce?: number;
}

/** The CPU time, in milliseconds, that each program spends on one answer. */
export async function cpuPerAnswer(
  { relays, rounds }: Pick<Field, "relays" | "rounds">,
  load: Load,
): Promise<Samples> {
  for (const running of relays.values())
    await answers(running, { ...load, answers: Math.min(WARM_UP, load.answers) });
  return takeTurns(relays, rounds, async (running) => {
    const before = running.child.cpu();
    await answers(running, load);
    return (running.child.cpu() - before) / load.answers;
  });
}

/** Asks so often, with so many answers at once, each connection kept for the next question. */
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
function answerMeasure(
  name: string,
  label: string,
  load: Load,
  aims: Row["aims"],
): Measure {
  return {
    name,
    async run(field) {
      const answers = field.quick ? Math.ceil(load.answers / 3) : load.answers;
      return [{ label, unit: "ms", samples: await cpuPerAnswer(field, { ...load, answers }), aims }];
    },
  };
}

export const answerMeasures: readonly Measure[] = [
  answerMeasure(
    "single",
    "CPU for an answer of 500 tokens, one a write",
    { question: { model: "demo-fast", tokens: 500 }, answers: 320 },
    [atMostTimes(1.2, "passthrough"), atMostTimes(0.6, "Portkey")],
  ),
  answerMeasure(
    "burst",
    "CPU for an answer of 500 tokens, twenty a write",
    { question: { model: "demo-burst", tokens: 500 }, answers: 1_500 },
    [atMostTimes(2, "passthrough"), atMostTimes(0.35, "Portkey")],
  ),
  answerMeasure(
    "empty",
    "CPU for an answer without tokens",
    { question: { model: "demo-empty", tokens: 0 }, answers: 4_000 },
    [],
  ),
];
