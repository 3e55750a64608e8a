import { atMost } from "../report/row.ts";
import { answers } from "./answer-cost.ts";
import { type Measure, Turns } from "./measurement.ts";

const MEBIBYTE = 1024 * 1024;
const REST_MS = 3_000;
const ROUNDS = 6;
const ANSWERS = 600;
const AT_ONCE = 64;

/** No more after the last round than after the third, and a twentieth for the noise. */
const FLAT = 1.05;

/** Memory under answers: the most it came to, and whether it goes on rising when the same is asked again and again. */
export const plateau: Measure = {
  name: "plateau",
  isSlow: true,
  async run({ programs, provider, say }) {
    const peak = new Turns();
    const rise = new Turns();
    for (const program of programs) {
      say(`plateau: ${program.name}`);
      const running = await program.start(provider.port);
      await rise.take(program.name, async () => {
        const after: number[] = [];
        while (after.length < ROUNDS) {
          await answers(running, {
            question: { model: "demo-burst", tokens: 500 },
            answers: Math.ceil(ANSWERS * (running.share ?? 1)),
            atOnce: AT_ONCE,
          });
          await Bun.sleep(REST_MS);
          after.push(running.child.memory());
        }
        await peak.take(program.name, () => Promise.resolve(running.child.peakMemory() / MEBIBYTE));
        return (after.at(-1) ?? Number.NaN) / (after[2] ?? Number.NaN);
      });
      await running.child.stop();
    }
    const asked = (ANSWERS * ROUNDS).toLocaleString("en");
    return {
      rows: [
        {
          label: `Most memory within ${asked} answers, ${AT_ONCE} at once`,
          unit: "MiB",
          samples: peak,
          aims: [],
        },
        {
          label: `Memory after ${asked} answers over that after half of them`,
          unit: "times",
          samples: rise,
          aims: [atMost(FLAT, "times")],
        },
      ],
    };
  },
};
