import { Deadline } from "../core/deadline.ts";
import type { Batch, ChatEvent } from "../core/event.ts";
import { ChatError, type Failure } from "../core/failure.ts";
import { parseJson } from "../core/json.ts";
import { cutShort } from "../protocols/verdict.ts";
import { readText } from "./body.ts";
import type { Clocks } from "./clocks.ts";
import type { Destination } from "./guard.ts";
import type { Question } from "./question.ts";
import { Reading, type ReadingLimits } from "./reading.ts";
import type { Reply, ReplyBody } from "./reply.ts";
import { faultBehind, isMalformed, send } from "./send.ts";
import { presentable } from "./words.ts";

/** As much of an error's body as is read. */
const MAX_ERROR_BYTES = 64 * 1024;

/** How long the body of an error may take; its status has said enough. */
const ERROR_BODY_MS = 2_000;

/** How long a provider that has finished may take to close its stream. */
const TRAILING_MS = 10_000;

/** How long a connection may take to end after the answer has, to be kept for the next request. */
const DRAIN_MS = 1_000;

export interface AttemptOptions {
  readonly clocks: Clocks;
  readonly limits: ReadingLimits;
  /**
   * Where a URL may be reached.
   * @throws {ChatError} `forbidden` or `network`
   */
  readonly locate: (url: URL, signal: AbortSignal) => Promise<Destination>;
}

/**
 * One try at getting an answer. It never throws and ends with exactly one `end` or `error`; clocks, the network and
 * the provider's status all end in that event. When its signal aborts, so does the provider's request.
 */
export class Attempt {
  readonly #question: Omit<Question, "body">;
  readonly #options: AttemptOptions;
  /** When the whole answer must be there, on the process's monotonic clock. */
  readonly #until: number;
  readonly #signal: AbortSignal;
  readonly #controller = new AbortController();
  readonly #deadline = new Deadline(() => this.#late());
  /** What is sent; let go of once it has been, for an answer may run for an hour. */
  #outgoing: string | undefined;
  #reading: Reading | undefined;
  #body: ReplyBody | undefined;
  #started = false;
  #over = false;
  /** The first event has come. */
  #begun = false;
  /** The failure is the provider's own word, not our clock or the network. */
  saidByProvider = false;

