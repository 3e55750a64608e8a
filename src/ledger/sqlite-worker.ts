import type { Database } from "bun:sqlite";
import type { Row } from "./row.ts";
import { insertRows, openForWriting } from "./sqlite-file.ts";

/**
 * The thread that writes a SQLite ledger, an entry point of its own: a disk that is slow, or that hangs, holds up nobody
 * but this thread.
 */

/** What it is told. */
export interface WriteOrder {
  readonly path: string;
  readonly rows: readonly Row[];
}

/** What it answers: nothing is wrong, or the code of what is. */
export interface Written {
  readonly error?: string;
}

let database: Database | undefined;

self.onmessage = ({ data: { path, rows } }: MessageEvent<WriteOrder>) => {
  try {
    database ??= openForWriting(path);
    insertRows(database, rows);
    self.postMessage({} satisfies Written);
  } catch (error) {
    // The file may have been moved away, or the disk be another one tomorrow: the next order opens it anew.
    database?.close();
    database = undefined;
    const code = error instanceof Error && "code" in error ? String(error.code) : "unknown";
    self.postMessage({ error: code } satisfies Written);
  }
};
