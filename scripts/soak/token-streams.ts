import { requestFor } from "./request-bytes.ts";
import { left, mebibytes, quantile, type Row, type Stage, times } from "./setup.ts";

const RATE = 50;

/** So many streams of numbered tokens at fifty a second, for so many minutes. */
export async function soakStreams(stage: Stage, count: number, minutes: number): Promise<Row[]> {
  const tokens = Math.round(minutes * 60 * RATE);
  const before = stage.memory();
  const target = requestFor(stage, { play: "numbered", option: tokens });
  const sizes: number[] = [];
  const timer = setInterval(() => sizes.push(stage.memory()), 1_000);
  const { received, wrong, delays } = await stage.load.call("streams", { target, count, tokens });
  clearInterval(timer);
  const third = Math.floor(sizes.length / 3);
  const [early, late] = [median(sizes.slice(third, 2 * third)), median(sizes.slice(2 * third))];
  return [
    {
      what: `${count} streams, ${RATE} tokens a second, ${minutes} min`,
      figure: `${received} of ${count * tokens} tokens, ${wrong.length} streams with one lost, twice or out of order${wrong.length > 0 ? ` (${wrong[0]})` : ""}`,
      promised: "all, once, in order",
      kept: wrong.length === 0 && received === count * tokens,
    },
    { what: "  from the provider's write to the client's read", figure: times(delays) },
    {
      what: "  memory in the second third and in the last",
      figure: `${mebibytes(before)} before, ${mebibytes(early)}, ${mebibytes(late)}; at most ${mebibytes(Math.max(...sizes))}`,
      promised: "less than 16 MiB more",
      kept: late - early < 16 * 1024,
    },
    { what: "  open at the provider afterwards", figure: String(await left(stage, 5_000)) },
  ];
}

function median(values: readonly number[]): number {
  return quantile(
    values.toSorted((a, b) => a - b),
    0.5,
  );
}
