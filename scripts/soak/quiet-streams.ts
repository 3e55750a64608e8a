import { requestFor } from "./request-bytes.ts";
import { left, mebibytes, type Row, type Stage } from "./setup.ts";

const PROMISED_KIB = 32;
/** Long enough for comments. */
const QUIET_MS = 25_000;

/** Streams on which nothing comes after the first token. */
export async function soakQuiet(stage: Stage, count: number): Promise<Row[]> {
  const target = requestFor(stage, { play: "silence" });
  await stage.load.call("hold", { target, count: 100, until: '{"content":' });
  await stage.load.call("letGo");
  await left(stage, 5_000);
  await Bun.sleep(2_000);
  const before = stage.memory();
  const refused = await stage.load.call("hold", { target, count, until: '{"content":' });
  const fresh = stage.memory();
  await Bun.sleep(QUIET_MS);
  const settled = stage.memory();
  const [open, held] = [await stage.provider.call("open"), await stage.load.call("held")];
  await stage.load.call("letGo");
  const each = (settled - before) / count;
  return [
    {
      what: `${count} quiet streams`,
      figure: `${each.toFixed(1)} KiB each: ${mebibytes(before)} before, ${mebibytes(fresh)} when all were open, ${mebibytes(settled)} after ${QUIET_MS / 1_000} s`,
      promised: `at most ${PROMISED_KIB} KiB each`,
      kept: each <= PROMISED_KIB,
    },
    {
      what: "  held on both sides",
      figure: `${open} at the provider, ${held} at the clients, ${refused} refused`,
      promised: "all",
      kept: open === count && held === count && refused === 0,
    },
    { what: "  open at the provider afterwards", figure: String(await left(stage, 10_000)) },
  ];
}
