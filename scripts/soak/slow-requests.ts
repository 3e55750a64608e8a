import { CHAT } from "../../tests/support/answers.ts";
import { rawPost, requestFor } from "./request-bytes.ts";
import { quantile, type Row, type Stage, times } from "./setup.ts";

/** In seconds. */
const LET_GO_S = 35;

/** Connections that dribble their heads or their bodies, while good requests are asked. */
export async function soakDribble(stage: Stage, count: number): Promise<Row[]> {
  const { port } = stage.program;
  const starts = [
    { port, request: `POST ${CHAT} HTTP/1.1\r\nhost: 127.0.0.1:${port}\r\nx: ` },
    { port, request: rawPost(port, CHAT, '{"model":"', 10_000) },
  ];
  const good = requestFor(stage, { play: "whole" });
  const { kept, took, failed, stillOpen } = await stage.load.call("dribble", {
    starts,
    good,
    count,
    forMs: 60_000,
  });
  const longest = Math.max(0, ...kept) / 1_000;
  const late = quantile(
    took.toSorted((a, b) => a - b),
    0.99,
  );
  return [
    {
      what: `${count} connections that dribble, half of them heads, half bodies`,
      figure:
        stillOpen > 0 ? `${stillOpen} NOT LET GO after 60 s` : `all let go within ${longest.toFixed(0)} s`,
      promised: `within ${LET_GO_S} s`,
      kept: stillOpen === 0 && longest < LET_GO_S,
    },
    {
      what: `  ${took.length} good answers meanwhile, from connecting to [DONE]`,
      figure: `${times(took)}${failed === 0 ? "" : `; ${failed} FAILED`}`,
      promised: "p99 under 100 ms",
      kept: late < 100 && failed === 0,
    },
  ];
}
