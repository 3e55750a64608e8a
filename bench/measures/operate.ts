import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Running } from "../programs/bench-program.ts";
import { atMostTimes, type Row, SUBJECT } from "../report/row.ts";
import type { Samples } from "../sample-statistics.ts";
import { answers, BURST, EMPTY, FAST, type Load, warmUp } from "./answer-cost.ts";
import { type Field, type Measure, takeTurns } from "./measurement.ts";

/** The subject as it is without any settings. */
const OFF = `${SUBJECT}, all of it off`;

const LOADS: readonly { label: string; load: Load; most?: number }[] = [
  { label: "500 tokens, one a write", load: { question: FAST, answers: 400 }, most: 1.15 },
  { label: "500 tokens, twenty a write", load: { question: BURST, answers: 960 }, most: 1.15 },
  { label: "no tokens", load: { question: EMPTY, answers: 3_200 } },
];

/** Spans go to the collector every five seconds, rows to the ledger four times a second: they are part of the cost. */
const SETTLE_MS = 5_500;

/** What it costs to be told: OpenTelemetry, Prometheus and the ledger on, against all of it off. */
export const operate: Measure = {
  name: "operate",
  needsWarmth: true,
  async run(field) {
    const off = field.relays.get(SUBJECT);
    const program = field.programs.find(({ name }) => name === SUBJECT);
    if (off === undefined || program === undefined) return { rows: [] };
    const folder = mkdtempSync(join(tmpdir(), "nash-llm-bench-"));
    const collector = startCollector();
    const args = ["--otlp-endpoint", collector.url, "--ledger", `sqlite:${join(folder, "ledger.db")}`];
    const on = await program.start(field.provider.port, { args });
    try {
      field.say("operate: warming up");
      await warmUp(on, field.quick);
      const rows: Row[] = [];
      for (const { label, load, most } of LOADS) {
        field.say(`operate: ${label}`);
        rows.push({
          label: `CPU with OpenTelemetry, Prometheus and the ledger on, ${label}`,
          unit: "ms",
          samples: await cpu(field, { on, off }, load),
          aims: most === undefined ? [] : [atMostTimes(most, OFF)],
        });
      }
      field.say(`operate: the collector was sent ${collector.spans()} spans`);
      return { rows };
    } finally {
      await on.child.stop();
      await collector.stop();
      rmSync(folder, { recursive: true });
    }
  },
};

/** The CPU time of each for an answer, with what comes of it afterwards. */
function cpu(field: Field, { on, off }: Record<"on" | "off", Running>, load: Load): Promise<Samples> {
  const players = new Map([
    [SUBJECT, on],
    [OFF, off],
  ]);
  return takeTurns(players, Math.ceil(field.rounds / 2), async (running) => {
    const before = running.child.cpu();
    await answers(running, load);
    await (await fetch(`http://127.0.0.1:${running.port}/metrics`)).arrayBuffer();
    // Both, since what a runtime tidies up when nobody asks counts too.
    await Bun.sleep(SETTLE_MS);
    return (running.child.cpu() - before) / load.answers;
  });
}

/** A collector that takes everything and keeps nothing. Its time is not the program's. */
function startCollector() {
  let spans = 0;
  const server = Bun.serve({
    hostname: "127.0.0.1",
    port: 0,
    async fetch(request) {
      spans += (await request.text()).split('"spanId"').length - 1;
      return new Response("{}", { headers: { "content-type": "application/json" } });
    },
  });
  return { url: `http://127.0.0.1:${server.port}`, spans: () => spans, stop: () => server.stop(true) };
}
