import { existsSync } from "node:fs";
import type { Secret } from "../core/secret.ts";
import { openStore, sqliteFile } from "../ledger/open-store.ts";
import { FORMATS, type Format, usageText } from "../ledger/usage-output.ts";
import { GROUPS, type Group, usageLine, usageQuery } from "../ledger/usage-query.ts";
import { EXIT, UsageError } from "./exit.ts";

export interface UsageFlags extends Partial<Record<Exclude<Group, "day">, string>> {
  readonly by?: string;
  readonly since?: string;
  readonly until?: string;
  readonly format?: string;
}

const DAY = /^\d{4}-\d\d-\d\d$/;

/**
 * `nash-llm usage`: what the ledger tells, grouped.
 * @param ledger as the setting has it
 * @throws {UsageError}
 */
export async function usageReport(
  ledger: string | undefined,
  password: Secret | undefined,
  { by = "day", since, until, format = "table", ...names }: UsageFlags,
): Promise<string> {
  if (ledger === undefined)
    throw new UsageError(
      "There is no ledger to read: name it with --ledger, NASH_LLM_LEDGER or in the file of --config.",
    );
  const groups = [...new Set(by.split(",").map((name) => oneOf(GROUPS, name.trim(), "--by")))];
  const shape: Format = oneOf(FORMATS, format, "--format");
  for (const [flag, day] of Object.entries({ since, until }))
    if (day !== undefined && !DAY.test(day))
      throw new UsageError(`--${flag} must be a day such as 2026-11-26.`);
  const file = sqliteFile(ledger);
  if (file !== undefined && !existsSync(file))
    throw new UsageError(`There is no ledger at ${file}.`, EXIT.failed);
  const { sql, parameters } = usageQuery(groups, { since, until, names });
  const store = await openStore(ledger, password);
  try {
    return usageText((await store.query(sql, parameters)).map(usageLine), groups, shape);
  } catch (error) {
    const code = error instanceof Error && "code" in error ? ` (${error.code})` : "";
    throw new UsageError(`The ledger cannot be read${code}.`, EXIT.failed);
  } finally {
    await store.close();
  }
}

function oneOf<T extends string>(all: readonly T[], name: string, flag: string): T {
  const found = all.find((each) => each === name);
  if (found === undefined) throw new UsageError(`${flag} takes ${all.join(", ")}, not ${name.slice(0, 40)}.`);
  return found;
}
