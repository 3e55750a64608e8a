import { HeldAnswer, type Keeper } from "../answers/held-answer.ts";
import { countEvents, withIds } from "../answers/held-frames.ts";
import type { ChatError } from "../core/failure.ts";
import { type AnswerPlace, type AnswerRecord, placeOf } from "./answer-record.ts";
import { type Entry, entriesOf } from "./connection.ts";
import type { SharedStore } from "./shared-store.ts";
import type { Sealer } from "./store-key.ts";

/** After so long without a sign of the server that makes it, beyond what its last sign counted, it is lost. */
const LOST_MS = 3_000;
/** The same where nothing is heard of anybody, since the store is gone. */
const STORE_LOST_MS = 10_000;
/** How long one is kept that nobody reads. */
const UNREAD_MS = 5_000;

/** How often text may be missing before what follows it. */
const MOST_GAPS = 3;

type Held = NonNullable<AnswerRecord["held"]>;

/** An answer that another server makes or has made, read from the store for whoever asks here. */
export class MirroredAnswer {
  readonly answer: HeldAnswer;
  readonly replica: string;
  readonly #store: SharedStore;
  readonly #keeper: Keeper;
  readonly #held: Held;
  readonly #place: AnswerPlace;
  readonly #sealer: Sealer;
  #unreadSince = performance.now();
  #missingSince: number | undefined;
  #nextSign = 0;
  #gaps = 0;

  /** @param record of one that is held */
  constructor(record: AnswerRecord & { held: Held }, store: SharedStore, keeper: Keeper) {
    this.replica = record.replica;
    this.#store = store;
    this.#keeper = keeper;
    this.#held = record.held;
    this.#place = placeOf(store.key, record.held.id);
    this.#sealer = store.key.sealerFor(this.#place.text);
    const { id, kind, headers, farewell, lost } = record.held;
    const options = {
      owner: record.owner,
      kind,
      headers,
      // Whether anybody still reads it is for the server to know that makes it.
      finish: true,
      isFromElsewhere: true,
      farewell: () => farewell,
      lost: () => lost,
      abort: (_reason: ChatError) => {
        if (this.answer.isStopped) void this.#tell("stop");
      },
    };
    this.answer = new HeldAnswer(id, options, keeper);
    if (record.isOutgrown === true) this.answer.outgrow();
  }

  /** Takes what the store has, and follows. @throws where the store cannot be reached, or has lost it */
  async open(isComplete: boolean): Promise<void> {
    // Nobody can begin to read it any more.
    if (this.answer.isOutgrown) return;
    const entries = entriesOf(await this.#store.command("XRANGE", this.#place.text, "-", "+"));
    for (const entry of entries) this.#take(entry);
    if (this.answer.isOver) return;
    if (isComplete) throw new Error("The store has lost the text of an answer.");
    if (this.#store.knowsWhoLives && !(await this.#store.isAlive(this.replica))) return this.#lose();
    this.#follow(entries.at(-1)?.id ?? "0");
    this.#sign();
  }

  /** It is read by nobody any more, or can be had no longer. */
  close(): void {
    this.#store.unfollow(this.#place.text);
    this.answer.forget();
    // What it took is free.
    this.#keeper.onChange(this.answer);
  }

  /** The store was lost and is back: the server that makes the answer writes it anew. */
  restart(): void {
    if (!this.answer.isOver) this.#follow("0");
  }

  /** Called about once a second. @param isAlive whether its server has said so; undefined where nobody can know */
  tick(isAlive: boolean | undefined): void {
    const now = performance.now();
    if (this.answer.hasReaders) this.#unreadSince = now;
    if (this.answer.isOver) return;
    if (now >= this.#nextSign && this.answer.hasReaders) this.#sign();
    if (isAlive === true) this.#missingSince = undefined;
    else this.#missingSince ??= now;
    const patience = isAlive === undefined ? STORE_LOST_MS : LOST_MS;
    if (this.#missingSince !== undefined && now - this.#missingSince >= patience) this.#lose();
  }

  /** Somebody has asked for it. */
  touch(): void {
    this.#unreadSince = performance.now();
  }

  get isUnread(): boolean {
    return performance.now() - Math.max(this.#unreadSince, this.answer.awaitedAt) > UNREAD_MS;
  }

  /** Tells the server that makes it that somebody reads it. */
  #sign(): void {
    this.#nextSign = performance.now() + Math.min(5_000, Math.max(500, this.#held.graceMs / 3));
    void this.#tell("read");
  }

  #tell(what: string): Promise<void> {
    return this.#store.send(this.replica, { [what]: this.#held.id }).catch(() => undefined);
  }

  #follow(after: string): void {
    this.#store.follow(this.#place.text, after, (entry) => this.#take(entry));
  }

  #take({ fields: { at, text, end } }: Entry): void {
    if (this.answer.isOver) return;
    if (end !== undefined) this.#end(this.#sealer.open(end, "end").toString());
    if (at === undefined || text === undefined) return;
    const bytes = this.#sealer.open(text, at);
    const known = this.answer.length - Number(at);
    // What is written anew after the store was lost comes from its beginning on.
    if (known < 0 && this.#gaps++ < MOST_GAPS) this.#follow("0");
    else if (known < 0) this.#lose();
    else if (known < bytes.length) this.#append(bytes.subarray(known));
  }

  /** @param bytes whole events */
  #append(bytes: Uint8Array): void {
    const frames = Buffer.from(bytes).toString();
    this.answer.append(frames, countEvents(frames));
  }

  #end(how: string): void {
    this.#store.unfollow(this.#place.text);
    const [ending, length] = how.split(" ");
    if (ending === "outgrown") {
      const frames = this.#numbered(this.#held.farewell);
      this.answer.append(frames, countEvents(frames));
      this.answer.end();
      this.answer.outgrow();
    } else if (Number(length) !== this.answer.length) {
      this.#lose();
    } else if (ending === "stopped") {
      this.answer.endStopped();
    } else {
      this.answer.end();
    }
  }

  #lose(): void {
    this.#store.unfollow(this.#place.text);
    const frames = this.#numbered(this.#held.lost);
    this.answer.lose(frames, countEvents(frames));
  }

  #numbered(frames: string): string {
    return this.#held.kind === "nash" ? withIds(frames, this.answer.eventCount)[0] : frames;
  }
}
