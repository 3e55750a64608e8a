import type { Style } from "../style.ts";
import type { Check } from "./check.ts";

const MARKS = { ok: "✓", note: "·", problem: "✗" } as const;

/** All checks as text for a person, one to a line, with what to do below. */
export function reportText(version: string, checks: readonly Check[], style: Style): string {
  const width = Math.max(...checks.map(({ name }) => name.length));
  const indent = " ".repeat(width + 6);
  const paint = { ok: style.dim, note: style.yellow, problem: style.red };
  const lines = checks.flatMap(({ name, status, text, advice }) => [
    `  ${paint[status](MARKS[status])} ${name.padEnd(width)}  ${text}`,
    ...(advice?.split("\n").map((line) => `${indent}${style.dim("→")} ${line}`) ?? []),
  ]);
  const problems = checks.filter(({ status }) => status === "problem").length;
  const sum =
    problems === 0 ? "Nothing is wrong here." : problems === 1 ? "1 problem." : `${problems} problems.`;
  return [
    `${style.bold(`nash-llm ${version}`)} on ${process.platform} ${process.arch}`,
    ...lines,
    sum,
    "",
  ].join("\n");
}

/** The same for programs. */
export function reportJson(version: string, checks: readonly Check[]): string {
  const isOk = checks.every(({ status }) => status !== "problem");
  return `${JSON.stringify({ ok: isOk, version, checks }, null, 2)}\n`;
}
