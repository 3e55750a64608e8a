import type { Secret } from "../core/secret.ts";
import type { LedgerStore } from "./store.ts";

/** The file of a `sqlite:` ledger; undefined for another one. */
export function sqliteFile(ledger: string): string | undefined {
  return ledger.startsWith("sqlite:") ? ledger.slice("sqlite:".length) : undefined;
}

/**
 * The database of a ledger. Nothing is opened until something is written or read.
 * @param ledger as the setting has it
 * @throws where the address of a PostgreSQL is none
 */
export async function openStore(ledger: string, password: Secret | undefined): Promise<LedgerStore> {
  const file = sqliteFile(ledger);
  if (file !== undefined) {
    const { SqliteStore } = await import("./sqlite-store.ts");
    return new SqliteStore(file);
  }
  const { PostgresStore } = await import("./postgres-store.ts");
  return new PostgresStore(ledger, password);
}
