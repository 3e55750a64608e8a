import type { HeldAnswer } from "../answers/held-answer.ts";
import { type AnswerPlace, type AnswerRecord, placeOf, sealRecord } from "./answer-record.ts";
import type { SharedStore } from "./shared-store.ts";
import type { Sealer } from "./store-key.ts";

/** Text is written in pieces of whole events, of at most so many bytes where one event is not longer. */
const LARGEST_PIECE = 262_144;
/** How much longer than an answer is held the store has one whose server has not said for so long that it runs. */
const SPARE_MS = 60_000;

/**
 * An answer of this server on its way into the store: its record, and its text in a stream of sealed pieces, each with
 * the place of its first byte. After the store was lost all is written anew.
 */
export class UploadedAnswer {
  readonly answer: HeldAnswer;
  readonly #store: SharedStore;
  readonly #place: AnswerPlace;
  readonly #sealer: Sealer;
  readonly #times: { readonly graceMs: number; readonly holdMs: number };
  /** As much as the store has; undefined where it has nothing. */
  #written: number | undefined;
  #isWriting = false;
  #isDone = false;

  constructor(answer: HeldAnswer, store: SharedStore, times: { graceMs: number; holdMs: number }) {
    this.answer = answer;
    this.#store = store;
    this.#times = times;
    this.#place = placeOf(store.key, answer.id);
    this.#sealer = store.key.sealerFor(this.#place.text);
  }

  /** The store has all of it: nothing more is written. */
  get isDone(): boolean {
    return this.#isDone;
  }

  /** The store may have lost it. */
  restart(): void {
    this.#written = undefined;
    this.#isDone = false;
  }

  /** Writes what the store does not have. It never rejects: what fails is written when the store is back. */
  async write(): Promise<void> {
    if (this.#isWriting || this.#isDone || !this.#store.isUp) return;
    this.#isWriting = true;
    try {
      while (!this.#isDone && (await this.#writeOn())) {}
    } catch {
      this.restart();
    } finally {
      this.#isWriting = false;
    }
  }

  /** It runs: what the store has of it stays. */
  touch(): void {
    if (this.#written === undefined) return;
    for (const name of [this.#place.record, this.#place.text])
      this.#store.tell("PEXPIRE", name, this.#lifetime);
  }

  /** @returns whether more may be to be written */
  async #writeOn(): Promise<boolean> {
    const { isOver, isOutgrown, length } = this.answer;
    const { text } = this.#place;
    if (isOutgrown) {
      await this.#store.command("DEL", text);
      await this.#store.command("XADD", text, "*", "end", this.#sealer.seal("outgrown", "end"));
      await this.#finish({ isOutgrown: true, isOver: true });
      return false;
    }
    if (this.#written === undefined) {
      await Promise.all([this.#store.command("DEL", text), this.#writeRecord({})]);
      this.#written = 0;
    }
    if (this.#written < length) {
      const bytes = this.answer.bytesFrom(this.#written);
      if (bytes === undefined) return true;
      const isFirst = this.#written === 0;
      for (let at = 0, end = 0; at < bytes.length; at = end) {
        end = pieceEnd(bytes, at);
        const start = String(this.#written + at);
        const sealed = this.#sealer.seal(bytes.subarray(at, end), start);
        await this.#store.command("XADD", text, "*", "at", start, "text", sealed);
      }
      this.#written += bytes.length;
      if (isFirst) await this.#store.command("PEXPIRE", text, this.#lifetime);
      return true;
    }
    if (!isOver) return false;
    const ending = this.answer.isStopped ? "stopped" : "over";
    await this.#store.command("XADD", text, "*", "end", this.#sealer.seal(`${ending} ${length}`, "end"));
    await this.#finish({ isOver: true });
    return false;
  }

  async #finish(how: Pick<AnswerRecord, "isOver" | "isOutgrown">): Promise<void> {
    await Promise.all([
      this.#writeRecord(how, this.#times.holdMs),
      this.#store.command("PEXPIRE", this.#place.text, this.#times.holdMs),
    ]);
    this.#isDone = true;
  }

  get #lifetime(): number {
    return Math.ceil(this.#times.holdMs + SPARE_MS);
  }

  async #writeRecord(
    how: Pick<AnswerRecord, "isOver" | "isOutgrown">,
    lifetime = this.#lifetime,
  ): Promise<void> {
    const { id, options } = this.answer;
    const record: AnswerRecord = {
      held: {
        id,
        kind: options.kind,
        headers: options.headers,
        farewell: options.farewell(),
        lost: options.lost(),
        graceMs: this.#times.graceMs,
      },
      replica: this.#store.replica,
      owner: options.owner,
      ...how,
    };
    const sealed = sealRecord(this.#store.key, this.#place, record);
    await this.#store.command("SET", this.#place.record, sealed, "PX", Math.ceil(lifetime));
  }
}

const EVENT_END = "\n\n";

/** Where the piece ends that begins here. */
function pieceEnd(bytes: Uint8Array, start: number): number {
  if (bytes.length - start <= LARGEST_PIECE) return bytes.length;
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const last = buffer.lastIndexOf(EVENT_END, start + LARGEST_PIECE - EVENT_END.length);
  const end = last < start ? buffer.indexOf(EVENT_END, start) : last;
  return end === -1 ? bytes.length : end + EVENT_END.length;
}
