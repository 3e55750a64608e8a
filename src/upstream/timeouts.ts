import { Deadline } from "../core/deadline.ts";
import { ChatError } from "../core/failure.ts";

/** How long each phase of an answer may take, in milliseconds. */
export interface Timeouts {
  /** Until a new connection to the provider is established. Checked only while no response headers have come. */
  readonly connect: number;
  /** Until the first event of the answer, from the request on. */
  readonly firstEvent: number;
  /** Between two events. Comments, pings and other heartbeats do not count. */
  readonly gap: number;
  /** The whole answer. */
  readonly answer: number;
}

export const DEFAULT_TIMEOUTS: Timeouts = {
  connect: 10_000,
  firstEvent: 300_000,
  gap: 120_000,
  answer: 3_600_000,
};

/** How long a provider that has said it is finished may take to close its stream. */
const TRAILING_MS = 10_000;

/** How long the body of an error may take; its status has said enough. */
const ERROR_BODY_MS = 2_000;

/**
 * The timeouts of one answer on one timer: each phase replaces the one before, and none outlasts the whole answer.
 * Time in which nobody asks for the next event does not count: a slow client is not the provider's fault.
 */
export class AnswerTimeouts {
  readonly #timeouts: Timeouts;
  readonly #until: number;
  readonly #deadline: Deadline;
  #hasBegun = false;

  /**
   * @param startedAt when the answer was asked for, on the process's monotonic clock (`performance.now()`)
   * @param onTimeout is told what took too long
   */
  constructor(timeouts: Timeouts, startedAt: number, onTimeout: (error: ChatError) => void) {
    this.#timeouts = timeouts;
    this.#until = startedAt + timeouts.answer;
    this.#deadline = new Deadline({
      onTimeout: () => onTimeout(new ChatError({ type: "timeout", message: this.#message() })),
    });
  }

  /** The request goes out. */
  request(): void {
    this.#set(this.#timeouts.firstEvent);
  }

  /** An error's headers have come; its body is read. */
  errorBody(): void {
    this.#set(ERROR_BODY_MS);
  }

  /** An event has come. @param finished the provider has said that it is finished, and all of the answer is there */
  event(finished: boolean): void {
    this.#hasBegun = true;
    this.#set(finished ? Math.min(this.#timeouts.gap, TRAILING_MS) : this.#timeouts.gap);
  }

  /** Nobody waits for the next event. */
  pause(): void {
    this.#deadline.pause();
  }

  /** Somebody waits again, perhaps after so long that the whole answer has timed out. */
  resume(): void {
    this.#deadline.resume();
    if (performance.now() >= this.#until) this.#deadline.set(0);
  }

  clear(): void {
    this.#deadline.clear();
  }

  #set(milliseconds: number): void {
    this.#deadline.set(Math.max(0, Math.min(milliseconds, this.#until - performance.now())));
  }

  #message(): string {
    if (performance.now() >= this.#until) return "The answer took longer than this server allows.";
    return this.#hasBegun
      ? "The provider fell silent in the middle of its answer."
      : "The provider did not begin its answer in time.";
  }
}
