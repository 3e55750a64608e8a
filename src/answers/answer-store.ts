import { Deadline } from "../core/deadline.ts";
import { ChatError, invalidField, STOPPED } from "../core/failure.ts";
import { HeldAnswer, type Keeper } from "./held-answer.ts";
import type { HeldAnswerOptions } from "./held-answer-options.ts";
import type { SharedAnswers } from "./shared-answers.ts";

/** How long and how much is held (docs/protocol.md 11). */
export interface ResumeLimits {
  /** How long an answer waits for somebody to read it, in milliseconds. */
  readonly graceMs: number;
  /** How long it is held after its end. */
  readonly holdMs: number;
  /** Most bytes of one answer, and of all. */
  readonly answerBytes: number;
  readonly bytes: number;
}

export const DEFAULT_RESUME_LIMITS: ResumeLimits = {
  graceMs: 30_000,
  holdMs: 120_000,
  answerBytes: 4_194_304,
  bytes: 67_108_864,
};

/** An answer that runs on the connection of its client: it can be stopped, and nothing of it is held. */
export interface RunningAnswer {
  readonly owner: string | undefined;
  readonly slot: { abort(reason: ChatError): void };
}

/** Which part of a client's request is refused where nothing more can be held. */
const RESUMABLE = "stream_options.resumable";

/**
 * The answers of this server that somebody may ask for by their id: those that run, to be stopped, and those that are held,
 * to be taken up again. What has been over longest goes first where memory is short.
 */
export class AnswerStore implements Keeper {
  readonly #limits: ResumeLimits;
  /** What other servers hold, and what they are told of this one's; absent where it stands alone. */
  readonly #shared: SharedAnswers | undefined;
  readonly onNews: Keeper["onNews"];
  readonly #running = new Map<string, RunningAnswer>();
  readonly #held = new Map<string, HeldAnswer>();
  /** Those that are over, the one first that has been longest, each with the time at which it goes. */
  readonly #over = new Map<HeldAnswer, Deadline>();
  /** What each answer was last known to take, those included that are forgotten but still being read. */
  readonly #memory = new Map<HeldAnswer, number>();
  #bytes = 0;

  constructor(limits: ResumeLimits, shared?: SharedAnswers) {
    this.#limits = limits;
    this.#shared = shared;
    shared?.attach(this);
    if (shared !== undefined) this.onNews = (answer) => shared.onNews(answer);
  }

  get holdMs(): number {
    return this.#limits.holdMs;
  }

  get graceMs(): number {
    return this.#limits.graceMs;
  }

  /** How many answers are held. */
  get size(): number {
    return this.#held.size;
  }

  /** Bytes of memory that they take. */
  get bytes(): number {
    return this.#bytes;
  }

  /** How many answers could be stopped. */
  get running(): number {
    return this.#running.size;
  }

  add(id: string, answer: RunningAnswer): void {
    this.#running.set(id, answer);
    this.#shared?.add(id, answer.owner);
  }

  remove(id: string): void {
    this.#running.delete(id);
    this.#shared?.remove(id);
  }

  /** Asks whether another answer may be held. @throws {ChatError} `overloaded` where none can go for it, `invalid_request` where none is ever held */
  checkRoom(): void {
    if (this.#limits.bytes === 0)
      throw invalidField(RESUMABLE, "This server holds no answers. Without `resumable` it answers.");
    if (this.#makeRoom(1)) return;
    throw new ChatError({
      type: "overloaded",
      message: "This server holds as much of resumable answers as it may. Without `resumable` it answers.",
      param: RESUMABLE,
      retryAfter: 1,
    });
  }

  /** Holds an answer from its beginning on. */
  hold(id: string, options: HeldAnswerOptions): HeldAnswer {
    const answer = new HeldAnswer(id, options, this);
    this.#held.set(id, answer);
    this.#account(answer);
    this.#shared?.hold(answer);
    return answer;
  }

  /** @returns nothing where there is none of that id, of that kind, for that client */
  async find(
    id: string,
    kind: HeldAnswerOptions["kind"],
    owner: string | undefined,
  ): Promise<HeldAnswer | undefined> {
    const answer = this.#held.get(id) ?? (await this.#shared?.find(id));
    return answer?.options.kind === kind && answer.options.owner === owner ? answer : undefined;
  }

  /**
   * Stops an answer that runs, here or elsewhere; forgets one that is held and over.
   * @returns what was done, nothing where there is none
   */
  async stop(id: string, owner: string | undefined): Promise<"stopped" | "deleted" | undefined> {
    return this.stopHere(id, owner) ?? (await this.#shared?.stop(id, owner));
  }

  /** The same for those of this server. */
  stopHere(id: string, owner: string | undefined): "stopped" | "deleted" | undefined {
    const running = this.#running.get(id);
    if (running !== undefined && running.owner === owner) {
      running.slot.abort(new ChatError(STOPPED));
      return "stopped";
    }
    const held = this.#held.get(id);
    if (held === undefined || held.options.owner !== owner) return undefined;
    if (held.isOver) {
      this.delete(held);
      return "deleted";
    }
    held.stop();
    return "stopped";
  }

  /** Nobody can ask for it any more, here or elsewhere; one that runs is stopped. */
  delete(answer: HeldAnswer): void {
    this.forget(answer);
    this.#shared?.delete(answer.id);
  }

  /** It is held here no longer; one that runs is stopped. */
  forget(answer: HeldAnswer): void {
    answer.stop();
    answer.forget();
    this.#held.delete(answer.id);
    this.#over.get(answer)?.clear();
    this.#over.delete(answer);
    this.#account(answer);
  }

  /** One of this server's own by its id. */
  own(id: string): HeldAnswer | undefined {
    return this.#held.get(id);
  }

  /** Forgets all: the server stops. */
  clear(): void {
    for (const answer of this.#held.values()) this.forget(answer);
  }

  mayGrow(answer: HeldAnswer, bytes: number): boolean {
    if (answer.length + bytes > this.#limits.answerBytes) return false;
    const growth = answer.growth(bytes);
    if (growth > 0 && !this.#makeRoom(growth)) return false;
    this.#set(answer, answer.memory + growth);
    return true;
  }

  onChange(answer: HeldAnswer): void {
    const isHeld = this.#held.get(answer.id) === answer;
    if (isHeld && answer.isOver && !this.#over.has(answer)) {
      const deadline = new Deadline({ onTimeout: () => this.forget(answer) });
      this.#over.set(answer, deadline);
      deadline.set(this.#limits.holdMs);
    }
    this.#account(answer);
  }

  /** Lets those go that have been over longest, and that nobody reads, until so many bytes more fit. */
  #makeRoom(bytes: number): boolean {
    for (const answer of this.#over.keys()) {
      if (this.#bytes + bytes <= this.#limits.bytes) return true;
      if (!answer.hasReaders) this.forget(answer);
    }
    return this.#bytes + bytes <= this.#limits.bytes;
  }

  /** Takes account of what an answer takes now: nothing once it is forgotten and read by nobody. */
  #account(answer: HeldAnswer): void {
    const isThere = this.#held.get(answer.id) === answer || answer.hasReaders;
    this.#set(answer, isThere ? answer.memory : 0);
  }

  #set(answer: HeldAnswer, memory: number): void {
    this.#bytes += memory - (this.#memory.get(answer) ?? 0);
    if (memory === 0) this.#memory.delete(answer);
    else this.#memory.set(answer, memory);
  }
}
