import type { Point } from "../report/chart.ts";
import { atMost, figure, type Row } from "../report/row.ts";
import type { Samples } from "../sample-statistics.ts";
import { cpuPerAnswer, FAST } from "./answer-cost.ts";
import type { Field, Measure } from "./measurement.ts";

const TOKENS = [100, 500, 2_000, 8_000];
const AT_ONCE = [1, 16, 128, 512];

/** Tokens that each program relays in a round, however long the answers are. */
const TOKENS_IN_A_ROUND = 64_000;

/** Linear, and a tenth for the noise. */
const LINEAR = 1.1;

/** How CPU time grows with the length of an answer, and with the number of answers at once. */
export const growth: Measure = {
  name: "growth",
  isSlow: true,
  needsWarmth: true,
  async run(field) {
    const rounds = Math.ceil(field.rounds / 2);
    const byTokens: Row[] = [];
    for (const tokens of TOKENS) {
      field.say(`growth: ${tokens} tokens`);
      // Without a pace, one token a write.
      const question = { model: `demo-numbered-${tokens}-0`, tokens };
      const answers = Math.max(16, Math.ceil(TOKENS_IN_A_ROUND / tokens));
      byTokens.push(row(`${tokens} tokens`, await cpuPerAnswer({ ...field, rounds }, { question, answers })));
    }
    const byStreams: Row[] = [];
    for (const atOnce of AT_ONCE) {
      field.say(`growth: ${atOnce} at once`);
      const answers = Math.max(TOKENS_IN_A_ROUND / FAST.tokens, atOnce);
      byStreams.push(
        row(
          `${atOnce} at once`,
          await cpuPerAnswer({ ...field, rounds }, { question: FAST, answers, atOnce }),
        ),
      );
    }
    return {
      rows: [
        steepness("CPU for 8,000 tokens over four times that for 2,000", byTokens, 4),
        steepness("CPU for an answer, 512 at once over 128 at once", byStreams, 1),
      ],
      chart: {
        title: "CPU for an answer, one token a write",
        x: "tokens",
        y: "ms",
        lines: lines(field, byTokens, TOKENS),
      },
    };
  },
};

function row(label: string, samples: Samples): Row {
  return { label: `CPU for an answer, ${label}`, unit: "ms", samples, aims: [] };
}

/** The last figure over the one before it, as a multiple of what would be linear. */
function steepness(label: string, rows: readonly Row[], linear: number): Row {
  const [before, last] = rows.slice(-2);
  const samples = new Map<string, readonly number[]>();
  for (const name of last?.samples.keys() ?? [])
    samples.set(name, [at(last, name) / (at(before, name) * linear)]);
  return { label, unit: "times", samples, aims: [atMost(LINEAR, "times")] };
}

function lines({ relays }: Field, rows: readonly Row[], x: readonly number[]): ReadonlyMap<string, Point[]> {
  return new Map(
    [...relays.keys()].map((name) => [name, rows.map((row, i) => ({ x: x[i] ?? 0, y: at(row, name) }))]),
  );
}

function at(row: Row | undefined, name: string): number {
  return (row === undefined ? undefined : figure(row, name)) ?? Number.NaN;
}
