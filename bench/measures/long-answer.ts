import { atMost, type Row, ratio, SUBJECT } from "../report/row.ts";
import type { Samples } from "../sample-statistics.ts";
import { answers, BURST, burst, empty, FAST, single } from "./answer-cost.ts";
import type { Field, Measure } from "./measurement.ts";

const MEBIBYTE = 1024 * 1024;
const HOUR_MS = 3_600_000;
const QUICK_MS = 60_000;
const REST_MS = 12_000;
const AFTER = "after it";

/** No figure may be worse at the end, and a twentieth for the noise. */
const NOT_WORSE = 1.05;

/** An hour of answers, and what each costs before and after it. */
export const long: Measure = {
  name: "long",
  needsWarmth: true,
  takesLong: true,
  async run(field) {
    const running = field.relays.get(SUBJECT);
    if (running === undefined) return { rows: [] };
    const memory = async () => {
      await Bun.sleep(REST_MS);
      return running.child.memory() / MEBIBYTE;
    };
    const look = async () => ({ rows: await figures(field), memory: await memory() });
    const before = await look();
    const end = performance.now() + (field.quick ? QUICK_MS : HOUR_MS);
    let count = 0;
    while (performance.now() < end) {
      await answers(running, { question: FAST, answers: 400 });
      await answers(running, { question: BURST, answers: 1_600 });
      count += 2_000;
      if (count % 20_000 === 0) field.say(`long: ${count} answers`);
    }
    const after = await look();
    return {
      rows: [
        ...before.rows.map((row, i) => compared(row, after.rows[i] ?? row)),
        {
          label: `Memory after ${count.toLocaleString("en")} answers over that before`,
          unit: "times",
          samples: new Map([[SUBJECT, [after.memory / before.memory]]]),
          aims: [atMost(NOT_WORSE, "times")],
        },
      ],
    };
  },
};

async function figures(field: Field): Promise<Row[]> {
  const rows: Row[] = [];
  for (const measure of [single, burst, empty]) rows.push(...(await measure.run(field)).rows);
  return rows;
}

/** Both figures as multiples of the passthrough's in the same minutes, because the machine may have changed. */
function compared(before: Row, after: Row): Row {
  const [first, last] = [before, after].map((row) => ratio(row, SUBJECT, "passthrough") ?? Number.NaN);
  const samples: Samples = new Map([[SUBJECT, [(last ?? Number.NaN) / (first ?? Number.NaN)]]]);
  return {
    label: `${before.label}, ${AFTER} over before`,
    unit: "times",
    samples,
    aims: [atMost(NOT_WORSE, "times")],
  };
}
