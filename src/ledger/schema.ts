import { COLUMNS } from "./row.ts";

/** The table of the requests. */
export const TABLE = "nash_llm_requests";

/** The table whose one row says how many of the migrations have been made. */
export const VERSION_TABLE = "nash_llm_ledger_version";

/**
 * What has made the table what it is, step by step, in words that SQLite and PostgreSQL both take. Steps are added at
 * the end and never changed: there are databases that have made them.
 */
export const MIGRATIONS: readonly (readonly string[])[] = [
  [
    `CREATE TABLE ${TABLE} (
      request_id TEXT PRIMARY KEY, at BIGINT NOT NULL, day TEXT NOT NULL, client TEXT, path TEXT, route TEXT,
      provider TEXT, model TEXT, status BIGINT, outcome TEXT, finish_reason TEXT, error TEXT,
      input_tokens BIGINT, output_tokens BIGINT, cache_read_tokens BIGINT, cache_write_tokens BIGINT,
      reasoning_tokens BIGINT, usage_source TEXT, attempts BIGINT, first_token_ms BIGINT, total_ms BIGINT,
      cost DOUBLE PRECISION)`,
    `CREATE INDEX nash_llm_requests_by_day ON ${TABLE} (day)`,
  ],
];

export const COLUMN_LIST: string = Object.keys(COLUMNS).join(", ");

/** The database is of a later program, whose table this one does not know. */
export class LaterLedger extends Error {
  override readonly name = "LaterLedger";
  readonly code = "LATER_VERSION";

  constructor(version: number) {
    super(`The ledger is of a later version (${version}; this program knows ${MIGRATIONS.length}).`);
  }
}
