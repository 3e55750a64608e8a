import { Deadline } from "../core/deadline.ts";
import { ChatError, LEFT, STOPPED } from "../core/failure.ts";
import type { HeldAnswerOptions } from "./held-answer-options.ts";
import { type FramesCursor, HeldFrames } from "./held-frames.ts";
import { HeldReader, type ReadAnswer } from "./held-reader.ts";

/** What the store that holds an answer has to say to it. */
export interface Keeper {
  readonly graceMs: number;
  /** Whether an answer may grow. Others that are over may have to go for it. */
  mayGrow(answer: HeldAnswer, bytes: number): boolean;
  /** It is over, has let go of memory, or has lost a reader. */
  onChange(answer: HeldAnswer): void;
  /** More of it has come, or it is over; absent where nobody else holds it too. */
  readonly onNews?: ((answer: HeldAnswer) => void) | undefined;
}

/** A reader that is this far behind lets an answer wait that has outgrown its share, unless others are further. */
const WAIT_BEHIND = 65_536;

const utf8 = new TextEncoder();

/** An answer that belongs to the server: whoever reads it may go and come back. */
export class HeldAnswer implements ReadAnswer {
  readonly id: string;
  readonly options: HeldAnswerOptions;
  readonly #keeper: Keeper;
  readonly #frames = new HeldFrames();
  readonly #readers = new Set<HeldReader>();
  /** Until when somebody has to come back. */
  readonly #grace: Deadline;
  #isOver = false;
  #isStopped = false;
  #lostAt: number | undefined;
  #waitsForReaders = true;
  /** Once it has outgrown its share: how far behind a reader may be. */
  #share: number | undefined;
  #resume: (() => void) | undefined;
  #readElsewhereAt = Number.NEGATIVE_INFINITY;
  /** When somebody was last waiting to become a reader, on the monotonic clock. */
  awaitedAt = 0;

  constructor(id: string, options: HeldAnswerOptions, keeper: Keeper) {
    this.id = id;
    this.options = options;
    this.#keeper = keeper;
    this.#grace = new Deadline({ onTimeout: () => this.options.abort(new ChatError(LEFT)) });
    this.#waitForReaders();
  }

  get isOver(): boolean {
    return this.#isOver;
  }

  /** Somebody asked to end it. */
  get isStopped(): boolean {
    return this.#isStopped;
  }

  /** The server that made it is gone. */
  get isLost(): boolean {
    return this.#lostAt !== undefined;
  }

  /** So many events had come until then. */
  get lostAt(): number | undefined {
    return this.#lostAt;
  }

  /** It has become too long to be held: nobody can begin to read it any more. */
  get isOutgrown(): boolean {
    return this.#share !== undefined;
  }

  get hasReaders(): boolean {
    return this.#readers.size > 0;
  }

  /** Somebody has said of late that they read it at another server. */
  get isReadElsewhere(): boolean {
    return performance.now() - this.#readElsewhereAt < this.#keeper.graceMs;
  }

  get eventCount(): number {
    return this.#frames.eventCount;
  }

  /** Bytes that came. */
  get length(): number {
    return this.#frames.length;
  }

  /** Bytes of memory that it takes, or that its readers make it take. */
  get memory(): number {
    return this.#share === undefined ? this.#frames.allocated : Math.max(0, ...this.#behind());
  }

