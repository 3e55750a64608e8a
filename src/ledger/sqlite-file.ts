import { Database } from "bun:sqlite";
import { chmodSync, closeSync, openSync } from "node:fs";
import { COLUMNS, type Row } from "./row.ts";
import { COLUMN_LIST, LaterLedger, MIGRATIONS, TABLE } from "./schema.ts";

/** How long it waits for another process that writes, in milliseconds. */
const BUSY_MS = 2_000;

const INSERT = `INSERT INTO ${TABLE} (${COLUMN_LIST}) VALUES (${Object.keys(COLUMNS)
  .map(() => "?")
  .join(", ")}) ON CONFLICT DO NOTHING`;

/**
 * Opens a ledger for writing: nobody but its owner may read the file.
 * @throws what SQLite or the system found wrong; {@link LaterLedger}
 */
export function openForWriting(path: string): Database {
  closeSync(openSync(path, "a", 0o600));
  chmodSync(path, 0o600);
  const database = new Database(path, { readwrite: true, strict: true });
  try {
    database.run(`PRAGMA busy_timeout = ${BUSY_MS}`);
    database.run("PRAGMA journal_mode = WAL");
    database.run("PRAGMA synchronous = NORMAL");
    migrate(database);
    return database;
  } catch (error) {
    database.close();
    throw error;
  }
}

function migrate(database: Database): void {
  const version = () =>
    database.query<{ user_version: number }, []>("PRAGMA user_version").get()?.user_version ?? 0;
  if (version() === MIGRATIONS.length) return;
  database
    .transaction(() => {
      const made = version();
      if (made > MIGRATIONS.length) throw new LaterLedger(made);
      for (const statement of MIGRATIONS.slice(made).flat()) database.run(statement);
      database.run(`PRAGMA user_version = ${MIGRATIONS.length}`);
    })
    .immediate();
}

/** All of the rows or, where it throws, none. */
export function insertRows(database: Database, rows: readonly Row[]): void {
  const insert = database.query(INSERT);
  database.transaction(() => {
    for (const row of rows) insert.run(...row);
  })();
}
