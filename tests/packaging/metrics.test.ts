import { expect, test } from "bun:test";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { createPrometheus } from "../../src/server/prometheus.ts";

/** The dashboard, the alerts and the documentation name metrics and labels that there are. */

const ROOT = join(import.meta.dir, "../..");
const FILES = ["packaging/grafana/nash-llm.json", "packaging/prometheus/alerts.yaml", "docs/operate.md"];

/** A metric's name, without what Prometheus adds to a histogram's. */
const nameOf = (sample: string) => sample.replace(/_seconds_(?:bucket|count|sum)$/, "_seconds");

test.each(FILES)("%s", async (file) => {
  const { text } = await createPrometheus({
    openAnswers: () => 0,
    heldAnswers: () => 0,
    heldBytes: () => 0,
  }).render();
  const known = new Set([...text.matchAll(/^# TYPE (\w+)/gm)].map(([, name = ""]) => name));
  const used =
    readFileSync(join(ROOT, file), "utf8").match(
      /\bnash_llm_(?!requests\b|route|outcome|attempts\b|cost_usd|request_id)\w+/g,
    ) ?? [];
  expect(used.length).toBeGreaterThan(5);
  expect(used.map(nameOf).filter((name) => !known.has(name))).toEqual([]);
});

test("the dashboard's panels stand beside each other, each with a question", () => {
  const { panels } = JSON.parse(readFileSync(join(ROOT, "packaging/grafana/nash-llm.json"), "utf8")) as {
    panels: {
      id: number;
      gridPos: { x: number; y: number; w: number; h: number };
      targets: { expr: string }[];
    }[];
  };
  const cells = panels.flatMap(({ gridPos: { x, y, w, h } }) =>
    Array.from({ length: w * h }, (_, i) => `${x + (i % w)},${y + Math.floor(i / w)}`),
  );
  expect(new Set(cells).size).toBe(cells.length);
  expect(new Set(panels.map(({ id }) => id)).size).toBe(panels.length);
  expect(panels.every(({ targets }) => targets.length > 0 && targets.every(({ expr }) => expr !== ""))).toBe(
    true,
  );
});