  /** More of it has come. @param frames whole events @param events how many */
  append(frames: string, events: number): void {
    if (events === 0 || this.#isOver) return;
    const bytes = utf8.encode(frames);
    if (this.#share === undefined && !this.#keeper.mayGrow(this, bytes.length)) this.outgrow();
    this.#frames.append(bytes, events);
    for (const reader of this.#readers) reader.wake();
    this.#keeper.onNews?.(this);
    if (this.#share === undefined) return;
    this.#cutBehind(Math.max(this.#share, WAIT_BEHIND));
    this.#keeper.onChange(this);
  }

  /** How much more memory so many bytes would take. */
  growth(bytes: number): number {
    return this.#frames.growth(bytes);
  }

  /**
   * Settles when more may be read from the provider: at once, unless the answer has outgrown its share and even its
   * fastest reader is behind. Readers at other servers are never waited for.
   */
  async ready(): Promise<void> {
    const isFollowed = () => this.isReadElsewhere || this.#nearest() <= WAIT_BEHIND;
    while (this.#share !== undefined && this.#waitsForReaders && !isFollowed()) {
      const { promise, resolve } = Promise.withResolvers<void>();
      this.#resume = resolve;
      await promise;
    }
  }

  /** All has come. */
  end(): void {
    this.#isOver = true;
    this.#frames.seal();
    this.#grace.clear();
    for (const reader of this.#readers) reader.wake();
    this.#keeper.onChange(this);
    this.#keeper.onNews?.(this);
  }

  /** The server that made it is gone. @param frames how that is told @param events how many of them */
  lose(frames: string, events: number): void {
    this.#lostAt = this.eventCount;
    this.append(frames, events);
    this.end();
  }

  /** It was stopped elsewhere. */
  endStopped(): void {
    this.#isStopped = true;
    this.end();
  }

  /** Somebody reads it elsewhere. */
  readElsewhere(): void {
    this.#readElsewhereAt = performance.now();
    this.#waitForReaders();
  }

  /** Ends the provider's request; readers get the rest of what came, and how it ended. */
  stop(): void {
    if (this.#isOver) return;
    this.#isStopped = true;
    this.options.abort(new ChatError(STOPPED));
    this.hurry();
  }

  /** The provider's request has been ended: all that is left to be read is how, and no reader is waited for. */
  hurry(): void {
    this.#waitsForReaders = false;
    this.onRead();
  }

  /** A reader that begins behind so many events. @returns nothing where that is not held any more */
  reader(behind: number): HeldReader | undefined {
    const position = this.#share === undefined ? this.#frames.behind(behind) : undefined;
    if (position === undefined) return undefined;
    const reader = new HeldReader(this, position);
    this.#readers.add(reader);
    this.#grace.clear();
    return reader;
  }

  /** The events that are held, as text. */
  events(): Generator<string, void, void> {
    return this.#frames.events();
  }

  /** Begins to follow its bytes from the first one on, as nobody's reader; undefined where they are not held any more. */
  follow(): FramesCursor | undefined {
    return this.#frames.follow();
  }

  onRead(): void {
    const resume = this.#resume;
    this.#resume = undefined;
    resume?.();
  }

  onClose(reader: HeldReader): void {
    this.#readers.delete(reader);
    this.onRead();
    this.#waitForReaders();
    this.#keeper.onChange(this);
  }

  /** It is to be forgotten: what is left of it goes with its last reader. */
  forget(): void {
    this.#grace.clear();
  }

  #waitForReaders(): void {
    if (this.#isOver || this.#readers.size > 0) return;
    // What nobody can come back to, nobody waits for.
    if (this.#share !== undefined && !this.isReadElsewhere) this.options.abort(new ChatError(LEFT));
    else if (this.#share !== undefined || !this.options.finish) this.#grace.set(this.#keeper.graceMs);
  }

  /** It has become too long to be held. */
  outgrow(): void {
    if (this.#share !== undefined) return;
    this.#share = this.#frames.length;
    this.#frames.letGo();
    this.#keeper.onChange(this);
    this.#keeper.onNews?.(this);
    this.#waitForReaders();
  }

  /** How far behind each reader is, */
  #behind(): number[] {
    return Array.from(this.#readers, ({ position }) => this.length - position);
  }

  /** and the fastest. */
  #nearest(): number {
    return this.#readers.size === 0 ? 0 : Math.min(...this.#behind());
  }

  /** A slow reader holds neither the others nor more memory than the answer had. */
  #cutBehind(share: number): void {
    // Whoever reads elsewhere keeps up, and the server that makes the answer waits for nobody here.
    const hasOthers = this.isReadElsewhere || this.options.isFromElsewhere === true;
    if (this.#readers.size < 2 && !hasOthers) return;
    const nearest = hasOthers ? 0 : this.#nearest();
    for (const reader of this.#readers) {
      const behind = this.length - reader.position;
      if (behind > share && behind > nearest) reader.cut(utf8.encode(this.options.farewell()));
    }
  }
}
