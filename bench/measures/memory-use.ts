import type { Connection } from "../load/client-connection.ts";
import { holdStreams } from "../load/hold.ts";
import { wireFor } from "../load/timed-request.ts";
import { openFiles } from "../process.ts";
import type { Program, Running } from "../programs/bench-program.ts";
import type { Point } from "../report/chart.ts";
import { atMostTimes } from "../report/row.ts";
import { answers, FAST } from "./answer-cost.ts";
import { type Measure, Turns } from "./measurement.ts";

const STREAMS = 5_000;
const STEPS = 5;
const MEBIBYTE = 1024 * 1024;
const KIBIBYTE = 1024;

/** A program that has just started, or to which streams have just come, is at rest after this. */
const REST_MS = 1_500;

/** The last look: comments that keep connections alive have gone out meanwhile. */
const LAST_LOOK_MS = 12_000;

/** Files that a relay has open for something else. */
const OTHER_FILES = 200;

/** Memory of a program that has just started, and what each stream adds that has said a token and then waits. */
export const memory: Measure = {
  name: "memory",
  async run({ programs, provider, quick, say }) {
    const rest = new Turns();
    const each = new Turns();
    const lines = new Map<string, readonly Point[]>();
    const streams = Math.min(quick ? STREAMS / 5 : STREAMS, Math.floor((openFiles() - OTHER_FILES) / 2));
    for (const program of programs) {
      say(`memory: ${program.name}`);
      await each.take(program.name, async () => {
        const { atRest, points } = await look(program, provider, streams, quick);
        await rest.take(program.name, () => Promise.resolve(atRest));
        lines.set(program.name, points);
        const [first, last] = [points[0]?.y ?? Number.NaN, Math.max(...points.slice(-2).map(({ y }) => y))];
        return ((last - first) * MEBIBYTE) / streams / KIBIBYTE;
      });
    }
    const label = `Memory of a quiet stream, at ${streams.toLocaleString("en")}`;
    return {
      rows: [
        { label: "Memory at rest", unit: "MiB", samples: rest, aims: [atMostTimes(2, "passthrough")] },
        { label, unit: "KiB", samples: each, aims: [atMostTimes(1.5, "passthrough")] },
      ],
      chart: { title: "Memory with quiet streams", x: "streams", y: "MiB", lines },
    };
  },
};

/** Resident memory in mebibytes: of the program when it has just started, and with more and more streams. */
async function look(
  program: Program,
  provider: Running,
  streams: number,
  quick: boolean,
): Promise<{ readonly atRest: number; readonly points: readonly Point[] }> {
  const running = await program.start(provider.port);
  const resident = async (ms: number) => {
    await Bun.sleep(ms);
    return running.child.memory() / MEBIBYTE;
  };
  const atRest = await resident(REST_MS);
  await answers(running, { question: FAST, answers: 32 });
  const points: Point[] = [{ x: 0, y: await resident(REST_MS) }];
  const steps = quick ? 1 : STEPS;
  const connections: Connection[] = [];
  const wire = wireFor(running, { model: "demo-silent", tokens: 1 });
  for (let step = 0; step < steps; step++) {
    connections.push(...(await holdStreams(running.port, wire, Math.floor(streams / steps))));
    points.push({ x: connections.length, y: await resident(REST_MS) });
  }
  points.push({ x: connections.length, y: await resident(quick ? REST_MS : LAST_LOOK_MS) });
  for (const connection of connections) connection.close();
  await running.child.stop();
  return { atRest, points };
}
