import type { Failed, Result } from "./run-case.ts";
import type { Score } from "./score.ts";

const COLUMNS = [
  "case",
  "before",
  "after",
  "saved",
  "parts",
  "facts",
  "stale",
  "obeyed",
  "language",
  "cost in+out",
  "s",
];

/**
 * A table of all cases and the sum of them.
 * @param judged whether a language model has answered, so that the scores mean anything
 */
export function table(results: readonly (Result | Failed)[], judged: boolean): string {
  const rows = results.map((result) => ("error" in result ? failedRow(result) : row(result, judged)));
  const done = results.filter((result) => "score" in result);
  const all = [COLUMNS, ...rows, sumRow(done, judged)];
  const widths = COLUMNS.map((_, column) =>
    Math.max(...all.map((cells) => Bun.stringWidth(cells[column] ?? ""))),
  );
  const line = (cells: readonly string[]) =>
    cells
      .map((cell, column) => pad(cell, widths[column] ?? 0, column === 0))
      .join("  ")
      .trimEnd();
  const rule = widths.map((width) => "-".repeat(width)).join("  ");
  return [line(COLUMNS), rule, ...rows.map(line), rule, line(sumRow(done, judged))].join("\n");
}

/** What is wrong, case by case: failures, faults, and what was lost. */
export function remarks(results: readonly (Result | Failed)[], judged: boolean): string[] {
  return results.flatMap((result) => {
    if ("error" in result) return [`${result.name}: no summary (${result.error})`];
    const { missing, stale, obeyed, languageKept } = result.score;
    const lost = [
      missing.length > 0 && `lost: ${missing.join(", ")}`,
      stale.length > 0 && `stale: ${stale.join(", ")}`,
      obeyed.length > 0 && `obeyed: ${obeyed.join(", ")}`,
      !languageKept && "another language",
    ];
    return [...result.faults, ...(judged ? lost : [])]
      .filter((words) => words !== false)
      .map((words) => `${result.name}: ${words}`);
  });
}

function row(
  { name, before, after, estimated, parts, seconds, usage, score }: Result,
  judged: boolean,
): string[] {
  return [
    name,
    `${estimated ? "~" : ""}${before}`,
    `${estimated ? "~" : ""}${after}`,
    saved(before, after),
    String(parts),
    ...(judged ? judgedCells([score]) : ["-", "-", "-", "-"]),
    usage === undefined ? "?" : `${usage.inputTokens}+${usage.outputTokens}`,
    seconds.toFixed(1),
  ];
}

function failedRow({ name }: Failed): string[] {
  return [name, ...COLUMNS.slice(1).map((_, column) => (column === 0 ? "failed" : ""))];
}

function sumRow(results: readonly Result[], judged: boolean): string[] {
  const sum = (value: (result: Result) => number) =>
    results.reduce((total, result) => total + value(result), 0);
  const [before, after] = [sum((result) => result.before), sum((result) => result.after)];
  const isReported = results.length > 0 && results.every(({ usage }) => usage !== undefined);
  return [
    results.length === 1 ? "1 case" : `${results.length} cases`,
    String(before),
    String(after),
    saved(before, after),
    String(sum(({ parts }) => parts)),
    ...(judged ? judgedCells(results.map(({ score }) => score)) : ["-", "-", "-", "-"]),
    isReported
      ? `${sum(({ usage }) => usage?.inputTokens ?? 0)}+${sum(({ usage }) => usage?.outputTokens ?? 0)}`
      : "?",
    sum(({ seconds }) => seconds).toFixed(1),
  ];
}

function judgedCells(scores: readonly Score[]): string[] {
  const sum = (value: (score: Score) => number) => scores.reduce((total, score) => total + value(score), 0);
  const of = (part: number, whole: number) => (whole === 0 ? "-" : `${part}/${whole}`);
  const facts = sum(({ facts: all }) => all);
  const kept = sum(({ languageKept }) => (languageKept ? 1 : 0));
  return [
    of(facts - sum(({ missing }) => missing.length), facts),
    of(
      sum(({ stale }) => stale.length),
      sum(({ outdated }) => outdated),
    ),
    of(
      sum(({ obeyed }) => obeyed.length),
      sum(({ injections }) => injections),
    ),
    scores.length === 1 ? (kept === 1 ? "kept" : "lost") : of(kept, scores.length),
  ];
}

function saved(before: number, after: number): string {
  return before === 0 ? "-" : `${Math.round((1 - after / before) * 100)} %`;
}

function pad(cell: string, width: number, left: boolean): string {
  const blanks = " ".repeat(Math.max(0, width - Bun.stringWidth(cell)));
  return left ? cell + blanks : blanks + cell;
}
