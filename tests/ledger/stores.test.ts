import { Database } from "bun:sqlite";
import { afterAll, beforeAll, describe, expect, setDefaultTimeout, test } from "bun:test";
import { mkdtempSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Secret } from "../../src/core/secret.ts";
import { openStore } from "../../src/ledger/open-store.ts";
import { rowOf } from "../../src/ledger/row.ts";
import { MIGRATIONS } from "../../src/ledger/schema.ts";
import type { LedgerStore } from "../../src/ledger/store.ts";
import { usageLine, usageQuery } from "../../src/ledger/usage-query.ts";
import { note } from "../support/note.ts";
import { type Postgres, startPostgres } from "../support/postgres.ts";
import { traceOf } from "./rows.ts";

/** Both databases, with real files and a real PostgreSQL where one is installed (docs/protocol.md, section 12). */

setDefaultTimeout(60_000);

let folder: string;
let postgres: Postgres | undefined;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "nash-llm-test-"));
  postgres = await startPostgres();
  if (postgres === undefined) note("PostgreSQL is not installed here: its ledger was not tried");
});
afterAll(async () => {
  rmSync(folder, { recursive: true });
  await postgres?.[Symbol.asyncDispose]();
});

const file = () => join(folder, `${crypto.randomUUID()}.db`);
const sqlite = (path = file()) => openStore(`sqlite:${path}`, undefined);
const inPostgres = ({ url, password }: Postgres) => openStore(url, new Secret(password));

async function fillAndRead(store: LedgerStore) {
  const rows = [
    traceOf({ client: "team-a", route: "fast", cost: 0.5 }),
    traceOf({ client: "team-a", model: "o'brien", cost: 0.25, tokens: 5_000_000_000 }),
    traceOf({ client: "team-b" }),
    traceOf({ provider: "other", model: 'a"b' }),
  ].map(rowOf);
  await store.insert(rows.slice(0, 2));
  // What was written, but not heard of, is written again.
  await store.insert(rows);
  const { sql, parameters } = usageQuery(["client", "provider"], { since: "2020-01-01", names: {} });
  const lines = (await store.query(sql, parameters)).map(usageLine);
  const one = usageQuery([], { until: "2999-12-31", names: { client: "team-a", model: "o_brien" } });
  const [total] = (await store.query(one.sql, one.parameters)).map(usageLine);
  return { lines: lines.sort((a, b) => a.client.localeCompare(b.client)), total };
}

const EXPECTED = {
  lines: [
    { client: "", provider: "other", requests: 1, input_tokens: 10, cost: 0, unpriced: 1 },
    { client: "team-a", provider: "work", requests: 2, input_tokens: 5_000_000_010, cost: 0.75, unpriced: 0 },
    { client: "team-b", provider: "work", requests: 1, failed: 0, output_tokens: 1, cost: 0, unpriced: 1 },
  ],
  total: { requests: 1, cost: 0.25 },
};

describe("SQLite", () => {
  test("rows are written once, by a thread, and read in groups; a second opening finds them", async () => {
    const path = file();
    const store = await sqlite(path);
    expect(await fillAndRead(store)).toMatchObject(EXPECTED);
    await store.close();
    const again = await sqlite(path);
    await again.insert([rowOf(traceOf())]);
    expect(await again.query("SELECT COUNT(*) AS n FROM nash_llm_requests", [])).toEqual([{ n: 5 }]);
    await again.close();
  });

  test("nobody else may read the file, one that was there before included", async () => {
    const path = file();
    writeFileSync(path, "", { mode: 0o644 });
    const store = await sqlite(path);
    await store.insert([rowOf(traceOf())]);
    expect(statSync(path).mode & 0o777).toBe(0o600);
    expect(statSync(`${path}-wal`).mode & 0o777).toBe(0o600);
    await store.close();
  });

  test.each<[string, () => string, string]>([
    ["a folder that is not there", () => join(folder, "nowhere", "a.db"), "ENOENT"],
    ["no database", () => withText(file()), "SQLITE_NOTADB"],
    ["a ledger of a later version", () => withVersion(file(), MIGRATIONS.length + 1), "LATER_VERSION"],
    ["a table that is not ours", () => withVersion(file(), MIGRATIONS.length), "SQLITE_ERROR"],
  ])("%s is told by its code", async (_name, path, code) => {
    const store = await sqlite(path());
    await expect(store.insert([rowOf(traceOf())])).rejects.toMatchObject({ code });
    // The thread goes on, and would try again.
    await expect(store.insert([rowOf(traceOf())])).rejects.toMatchObject({ code });
    await store.close();
  });
});

function withText(path: string): string {
  writeFileSync(path, "no database, but long enough to be looked at as one".repeat(100));
  return path;
}

function withVersion(path: string, version: number): string {
  const database = new Database(path);
  database.run(`PRAGMA user_version = ${version}`);
  database.close();
  return path;
}

describe("PostgreSQL", () => {
  test("rows are written once and read in groups; two servers may make the table at once", async () => {
    if (postgres === undefined) return;
    const [store, other] = [await inPostgres(postgres), await inPostgres(postgres)];
    const [trace, another] = [traceOf({ client: "x" }), traceOf({ client: "x" })];
    await Promise.all([store.insert([rowOf(trace)]), other.insert([rowOf(another)])]);
    const count = "SELECT COUNT(*) AS n FROM nash_llm_requests WHERE client = $1";
    expect(Number((await other.query(count, ["x"]))[0]?.["n"])).toBe(2);
    await store.query("DELETE FROM nash_llm_requests RETURNING 1", []);
    expect(await fillAndRead(store)).toMatchObject(EXPECTED);
    await Promise.all([store.close(), other.close()]);
  });

  test("a server that dies is noticed, and written to again when it is back", async () => {
    if (postgres === undefined) return;
    const store = await inPostgres(postgres);
    const row = rowOf(traceOf({ client: "after" }));
    await store.query("SELECT 1", []);
    await postgres.kill();
    await expect(store.insert([row])).rejects.toThrow();
    await postgres.start();
    await store.insert([row]);
    const [line] = await store.query("SELECT client FROM nash_llm_requests WHERE client = $1", ["after"]);
    expect(line).toEqual({ client: "after" });
    await store.close();
  });

  test("a wrong password, and a ledger of a later version, are told", async () => {
    if (postgres === undefined) return;
    const { url } = postgres;
    await expect((await openStore(url, new Secret("wrong"))).insert([rowOf(traceOf())])).rejects.toThrow();
    const store = await inPostgres(postgres);
    await store.query(
      `UPDATE nash_llm_ledger_version SET version = ${MIGRATIONS.length + 1} RETURNING 1`,
      [],
    );
    const later = await inPostgres(postgres);
    await expect(later.insert([rowOf(traceOf())])).rejects.toMatchObject({ code: "LATER_VERSION" });
    await Promise.all([store.close(), later.close()]);
  });
});
