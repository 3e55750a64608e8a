import { requestFor } from "./request-bytes.ts";
import { left, mebibytes, type Row, type Stage } from "./setup.ts";

/** In seconds: the idle timeout of 30 s, and some to spare. */
const LET_GO_S = 40;

/** When everything between the two is full, in milliseconds. Until then memory goes up and down. */
const FULL_MS = 18_000;

/** Streams beside them that are read. */
const WELL = 5;

/** Readers that stop reading while the provider writes as fast as it can. */
export async function soakStalled(stage: Stage, count: number): Promise<Row[]> {
  const before = stage.memory();
  const healthy = stage.load.call("streams", {
    target: requestFor(stage, { play: "numbered", option: 2_000 }),
    count: WELL,
    tokens: 2_000,
  });
  const started = performance.now();
  await stage.load.call("hold", {
    target: requestFor(stage, { play: "flood" }),
    count,
    until: '{"content":',
    stalls: true,
  });
  const sizes: { at: number; memory: number; open: number }[] = [];
  let open = count;
  // Those that are well stay open for longer.
  while (open > WELL && performance.now() - started < LET_GO_S * 1_500) {
    await Bun.sleep(100);
    open = await stage.provider.call("open");
    sizes.push({ at: performance.now() - started, memory: stage.memory(), open });
  }
  const took = (performance.now() - started) / 1_000;
  const most = Math.max(...sizes.map(({ memory }) => memory));
  const full = sizes.filter((size) => size.at > FULL_MS && size.open >= count).map(({ memory }) => memory);
  const [level, growth] = [full[0] ?? Number.NaN, Math.max(...full) - (full[0] ?? 0)];
  await stage.load.call("letGo");
  const { wrong } = await healthy;
  return [
    {
      what: `${count} readers that stopped reading: memory`,
      figure: `${mebibytes(before)} before, ${mebibytes(level)} once all are full: ${((level - before) / 1024 / count).toFixed(2)} MiB each; then +${mebibytes(growth)}; at most ${mebibytes(most)} on the way`,
      promised: "at most 2 MiB each, flat",
      kept: level - before < count * 2 * 1024 && growth < 16 * 1024,
    },
    {
      what: "  let go, with their providers' requests",
      figure: open > WELL ? `${open - WELL} NOT LET GO` : `within ${took.toFixed(0)} s`,
      promised: `within ${LET_GO_S} s`,
      kept: open <= WELL && took < LET_GO_S,
    },
    {
      what: "  five good streams beside them",
      figure: wrong.length === 0 ? "whole" : wrong.join("; "),
      promised: "whole",
      kept: wrong.length === 0,
    },
    { what: "  open at the provider afterwards", figure: String(await left(stage, 5_000)) },
  ];
}
