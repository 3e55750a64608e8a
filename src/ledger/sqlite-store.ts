import { Database } from "bun:sqlite";
import type { Row } from "./row.ts";
import type { WriteOrder, Written } from "./sqlite-worker.ts";
import type { LedgerStore } from "./store.ts";

/** A ledger in a file of SQLite. It is written by a thread of its own, and read here: only `nash-llm usage` reads. */
export class SqliteStore implements LedgerStore {
  readonly #path: string;
  #worker: Bun.Worker | undefined;

  constructor(path: string) {
    this.#path = path;
  }

  insert(rows: readonly Row[]): Promise<void> {
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    this.#worker ??= spawn();
    const worker = this.#worker;
    const over = new AbortController();
    const listening = { signal: over.signal };
    const failed = (code: string) => reject(Object.assign(new Error("the ledger was not written"), { code }));
    const lose = (event: Event) => {
      event.preventDefault();
      over.abort();
      this.#worker = undefined;
      worker.terminate();
      failed("THREAD_DIED");
    };
    const answered = (event: Event) => {
      over.abort();
      const { error } = (event as MessageEvent<Written>).data;
      if (error === undefined) resolve();
      else failed(error);
    };
    worker.addEventListener("error", lose, listening);
    worker.addEventListener("message", answered, listening);
    worker.postMessage({ path: this.#path, rows } satisfies WriteOrder);
    return promise;
  }

  async query(sql: string, parameters: readonly string[]) {
    const database = new Database(this.#path, { readonly: true });
    try {
      return database
        .query<Record<string, unknown>, string[]>(sql.replace(/\$(\d+)/g, "?$1"))
        .all(...parameters);
    } finally {
      database.close();
    }
  }

  async close(): Promise<void> {
    this.#worker?.terminate();
    this.#worker = undefined;
  }
}

/** In a bundle the worker is an entry point beside `src/main.ts`, so it lies at its path below `src`. */
function spawn(): Bun.Worker {
  const file = Bun.isStandaloneExecutable ? "./ledger/sqlite-worker.js" : "./sqlite-worker.ts";
  // The DOM's type, which hides Bun's, knows neither `ref` nor `unref`.
  const worker = new Worker(new URL(file, import.meta.url)) as Bun.Worker;
  // Whether the last rows are waited for is for whoever stops the server to say.
  worker.unref();
  return worker;
}
