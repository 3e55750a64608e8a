import { describe, expect, test } from "bun:test";
import { Ledger } from "../../src/ledger/ledger.ts";
import { COLUMNS, type Row, rowOf } from "../../src/ledger/row.ts";
import type { LedgerStore } from "../../src/ledger/store.ts";
import { traceOf } from "./rows.ts";

/** What a row has, and what becomes of rows while the database is gone (docs/protocol.md, section 12). */

const NAMES = Object.keys(COLUMNS);
const named = (row: Row) => Object.fromEntries(row.map((value, i) => [NAMES[i], value]));

describe("a row", () => {
  test("has numbers and short names", () => {
    const trace = traceOf({ client: "team-a", route: "fast", cost: 0.25 });
    const row = named(rowOf(trace));
    expect(row).toMatchObject({
      request_id: trace.id,
      client: "team-a",
      path: "/v1/messages",
      route: "fast",
      provider: "work",
      model: "small",
      status: 200,
      outcome: "complete",
      finish_reason: "stop",
      error: null,
      input_tokens: 10,
      output_tokens: 1,
      usage_source: "provider",
      attempts: 1,
      cost: 0.25,
    });
    expect(row["day"]).toBe(new Date(Number(row["at"])).toISOString().slice(0, 10));
    expect(Object.keys(row)).toEqual(NAMES);
  });

  test("keeps no text that stands in the place of a name, and no number that is none", () => {
    const trace = traceOf({ model: `tell me\n"a secret"\0 ${"x".repeat(1000)}` });
    trace.usage = { inputTokens: 1e300, outputTokens: 1.5 };
    const row = named(rowOf(trace));
    expect(String(row["model"])).toMatch(/^[\w.]{1,128}$/);
    expect([row["input_tokens"], row["output_tokens"]]).toEqual([null, null]);
  });
});

/** A database that is gone until it is there, and the log that tells of it. */
function stage() {
  const written: Row[] = [];
  const state = { isGone: false, hangs: false };
  const store: LedgerStore = {
    async insert(rows) {
      if (state.hangs) await new Promise(() => undefined);
      if (state.isGone) throw Object.assign(new Error("word of a conversation"), { code: "SQLITE_FULL" });
      written.push(...rows);
    },
    query: async () => [],
    close: async () => undefined,
  };
  const lines: object[] = [];
  const log = (line: object) => void lines.push(line);
  const logger = { info: log, warn: log, error: log };
  return { written, state, store, lines, logger };
}

async function until(is: () => boolean): Promise<void> {
  for (let i = 0; i < 500 && !is(); i++) await Bun.sleep(10);
  expect(is()).toBe(true);
}

describe("the queue", () => {
  test("rows are gathered and written, none twice", async () => {
    const { written, store, logger, lines } = stage();
    const ledger = new Ledger(store, logger);
    for (let i = 0; i < 1_200; i++) ledger.record(traceOf());
    expect(written).toEqual([]);
    await until(() => written.length >= 1_200);
    await ledger.close(1_000);
    expect(new Set(written.map(([id]) => id)).size).toBe(1_200);
    expect([written.length, ledger.lost, lines]).toEqual([1_200, 0, []]);
  });

  test("while the database is gone rows wait, as many as may; the others are counted, and told of once", async () => {
    const { written, state, store, logger, lines } = stage();
    const ledger = new Ledger(store, logger, 5);
    state.isGone = true;
    for (let i = 0; i < 8; i++) ledger.record(traceOf());
    expect(ledger.lost).toBe(3);
    await until(() => lines.length > 0);
    expect(lines).toEqual([{ ledger: "cannot be written", error: "SQLITE_FULL" }]);
    state.isGone = false;
    await until(() => written.length === 5);
    expect(lines.slice(1)).toEqual([{ ledger: "is written again", lost: 3 }]);
    ledger.record(traceOf());
    await ledger.close(1_000);
    expect([written.length, ledger.lost, lines.length]).toEqual([6, 3, 2]);
  });

  test("closing writes what waits, and does not wait for a database that hangs", async () => {
    const { written, store, logger } = stage();
    const ledger = new Ledger(store, logger);
    ledger.record(traceOf());
    await ledger.close(1_000);
    expect(written).toHaveLength(1);
    const late = stage();
    late.state.hangs = true;
    const hanging = new Ledger(late.store, late.logger);
    hanging.record(traceOf());
    await hanging.close(50);
    expect(hanging.lost).toBe(1);
    expect(late.lines).toEqual([{ ledger: "rows were lost", lost: 1 }]);
  });
});
