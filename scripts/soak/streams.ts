import { requestFor } from "./requests.ts";
import { left, mebibytes, type Row, type Stage, times } from "./stage.ts";

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
  // Once all have begun, and the heap has found its size.
  const settled = sizes[Math.min(60, Math.floor(sizes.length / 3))] ?? before;
  const growth = Math.max(...sizes) - settled;
  return [
    {
      what: `${count} streams, ${RATE} tokens a second, ${minutes} min`,
      figure: `${received} of ${count * tokens} tokens, ${wrong.length} streams with one lost, twice or out of order${wrong.length > 0 ? ` (${wrong[0]})` : ""}`,
      promised: "all, once, in order",
      kept: wrong.length === 0 && received === count * tokens,
    },
    { what: "  from the provider's write to the client's read", figure: times(delays) },
    {
      what: "  memory, growth while they ran",
      figure: `${mebibytes(settled)}, +${mebibytes(growth)}`,
      promised: "flat: less than 16 MiB",
      kept: growth < 16 * 1024,
    },
    { what: "  open at the provider afterwards", figure: String(await left(stage, 5_000)) },
  ];
}
