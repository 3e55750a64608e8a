import type { Trace } from "../core/trace.ts";
import { type Row, rowOf } from "./row.ts";
import type { LedgerStore } from "./store.ts";

/** Rows that may wait for a database that is slow or gone: some five megabytes. */
const MOST_WAITING = 10_000;

/** Rows that are written at once, */
const BATCH = 500;
/** and how long they are gathered for, in milliseconds. */
const GATHER_MS = 250;

/** The pause after a failure, and the longest one. It doubles in between. */
const PAUSE_MS = 1_000;
const LONGEST_PAUSE_MS = 30_000;

/** Where it tells that rows cannot be written. */
type LedgerLog = Readonly<
  Record<"info" | "warn" | "error", (line: Readonly<Record<string, unknown>>) => void>
>;

/**
 * Writes a row for each request, apart from it: whatever befalls the database, answers go on. Rows wait in a queue of
 * bounded length; what finds it full is counted and lost.
 */
export class Ledger {
  readonly #store: LedgerStore;
  readonly #logger: LedgerLog;
  readonly #mostWaiting: number;
  #waiting: Row[] = [];
  #timer: ReturnType<typeof setTimeout> | undefined;
  #writing: Promise<void> | undefined;
  /** Failures one after another. */
  #failures = 0;
  #lost = 0;
  #lostTold = 0;
  #isClosed = false;

  constructor(store: LedgerStore, logger: LedgerLog, mostWaiting = MOST_WAITING) {
    this.#store = store;
    this.#logger = logger;
    this.#mostWaiting = mostWaiting;
  }

  /** Rows that could not be kept. */
  get lost(): number {
    return this.#lost;
  }

  /** A request is over. Never throws, and never waits. */
  record(trace: Trace): void {
    if (this.#isClosed || this.#waiting.length >= this.#mostWaiting) {
      this.#lost++;
      return;
    }
    this.#waiting.push(rowOf(trace));
    if (this.#writing === undefined) this.#later(GATHER_MS);
  }

  /** Writes what waits, for so long at most; what is left then is lost. */
  async close(milliseconds: number): Promise<void> {
    this.#isClosed = true;
    clearTimeout(this.#timer);
    let timer: ReturnType<typeof setTimeout> | undefined;
    const late = new Promise<void>((resolve) => {
      timer = setTimeout(resolve, milliseconds);
    });
    await Promise.race([this.#drain(), late]);
    clearTimeout(timer);
    this.#lost += this.#waiting.length;
    this.#waiting = [];
    if (this.#lost > this.#lostTold) this.#logger.warn({ ledger: "rows were lost", lost: this.#lost });
    await this.#store.close().catch(() => undefined);
  }

  async #drain(): Promise<void> {
    await this.#writing;
    while (this.#waiting.length > 0 && this.#failures === 0) await this.#write();
  }

  #later(milliseconds: number): void {
    if (this.#timer !== undefined || this.#isClosed) return;
    this.#timer = setTimeout(() => {
      this.#timer = undefined;
      this.#writing = this.#write().finally(() => {
        this.#writing = undefined;
        if (this.#waiting.length > 0) this.#later(this.#pause);
      });
    }, milliseconds);
    this.#timer.unref();
  }

  get #pause(): number {
    if (this.#failures === 0) return this.#waiting.length >= BATCH ? 0 : GATHER_MS;
    return Math.min(PAUSE_MS * 2 ** (this.#failures - 1), LONGEST_PAUSE_MS);
  }

  /** Never rejects. Rows stay where they are until they are written. */
  async #write(): Promise<void> {
    const rows = this.#waiting.slice(0, BATCH);
    try {
      await this.#store.insert(rows);
    } catch (error) {
      if (this.#failures++ === 0) this.#logger.error({ ledger: "cannot be written", error: codeOf(error) });
      return;
    }
    // Closing has given up on them meanwhile.
    if (this.#waiting.length === 0) return;
    this.#waiting.splice(0, rows.length);
    if (this.#failures > 0 || this.#lost > this.#lostTold) {
      this.#logger.info({ ledger: "is written again", lost: this.#lost });
      this.#lostTold = this.#lost;
    }
    this.#failures = 0;
  }
}

/** A database's message may quote what it was sent: its codes do not. */
function codeOf(error: unknown): string {
  if (!(error instanceof Error)) return "unknown";
  const codes = ["code" in error ? error.code : undefined, "errno" in error ? error.errno : undefined];
  return codes.filter((code) => typeof code === "string" || typeof code === "number").join(" ") || error.name;
}
