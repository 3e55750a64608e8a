import { wireFor } from "../load/ask.ts";
import { holdStreams } from "../load/hold.ts";
import { openFiles } from "../process.ts";
import { atMost, type Row } from "../report/row.ts";
import type { Samples } from "../statistics.ts";
import { answers } from "./answers.ts";
import type { Field, Measure } from "./measure.ts";

const STREAMS = 5_000;
const MEBIBYTE = 1024 * 1024;
const KIBIBYTE = 1024;

/** A program that has just started is at rest after this. */
const REST_MS = 1_500;

/** Looked at that often while the streams are quiet: comments that keep connections alive go out meanwhile. */
const LOOKS = 4;
const BETWEEN_LOOKS_MS = 4_000;

/** Files that a relay has open for something else. */
const OTHER_FILES = 200;

/** Memory of a program that has just started, and what each stream adds that has said a token and then waits. */
export const memory: Measure = {
  name: "memory",
  async run(field) {
    const rest = new Map<string, readonly number[]>();
    const each = new Map<string, readonly number[]>();
    const streams = Math.min(field.quick ? STREAMS / 5 : STREAMS, Math.floor((openFiles() - OTHER_FILES) / 2));
    for (const program of field.programs) {
      field.say(`memory: ${program.name}`);
      const running = await program.start(field.provider.port);
      await Bun.sleep(REST_MS);
      rest.set(program.name, [running.child.memory() / MEBIBYTE]);
      await answers(running, { question: { model: "demo-fast", tokens: 500 }, answers: 32 });
      await Bun.sleep(REST_MS);
      const before = running.child.memory();
      const connections = await holdStreams(
        running.port,
        wireFor(running, { model: "demo-silent", tokens: 1 }),
        streams,
      );
      const most = await highest(() => running.child.memory(), field.quick ? 1 : LOOKS);
      each.set(program.name, [(most - before) / streams / KIBIBYTE]);
      for (const connection of connections) connection.close();
      await running.child.stop();
    }
    return rows(rest, each, streams);
  },
};

async function highest(look: () => number, looks: number): Promise<number> {
  let most = 0;
  for (let i = 0; i < looks; i++) {
    await Bun.sleep(BETWEEN_LOOKS_MS);
    most = Math.max(most, look());
  }
  return most;
}

function rows(rest: Samples, each: Samples, streams: number): Row[] {
  return [
    { label: "Memory at rest", unit: "MiB", samples: rest, aims: [atMost(60, "MiB")] },
    {
      label: `Memory of a quiet stream, at ${streams.toLocaleString("en")}`,
      unit: "KiB",
      samples: each,
      aims: [atMost(24, "KiB")],
    },
  ];
}
