import type { HeldAnswer } from "../answers/held-answer.ts";
import type { FramesCursor } from "../answers/held-frames.ts";
import { type AnswerPlace, type AnswerRecord, placeOf, sealRecord } from "./answer-record.ts";
import type { SharedStore } from "./shared-store.ts";
import type { Sealer } from "./store-key.ts";

/** Text is written in pieces of whole events, of at most so many bytes where one event is not longer. */
const LARGEST_PIECE = 262_144;
/** How much longer than an answer is held the store has one whose server has not said for so long that it runs. */
const SPARE_MS = 60_000;
/** How long the store has text for those alone who are reading it now. */
const PASSING_MS = 15_000;
/** As many bytes of an answer that has outgrown its share may wait for the store. */
const MOST_WAITING = 1_048_576;

/**
 * An answer of this server on its way into the store: its record, and its text in a stream of sealed pieces, each with
 * the place of its first byte. After the store was lost all is written anew.
 *
 * One that has outgrown its share goes on for those who read it elsewhere: the store has what came of late, and where it
 * was lost, or is too slow, they are told the end. One that is to be forgotten has no record any more, and goes on as well.
 */
export class UploadedAnswer {
  readonly answer: HeldAnswer;
  readonly #store: SharedStore;
  readonly #place: AnswerPlace;
  readonly #sealer: Sealer;
  readonly #times: { readonly graceMs: number; readonly holdMs: number };
  /** What the store has of the text; undefined where it has nothing, or nothing more is to come. */
  #text: FramesCursor | undefined;
  #hasRecord = false;
  /** The store knows that nobody can begin to read it any more, */
  #isOutgrowthTold = false;
  /** and those who read it elsewhere know that nothing more comes. */
  #isLetGo = false;
  #isWriting = false;
  #isDone = false;
  #isForgotten = false;

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
    this.#text = undefined;
    this.#hasRecord = this.#isOutgrowthTold = this.#isLetGo = false;
    this.#isDone = this.#isForgotten && this.answer.isOver;
  }

  /** Writes what the store does not have. It never rejects: what fails is written when the store is back. */
  async write(): Promise<void> {
    // What it keeps of one that nobody else holds it keeps for the store alone.
    if (!this.#store.isUp && this.answer.isOutgrown) this.#text = undefined;
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
    if (!this.#hasRecord) return;
    for (const name of [this.#place.record, this.#place.text])
      this.#store.tell("PEXPIRE", name, this.#lifetime);
  }

  /** Nobody is to find it any more; who reads it elsewhere reads it to its end. */
  forget(): void {
    this.#isForgotten = true;
    this.#store.tell("DEL", this.#place.record);
    if (this.#isDone) this.#store.tell("DEL", this.#place.text);
  }

  /** @returns whether more may be to be written */
  async #writeOn(): Promise<boolean> {
    const { isOver, isOutgrown, length } = this.answer;
    if (isOutgrown && !this.#isOutgrowthTold) {
      await this.#writeRecord({ isOutgrown });
      this.#isOutgrowthTold = true;
      return true;
    }
    if (isOutgrown && !this.#isLetGo && !this.#isFollowed) {
      this.#text = undefined;
      this.#isLetGo = true;
      await this.#writeEnd("outgrown");
      await this.#keepText(PASSING_MS);
      return true;
    }
    if (!this.#isLetGo && (await this.#writeText(length))) return true;
    if (!isOver) return false;
    if (!this.#isLetGo) await this.#writeEnd(`${this.answer.isStopped ? "stopped" : "over"} ${length}`);
    await Promise.all([
      this.#writeRecord({ isOver, ...(isOutgrown ? { isOutgrown } : {}) }, this.#times.holdMs),
      this.#keepText(isOutgrown || this.#isForgotten ? PASSING_MS : this.#times.holdMs),
    ]);
    this.#isDone = true;
    return false;
  }

  /** Somebody reads it elsewhere, and the store takes it as it comes. */
  get #isFollowed(): boolean {
    const { isReadElsewhere, length } = this.answer;
    return isReadElsewhere && this.#text !== undefined && length - this.#text.position <= MOST_WAITING;
  }

  /** @param length as much as there was of it @returns whether something was written */
  async #writeText(length: number): Promise<boolean> {
    if (this.#text === undefined) {
      const text = this.answer.follow();
      // It has outgrown its share meanwhile.
      if (text === undefined) return true;
      await Promise.all([this.#store.command("DEL", this.#place.text), this.#writeRecord({})]);
      this.#text = text;
    }
    const start = this.#text.position;
    if (start >= length) return false;
    const bytes = this.#text.take();
    let id: unknown;
    for (let at = 0, end = 0; at < bytes.length; at = end) {
      end = pieceEnd(bytes, at);
      const place = String(start + at);
      const sealed = this.#sealer.seal(bytes.subarray(at, end), place);
      id = await this.#store.command("XADD", this.#place.text, "*", "at", place, "text", sealed);
    }
    if (start === 0) await this.#keepText(this.#lifetime);
    if (this.answer.isOutgrown) this.#trim(id);
    return true;
  }

  /** @param last the id of an entry: the store's clock in milliseconds, and a number */
  #trim(last: unknown): void {
    const oldest = Number.parseInt(String(last), 10) - PASSING_MS;
    if (oldest > 0) this.#store.tell("XTRIM", this.#place.text, "MINID", "~", oldest);
  }

  async #writeEnd(how: string): Promise<void> {
    await this.#store.command("XADD", this.#place.text, "*", "end", this.#sealer.seal(how, "end"));
  }

  async #keepText(milliseconds: number): Promise<void> {
    await this.#store.command("PEXPIRE", this.#place.text, Math.ceil(milliseconds));
  }

  get #lifetime(): number {
    return Math.ceil(this.#times.holdMs + SPARE_MS);
  }

  async #writeRecord(
    how: Pick<AnswerRecord, "isOver" | "isOutgrown">,
    lifetime = this.#lifetime,
  ): Promise<void> {
    if (this.#isForgotten) return;
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
    this.#hasRecord = true;
    // It was forgotten while this was under way.
    if (this.#isForgotten) this.#store.tell("DEL", this.#place.record);
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
