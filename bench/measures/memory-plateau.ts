import { atMost } from "../report/row.ts";
import { median } from "../sample-statistics.ts";
import { answers, BURST } from "./answer-cost.ts";
import { type Measure, Turns } from "./measurement.ts";

const MEBIBYTE = 1024 * 1024;
const REST_MS = 1_500;
const ROUNDS = 12;
/** In the first ones memory comes to what the load takes. */
const FIRST_ROUNDS = 2;
const ANSWERS = 600;
const AT_ONCE = 64;

/** No more in the second half than in the first, and a twentieth for the noise. */
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
            question: BURST,
            answers: Math.ceil(ANSWERS * (running.share ?? 1)),
            atOnce: AT_ONCE,
          });
          await Bun.sleep(REST_MS);
          after.push(running.child.memory());
        }
        await peak.take(program.name, () => Promise.resolve(running.child.peakMemory() / MEBIBYTE));
        // A collector takes what it needs and gives it back when it likes: single looks tell nothing.
        return median(after.slice(ROUNDS / 2)) / median(after.slice(FIRST_ROUNDS, ROUNDS / 2));
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
          label: `Memory in the second half of ${asked} answers over that in the first, medians`,
          unit: "times",
          samples: rise,
          aims: [atMost(FLAT, "times")],
        },
      ],
    };
  },
};
