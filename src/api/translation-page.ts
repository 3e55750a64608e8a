import { PROTOCOL_NAMES } from "../core/translation.ts";
import { PROTOCOL_TITLES, type Rules, type TranslationTable } from "./translation-table.ts";

const HEAD = `# What becomes of each field

A client of one vendor can use a provider of another. Where the client's dialect is the provider's own protocol nothing on this page applies: the body goes out with all its fields, also those that this server does not know. Across protocols each field is

- **mapped** to what the other protocol has for it,
- **dropped**, and named in the answer's header \`x-nash-llm-dropped\`: a hint or bookkeeping without which the answer means the same,
- **changed**, done another way, and named in \`x-nash-llm-changed\`,
- **ignored** without a report, where it has no effect,
- **refused** with status 400 and the code \`unsupported_parameter\`, where the answer would mean something else.

With the header \`x-nash-llm-strict: 1\` what would be dropped or changed is refused too. Single providers may have less than their protocol; what they lack is reported in the same headers.

Reasoning that a provider wants back travels through other vendors' clients in a carrier that begins \`nash1:\`, in the \`signature\` of a thinking block or the \`encrypted_content\` of an item. Nothing is stored here; but a history with such a carrier is good through this server alone: sent to the vendor directly, it is refused. The setting \`reasoning-carriers = false\` leaves them out.

This page is made from the tables in the code (\`src/api/*/translation.ts\`); a test keeps them equal, and \`UPDATE_DOCS=1 bun test tests/api/translation.test.ts\` writes it anew.
`;

/** `docs/translation.md`. */
export function translationPage(tables: readonly TranslationTable[]): string {
  return [HEAD, ...tables.map(tablePage)].join("\n");
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
