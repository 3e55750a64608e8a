import { spread } from "../sample-statistics.ts";
import { figure, type Row, ratio, SUBJECT } from "./row.ts";

/** The rows as a table in Markdown, which is as well read in a terminal. */
export function table(rows: readonly Row[], subject = SUBJECT): string {
  const names = [
    ...new Set(rows.flatMap(({ samples }) => [...samples.keys(), ...(samples.reasons?.keys() ?? [])])),
  ];
  const reasons = [...new Set(rows.flatMap(({ samples }) => [...(samples.reasons?.values() ?? [])]))];
  const head = ["", ...names, "aim", "reached"];
  const body = rows.map((row) => {
    const figures = names.map((name) => cell(row, name, subject, reasons));
    return [`${row.label}, ${row.unit}`, ...figures, ...verdict(row, subject)];
  });
  const widths = head.map((_, i) =>
    Math.max(...[head, ...body].map((cells) => [...(cells[i] ?? "")].length)),
  );
  const line = (cells: readonly string[]) =>
    `| ${cells.map((cell, i) => cell.padEnd(widths[i] ?? 0)).join(" | ")} |`;
  const rule = `|${widths.map((width) => "-".repeat(width + 2)).join("|")}|`;
  const notes = reasons.map((reason, i) => `${i === 0 ? "\n" : ""}[${i + 1}] ${reason}  `);
  return [line(head), rule, ...body.map(line), ...notes].join("\n");
}

/** A figure with how far its rounds differ, and for peers how many times it the subject's is. */
function cell(row: Row, name: string, subject: string, reasons: readonly string[]): string {
  const value = figure(row, name);
  const reason = row.samples.reasons?.get(name);
  if (value === undefined) return reason === undefined ? "–" : `– [${reasons.indexOf(reason) + 1}]`;
  const differing = spread(row.samples.get(name) ?? []);
  const around =
    differing === undefined || !Number.isFinite(differing)
      ? ""
      : ` ±${Math.round(Math.abs(differing) * 100)} %`;
  const times = name === subject ? undefined : ratio(row, subject, name);
  const compared = times === undefined || !Number.isFinite(times) ? "" : ` (× ${digits(times)})`;
  return digits(value) + around + compared;
}

function verdict(row: Row, subject: string): readonly [aim: string, reached: string] {
  const results = row.aims.map((aim) => {
    const value = aim.value(row, subject);
    if (value === undefined) return "not measured";
    return `${value <= aim.most ? "yes" : "no"}: ${digits(value)}`;
  });
  return [row.aims.map(({ text }) => text).join("; "), results.join("; ")];
}

/** Three digits that count. */
export function digits(value: number): string {
  if (value === Number.POSITIVE_INFINITY) return "never";
  if (Number.isNaN(value)) return "–";
  const places = Math.max(0, 2 - Math.floor(Math.log10(Math.max(Math.abs(value), 0.001))));
  return value.toFixed(Math.min(places, 3));
}
