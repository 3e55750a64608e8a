import { SQL } from "bun";
import type { Secret } from "../core/secret.ts";
import { COLUMNS, type Row } from "./row.ts";
import { COLUMN_LIST, LaterLedger, MIGRATIONS, TABLE, VERSION_TABLE } from "./schema.ts";
import type { LedgerStore } from "./store.ts";

/** A database that has not answered by then is taken for dead, in milliseconds. */
const ANSWER_MS = 10_000;

/** Two replicas that start at once make the table once: a number that they all lock, and nobody else. */
const LOCK = 7_241_905_618;

const NAMES = Object.keys(COLUMNS);
/** One statement for any number of rows. */
const INSERT = `INSERT INTO ${TABLE} (${COLUMN_LIST})
  SELECT * FROM json_to_recordset($1::text::json) AS rows(${Object.entries(COLUMNS)
    .map(([name, type]) => `${name} ${type}`)
    .join(", ")})
  ON CONFLICT DO NOTHING`;

/** A ledger in PostgreSQL, which several servers may share. */
export class PostgresStore implements LedgerStore {
  readonly #url: string;
  #sql: SQL | undefined;
  #isMigrated = false;

  /** @param password in place of what the URL has, which is nothing as a rule */
  constructor(url: string, password: Secret | undefined) {
    const address = new URL(url);
    if (password !== undefined) address.password = encodeURIComponent(password.reveal());
    this.#url = address.href;
  }

  insert(rows: readonly Row[]): Promise<void> {
    const objects = rows.map((row) => Object.fromEntries(row.map((value, i) => [NAMES[i], value])));
    return this.#within(async (sql) => {
      if (!this.#isMigrated) await migrate(sql);
      this.#isMigrated = true;
      await sql.unsafe(INSERT, [JSON.stringify(objects)]);
    });
  }

  query(sql: string, parameters: readonly string[]): Promise<readonly Readonly<Record<string, unknown>>[]> {
    return this.#within(async (connection) => [...(await connection.unsafe(sql, [...parameters]))]);
  }

  async close(): Promise<void> {
    const sql = this.#sql;
    this.#sql = undefined;
    await sql?.close({ timeout: 0 });
  }

  /** Whatever fails, or takes too long, is done on another connection the next time. */
  async #within<T>(work: (sql: SQL) => Promise<T>): Promise<T> {
    this.#sql ??= new SQL(this.#url, { max: 1, connectionTimeout: ANSWER_MS / 1000, idleTimeout: 60 });
    const { promise: late, reject } = Promise.withResolvers<never>();
    const timer = setTimeout(
      () => reject(Object.assign(new Error("no answer"), { code: "TIMEOUT" })),
      ANSWER_MS,
    );
    try {
      const working = work(this.#sql);
      working.catch(() => undefined);
      return await Promise.race([working, late]);
    } catch (error) {
      this.close().catch(() => undefined);
      throw error;
    } finally {
      clearTimeout(timer);
    }
  }
}

async function migrate(sql: SQL): Promise<void> {
  await sql.begin(async (transaction) => {
    await transaction.unsafe(`SELECT pg_advisory_xact_lock(${LOCK})`);
    await transaction.unsafe(`CREATE TABLE IF NOT EXISTS ${VERSION_TABLE} (version INTEGER NOT NULL)`);
    const [row] = await transaction.unsafe(`SELECT version FROM ${VERSION_TABLE}`);
    const made = Number(row?.version ?? 0);
    if (made === MIGRATIONS.length) return;
    if (made > MIGRATIONS.length) throw new LaterLedger(made);
    for (const statement of MIGRATIONS.slice(made).flat()) await transaction.unsafe(statement);
    await transaction.unsafe(`DELETE FROM ${VERSION_TABLE}`);
    await transaction.unsafe(`INSERT INTO ${VERSION_TABLE} (version) VALUES (${MIGRATIONS.length})`);
  });
}