  /**
   * @param started when the answer was asked for, on the process's monotonic clock
   * @param signal ends the provider's request; a reason that is a `ChatError` becomes the answer's `error`
   */
  constructor(
    { body, ...question }: Question,
    options: AttemptOptions,
    started: number,
    signal: AbortSignal,
  ) {
    this.#question = question;
    this.#outgoing = body;
    this.#options = options;
    this.#until = started + options.clocks.answer;
    this.#signal = signal;
    if (signal.aborted) this.#abort();
    else signal.addEventListener("abort", this.#abort, { once: true });
  }

  /** The next events, or undefined once the answer is over. */
  async next(): Promise<Batch | undefined> {
    if (this.#over) return undefined;
    let batch: Batch | undefined;
    if (this.#started) {
      this.#deadline.resume();
      // A reader may have taken so long that no clock was running.
      if (performance.now() >= this.#until) this.#late();
      batch = await this.#reading?.next();
      this.#moveDeadline();
    } else {
      this.#started = true;
      batch = await this.#begin();
    }
    const last = batch?.at(-1);
    if (batch === undefined || last === undefined) return batch;
    if (last.type === "end" || last.type === "error") this.#settle(last);
    if (last.type !== "error") return batch;
    return [...batch.slice(0, -1), { ...last, failure: presentable(last.failure, this.#question.secrets) }];
  }

  async #begin(): Promise<Batch | undefined> {
    const { clocks } = this.#options;
    const body = this.#outgoing ?? "";
    this.#outgoing = undefined;
    this.#allow(clocks.firstEvent);
    try {
      const destination = await this.#options.locate(this.#question.url, this.#controller.signal);
      const reply = await send(destination, {
        method: "POST",
        headers: this.#question.headers,
        body,
        connectMs: clocks.connect,
        signal: this.#controller.signal,
      });
      return await this.#read(reply);
    } catch (error) {
      return [failed(this.#fault(error))];
    }
  }

  async #read({ status, headers, body }: Reply): Promise<Batch | undefined> {
    const { protocol } = this.#question;
    const encoding = headers.get("content-encoding")?.toLowerCase() ?? "identity";
    if (status < 200 || status > 299) {
      this.saidByProvider = true;
      const text = encoding === "identity" ? await this.#errorText(body) : "";
      return [failed(protocol.failure(status, headers, text))];
    }
    const type = headers.get("content-type")?.toLowerCase() ?? "text/event-stream";
    if (encoding !== "identity") return [failed(unwanted(`an answer packed with ${encoding.slice(0, 40)}`))];
    if (status === 204) return [failed(unwanted("an answer without a body"))];
    if (type.startsWith("text/event-stream")) return this.#readStream(body);
    if (type.includes("json")) return this.#readReply(body);
    return [failed(unwanted(`${type.split(";")[0]?.slice(0, 60)} where a stream was expected`))];
  }

  async #readStream(body: ReplyBody): Promise<Batch | undefined> {
    this.#body = body;
    const { limits } = this.#options;
    this.#reading = new Reading(body, this.#question.protocol.decoder(), limits, {
      finished: () => this.#allow(this.#gap()),
      faultOf: (error) =>
        this.#controller.signal.aborted || isMalformed(error) ? this.#fault(error) : cutShort(),
    });
    const batch = await this.#reading.next();
    const first = batch?.[0];
    this.saidByProvider =
      first?.type === "error" &&
      !["incomplete", "bad_output"].includes(first.failure.type) &&
      !this.#controller.signal.aborted;
    this.#begun = true;
    this.#moveDeadline();
    return batch;
  }

  async #readReply(body: ReplyBody): Promise<Batch> {
    const { maxAnswer } = this.#options.limits;
    const { text, whole } = await readText(body, maxAnswer);
    const json = whole ? parseJson(text) : undefined;
    if (json === undefined) return [failed(unwanted(whole ? "broken JSON" : "an answer that is too long"))];
    const events: ChatEvent[] = [];
    this.#question.protocol.reply(json, events);
    this.saidByProvider = events[0]?.type === "error" && events[0].failure.type !== "bad_output";
    return events;
  }

  /** A status says enough: a body that hangs or breaks does not hide it. */
  async #errorText(body: ReplyBody): Promise<string> {
    this.#allow(ERROR_BODY_MS);
    try {
      return (await readText(body, MAX_ERROR_BYTES)).text;
    } catch {
      return "";
    }
  }

  /** Only events count: comments and pings must not keep a dead stream alive. Nor does time that a slow reader takes. */
  #moveDeadline(): void {
    this.#allow(this.#gap());
    this.#deadline.pause();
  }

  /** How long the next event may take. */
  #gap(): number {
    const { gap } = this.#options.clocks;
    return this.#reading?.finished ? Math.min(gap, TRAILING_MS) : gap;
  }

  /** Sets the deadline, which is never later than that of the whole answer. */
  #allow(milliseconds: number): void {
    this.#deadline.set(Math.min(milliseconds, this.#until - performance.now()));
  }

  #late(): void {
    this.#controller.abort(new ChatError({ type: "timeout", message: this.#whatTookTooLong() }));
  }

  #whatTookTooLong(): string {
    if (performance.now() >= this.#until) return "The answer took longer than this server allows.";
    return !this.#begun
      ? "The provider did not begin its answer in time."
      : "The provider fell silent in the middle of its answer.";
  }

  readonly #abort = () => {
    this.#deadline.clear();
    this.#controller.abort(this.#signal.reason);
  };

  #fault(error: unknown): Failure {
    return faultBehind(error, this.#controller.signal, this.#question.url.host);
  }

  #settle(last: ChatEvent): void {
    this.#over = true;
    this.#deadline.clear();
    this.#signal.removeEventListener("abort", this.#abort);
    if (last.type === "end" && this.#body !== undefined) void this.#drain(this.#body);
    else this.#controller.abort();
  }

  /** Reads what little is left behind the end, so that the connection can serve the next request. */
  async #drain(body: ReplyBody): Promise<void> {
    const timer = setTimeout(() => this.#controller.abort(), DRAIN_MS);
    try {
      while ((await body.read()) !== undefined);
    } catch {
      // Cut or aborted behind its end: nothing of the answer is missing.
    } finally {
      clearTimeout(timer);
    }
  }
}

function failed(failure: Failure): ChatEvent {
  return { type: "error", failure };
}

function unwanted(what: string): Failure {
  return { type: "bad_output", message: `The provider sent ${what}.` };
}
