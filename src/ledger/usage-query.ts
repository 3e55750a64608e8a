import { TABLE } from "./schema.ts";

/** What usage can be told apart by. */
export const GROUPS = ["day", "client", "route", "model", "provider"] as const;
export type Group = (typeof GROUPS)[number];

/** What is told of each group. */
export const FIGURES = [
  "requests",
  "failed",
  "input_tokens",
  "output_tokens",
  "cache_read_tokens",
  "cost",
  "unpriced",
] as const;
type Figure = (typeof FIGURES)[number];

/** One group: its names, empty where a request had none, and its figures. */
export type UsageLine = Readonly<Record<Group, string> & Record<Figure, number>>;

/** Days, as 2026-11-26, and names that must be met. */
export interface UsageFilter {
  readonly since?: string | undefined;
  readonly until?: string | undefined;
  readonly names: Readonly<Partial<Record<Group, string>>>;
}

/** The SQL and its parameters, for SQLite and PostgreSQL alike. */
export interface Query {
  readonly sql: string;
  readonly parameters: readonly string[];
}

export function usageQuery(by: readonly Group[], { since, until, names }: UsageFilter): Query {
  const parameters: string[] = [];
  const meets = (condition: string, value: string | undefined) => {
    if (value === undefined) return [];
    parameters.push(value);
    return [`${condition} $${parameters.length}`];
  };
  const conditions = [
    ...meets("day >=", since),
    ...meets("day <=", until),
    ...GROUPS.flatMap((name) => meets(`${name} =`, names[name])),
  ];
  const selected = [
    ...by,
    "COUNT(*) AS requests",
    "SUM(CASE WHEN outcome = 'failed' THEN 1 ELSE 0 END) AS failed",
    ...["input_tokens", "output_tokens", "cache_read_tokens", "cost"].map(
      (name) => `COALESCE(SUM(${name}), 0) AS ${name}`,
    ),
    "SUM(CASE WHEN cost IS NULL AND input_tokens IS NOT NULL THEN 1 ELSE 0 END) AS unpriced",
  ];
  const where = conditions.length === 0 ? "" : ` WHERE ${conditions.join(" AND ")}`;
  const grouped = by.length === 0 ? "" : ` GROUP BY ${by.join(", ")} ORDER BY ${by.join(", ")}`;
  return { sql: `SELECT ${selected.join(", ")} FROM ${TABLE}${where}${grouped}`, parameters };
}

/** A row of the answer; numbers come as numbers, whole ones of PostgreSQL as texts. */
export function usageLine(row: Readonly<Record<string, unknown>>): UsageLine {
  const names = GROUPS.map((name) => [name, String(row[name] ?? "")]);
  const figures = FIGURES.map((name) => [name, Number(row[name] ?? 0)]);
  // All of both lists are there.
  return Object.fromEntries([...names, ...figures]) as UsageLine;
}
