import { requestFor } from "./requests.ts";
import { left, mebibytes, type Row, type Stage } from "./stage.ts";

/** In seconds: the idle timeout of 30 s, and some to spare. */
const LET_GO_S = 40;

/** Readers that stop reading while the provider writes as fast as it can. */
export async function soakStalled(stage: Stage, count: number): Promise<Row[]> {
  const before = stage.memory();
  const healthy = stage.load.call("streams", {
    target: requestFor(stage, { play: "numbered", option: 2_000 }),
    count: 5,
    tokens: 2_000,
  });
  const started = performance.now();
  await stage.load.call("hold", {
    target: requestFor(stage, { play: "flood" }),
    count,
    until: '{"content":',
    stalls: true,
  });
  const sizes: number[] = [];
  const timer = setInterval(() => sizes.push(stage.memory()), 250);
  await Bun.sleep(5_000);
  const early = stage.memory();
  // Those that are well stay open for longer.
  let open = await stage.provider.call("open");
  while (open > 5 && performance.now() - started < LET_GO_S * 1_500) {
    await Bun.sleep(100);
    open = await stage.provider.call("open");
  }
  const took = (performance.now() - started) / 1_000;
  clearInterval(timer);
  const most = Math.max(...sizes);
  await stage.load.call("letGo");
  const { wrong } = await healthy;
  return [
    {
      what: `${count} readers that stopped reading: memory`,
      figure: `${mebibytes(before)} before, ${mebibytes(early)} after 5 s, at most ${mebibytes(most)}: ${((most - before) / 1024 / count).toFixed(2)} MiB each`,
      promised: "at most 2 MiB each, flat",
      kept: most - before < count * 2 * 1024 && most - early < 16 * 1024,
    },
    {
      what: "  let go, with their providers' requests",
      figure: open > 5 ? `${open - 5} NOT LET GO` : `within ${took.toFixed(0)} s`,
      promised: `within ${LET_GO_S} s`,
      kept: open <= 5 && took < LET_GO_S,
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
