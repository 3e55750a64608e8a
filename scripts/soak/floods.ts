import { requestFor } from "./request-bytes.ts";
import { mebibytes, type Row, type Stage } from "./setup.ts";

const TIMES = 20;

/** What a provider may send without end, how its answer ends, and what memory it may cost at most, in MiB. */
const FLOODS = [
  { play: "bomb", what: "1 GiB packed into 1 MB", error: "bad_output", most: 20 },
  { play: "line", what: "a line that never ends", error: "bad_output", most: 64 },
  { play: "flood", what: "text that never ends", error: "bad_output", most: 128 },
] as const;

/** One provider after another that floods, each as often, at the limits that there are by default. */
export async function soakFloods(stage: Stage): Promise<Row[]> {
  const whole = requestFor(stage, { play: "whole" });
  for (let i = 0; i < 200; i++)
    await stage.load.call("once", { target: whole, until: "[DONE]", waits: 5_000 });
  const rows: Row[] = [];
  for (const { play, what, error, most } of FLOODS) {
    const before = stage.memory();
    let highest = before;
    const timer = setInterval(() => {
      highest = Math.max(highest, stage.memory());
    }, 10);
    let ended = 0;
    for (let i = 0; i < TIMES; i++) {
      const target = requestFor(stage, { play });
      const answer = await stage.load.call("ending", { target, waits: 60_000 });
      if (answer.includes(`"type":"${error}"`)) ended++;
    }
    clearInterval(timer);
    const growth = highest - before;
    rows.push({
      what: `${what}, ${TIMES} times`,
      figure: `${ended} ended as ${error}; ${mebibytes(before)} before, at most +${mebibytes(growth)}`,
      promised: `all, less than ${most} MiB more`,
      kept: ended === TIMES && growth < most * 1024,
    });
  }
  return rows;
}
