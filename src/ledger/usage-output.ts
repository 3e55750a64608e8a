import { FIGURES, type Group, type UsageLine } from "./usage-query.ts";

/** How usage can be printed. */
export const FORMATS = ["table", "csv", "json"] as const;
export type Format = (typeof FORMATS)[number];

export function usageText(lines: readonly UsageLine[], by: readonly Group[], format: Format): string {
  const columns = [...by, ...FIGURES];
  if (format === "json") {
    const picked = lines.map((line) => Object.fromEntries(columns.map((name) => [name, line[name]])));
    return `${JSON.stringify(picked, null, 2)}\n`;
  }
  const rows = lines.map((line) => columns.map((name) => cell(line[name], name)));
  return format === "csv" ? csv([columns, ...rows]) : table(columns, rows, by.length);
}

function cell(value: string | number, name: string): string {
  if (typeof value === "string") return value;
  return name === "cost" ? value.toFixed(6) : String(value);
}

/** What makes a spreadsheet take a cell for a formula (https://owasp.org/www-community/attacks/CSV_Injection). */
const FORMULA = /^[=+\-@\t\r]/;

/** RFC 4180. A cell that a spreadsheet would run begins with an apostrophe, which makes it a text. */
export function csv(rows: readonly (readonly string[])[]): string {
  return rows.map((row) => `${row.map(csvCell).join(",")}\r\n`).join("");
}

function csvCell(text: string): string {
  const harmless = FORMULA.test(text) && !/^-?\d+(?:\.\d+)?$/.test(text) ? `'${text}` : text;
  return /[",\r\n]/.test(harmless) ? `"${harmless.replaceAll('"', '""')}"` : harmless;
}

/** @param names as many of the first columns are names and stand to the left; numbers stand to the right */
function table(columns: readonly string[], rows: readonly (readonly string[])[], names: number): string {
  const all = [columns, ...rows.map((row) => row.map((text, i) => (i < names && text === "" ? "-" : text)))];
  const widths = columns.map((_, i) => Math.max(...all.map((row) => row[i]?.length ?? 0)));
  return all
    .map((row) => {
      const cells = row.map((text, i) =>
        i < names ? text.padEnd(widths[i] ?? 0) : text.padStart(widths[i] ?? 0),
      );
      return `${cells.join("  ").trimEnd()}\n`;
    })
    .join("");
}
