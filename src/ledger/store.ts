import type { Row } from "./row.ts";

/** A database that rows are written to and read from. Every method rejects where it cannot be reached. */
export interface LedgerStore {
  /** Writes rows; one that is there already, by its request's id, stays as it is. Makes the table where it is missing. */
  insert(rows: readonly Row[]): Promise<void>;
  /** @param sql with `$1`, `$2`, … for the parameters */
  query(sql: string, parameters: readonly string[]): Promise<readonly Readonly<Record<string, unknown>>[]>;
  close(): Promise<void>;
}
