import { PROTOCOL_NAMES } from "../core/translation.ts";
import { PROTOCOL_TITLES, type Rules, type TranslationTable } from "./translation-table.ts";

/** The tables in Markdown, for `docs/translation.md`. */
export function translationPage(tables: readonly TranslationTable[]): string {
  return tables.map(tablePage).join("\n");
}

function tablePage({ title, protocol: own, rows }: TranslationTable): string {
  const targets = PROTOCOL_NAMES.filter((name) => name !== own);
  const lines = [
    `## From ${title}`,
    "",
    `| field | ${targets.map((name) => `to ${PROTOCOL_TITLES[name]}`).join(" | ")} |`,
    `|---${"|---".repeat(targets.length)}|`,
    ...rows.map(
      (row) => `| \`${row.field}\` | ${targets.map((name) => cell(row[name] ?? [])).join(" | ")} |`,
    ),
    `| anything else${" | dropped".repeat(targets.length)} |`,
    "",
  ];
  return lines.join("\n");
}

function cell(rules: Rules): string {
  if (rules.length === 0) return "mapped";
  const words = rules.map(({ fate, when, note }) => {
    const what = note === undefined ? fate : `${fate}: ${note}`;
    return when === undefined ? what : `${when.words}: ${what}`;
  });
  // A field whose last rule is for some values alone is mapped for all others.
  if (rules.at(-1)?.when !== undefined) words.push("else mapped");
  return words.join("; ").replaceAll("|", "\\|");
}
