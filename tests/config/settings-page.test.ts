import { expect, test } from "bun:test";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { TObject } from "@sinclair/typebox";
import { EXIT } from "../../src/cli/exit.ts";
import { EXIT_CODES, VARIABLES } from "../../src/cli/man.ts";
import { PROVIDER_KEY_VARIABLES } from "../../src/config/provider-keys.ts";
import { ClientSettingsSchema, kebab, SettingsSchema } from "../../src/config.ts";

/** `docs/settings.md` is made from the schemas; `UPDATE_DOCS=1 bun test tests/config` writes it anew. */

const PAGE = join(import.meta.dir, "../../docs/settings.md");

const cell = (text: string) => text.replaceAll("|", "\\|");

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) => `| ${cells.map(cell).join(" | ")} |`;
  return [line(head), `|${"---|".repeat(head.length)}`, ...rows.map(line)].join("\n");
}

function settings({ properties }: TObject): string {
  const rows = Object.entries(properties).map(([name, { default: preset, description }]) => {
    const says = preset === undefined || Array.isArray(preset) ? "" : `\`${preset}\``;
    return [`\`${kebab(name)}\``, says, `${description}${Array.isArray(preset) ? "; a list" : ""}`];
  });
  return table(["setting", "default", "what it is"], rows);
}

function page(): string {
  return `# Settings

Made from the schemas in the code; a test keeps them equal, and \`UPDATE_DOCS=1 bun test tests/config\` writes this page anew.

Flags over \`NASH_LLM_*\` variables over a TOML file over defaults: \`--max-streams 500\`, \`NASH_LLM_MAX_STREAMS=500\` and \`max-streams = 500\` are the same. A setting that is on by default is switched off with
\`--no-detect\`, \`NASH_LLM_DETECT=false\` or \`detect = false\`. The file is the one that \`--config\` or \`NASH_LLM_CONFIG\` names; none is looked for. A flag or a key of the file
that nobody knows is an error that names the nearest; a variable of ours that means nothing is told by \`nash-llm doctor\`.
Secrets are never settings, only the files that hold them; a secret in a variable comes before a file that the settings' file names.

## The server

${settings(SettingsSchema)}

Who is asked and with whose key (\`default-provider\`, \`[[provider]]\`, \`[[route]]\`), and who may ask (\`[[client]]\`), stands in the file alone, and is read anew on SIGHUP: [protocol.md 10](protocol.md#10-routing-and-keys) and [12](protocol.md#12-more-than-one-user).

## The terminal client

In the file in the table \`[client]\`, or at the top where the server has no setting of that name.

${settings(ClientSettingsSchema)}

## Variables

${table(
  ["variable", "what becomes of it"],
  VARIABLES.map(([names, does]) => [
    names
      .split(", ")
      .map((name) => `\`${name}\``)
      .join(", "),
    does,
  ]),
)}

## Exit codes

${table(["code", "what it means"], EXIT_CODES)}
`;
}

test("the page is what the schemas say", () => {
  if (process.env["UPDATE_DOCS"] !== undefined) writeFileSync(PAGE, page());
  expect(readFileSync(PAGE, "utf8")).toBe(page());
});

test("it has every exit code, and every variable that may hold a provider's key", () => {
  expect(EXIT_CODES.map(([code]) => Number(code)).toSorted()).toEqual(Object.values(EXIT).toSorted());
  const named = VARIABLES.flatMap(([names]) => names.split(", "));
  for (const variable of Object.values(PROVIDER_KEY_VARIABLES)) expect(named).toContain(variable);
});
