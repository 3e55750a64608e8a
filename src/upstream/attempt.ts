import { Deadline, type Timed } from "../core/deadline.ts";
import { type Batch, type ChatEvent, endsAnswer } from "../core/event.ts";
import { ChatError, type Failure } from "../core/failure.ts";
import { parseJson } from "../core/json.ts";
import type { Secret } from "../core/secret.ts";
import type { Protocol } from "../protocols/protocol.ts";
import { cutShort } from "../protocols/broken-answer.ts";
import { readText } from "./body.ts";
import type { Clocks } from "./clocks.ts";
import type { Destination } from "./guard.ts";
import type { Question } from "./question.ts";
import { Reading, type ReadingHooks, type ReadingLimits } from "./reading.ts";
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
export class Attempt implements ReadingHooks, Timed {
  #question: Question | undefined;
  readonly #protocol: Protocol;
  readonly #host: string;
  readonly #secrets: readonly Secret[];
  readonly #options: AttemptOptions;
  /** When the whole answer must be there, on the process's monotonic clock. */
  readonly #until: number;
  readonly #signal: AbortSignal;
  readonly #deadline = new Deadline(this);
  /** Gives up the request while no headers have come; afterwards there is a body to be given up. */
  #asking: AbortController | undefined;
  #body: ReplyBody | undefined;
  #reading: Reading | undefined;
  #over = false;
  #givenUp = false;
  /** The first event has come. */
  #begun = false;
  /** The failure is the provider's own word, not our clock or the network. */
  saidByProvider = false;

  /**
   * @param started when the answer was asked for, on the process's monotonic clock
   * @param signal ends the provider's request; a reason that is a `ChatError` becomes the answer's `error`
   */
  constructor(question: Question, options: AttemptOptions, started: number, signal: AbortSignal) {
    this.#question = question;
    this.#protocol = question.protocol;
    this.#host = question.url.host;
    this.#secrets = question.secrets;
    this.#options = options;
    this.#until = started + options.clocks.answer;
    this.#signal = signal;
  }

  /** The next events, or undefined once the answer is over. */
  next(): Promise<Batch | undefined> {
    if (this.#over) return Promise.resolve(undefined);
    const question = this.#question;
    if (question !== undefined) {
      // What is sent is let go of, for an answer may run for an hour.
      this.#question = undefined;
      return this.#begin(question).then(this.#give);
    }
    this.#deadline.resume();
    // A reader may have taken so long that no clock was running.
    if (performance.now() >= this.#until) this.missed();
    return (this.#reading?.next() ?? Promise.resolve(undefined)).then(this.#give);
  }

  /** The provider has said that it is finished. */
  finished(): void {
    this.#allow(this.#gap());
  }

  /** What a read means that was rejected. */
  faultOf(error: unknown): Failure {
    const isKnown = error instanceof ChatError || isMalformed(error);
    return isKnown ? faultBehind(error, this.#signal, this.#host) : cutShort();
  }

  /** A clock of ours has run out. */
  missed(): void {
    this.#giveUp(new ChatError({ type: "timeout", message: this.#whatTookTooLong() }));
  }

  readonly #give = (batch: Batch | undefined): Batch | undefined => {
    if (this.#reading !== undefined) this.#moveDeadline();
    const last = batch?.at(-1);
    if (batch === undefined || last === undefined) return batch;
    if (endsAnswer(last)) this.#settle(last);
    if (last.type !== "error") return batch;
    return [...batch.slice(0, -1), { ...last, failure: presentable(last.failure, this.#secrets) }];
  };

  async #begin({ url, headers, body }: Question): Promise<Batch | undefined> {
    const { clocks, locate } = this.#options;
    const asking = new AbortController();
    this.#asking = asking;
    if (this.#signal.aborted) this.#abort();
    else this.#signal.addEventListener("abort", this.#abort, { once: true });
    this.#allow(clocks.firstEvent);
    try {
      const destination = await locate(url, asking.signal);
      const reply = await send(destination, {
        method: "POST",
        headers,
        body,
        connectMs: clocks.connect,
        signal: asking.signal,
        secrets: this.#secrets,
      });
      this.#asking = undefined;
      this.#body = reply.body;
      // The signal's listener was gone once the head had come.
      if (asking.signal.aborted) reply.body.cancel(asking.signal.reason);
      return await this.#read(reply);
    } catch (error) {
      return [failed(faultBehind(error, asking.signal, this.#host))];
    }
  }

  async #read({ status, headers, body }: Reply): Promise<Batch | undefined> {
    const encoding = headers.get("content-encoding")?.toLowerCase() ?? "identity";
    if (status < 200 || status > 299) {
      this.saidByProvider = true;
      const text = encoding === "identity" ? await this.#errorText(body) : "";
      return [failed(this.#protocol.failure(status, headers, text))];
    }
    const type = headers.get("content-type")?.toLowerCase() ?? "text/event-stream";
    if (encoding !== "identity") return [failed(unwanted(`an answer packed with ${encoding.slice(0, 40)}`))];
    if (status === 204) return [failed(unwanted("an answer without a body"))];
    if (type.startsWith("text/event-stream")) return this.#readStream(body);
    if (type.includes("json")) return this.#readReply(body);
    return [failed(unwanted(`${type.split(";")[0]?.slice(0, 60)} where a stream was expected`))];
  }

  async #readStream(body: ReplyBody): Promise<Batch | undefined> {
    this.#reading = new Reading(body, this.#protocol.decoder(), this.#options.limits, this);
    const batch = await this.#reading.next();
    const first = batch?.[0];
    this.saidByProvider =
      first?.type === "error" && !["incomplete", "bad_output"].includes(first.failure.type) && !this.#givenUp;
    this.#begun = true;
    return batch;
  }

  async #readReply(body: ReplyBody): Promise<Batch> {
    const { maxAnswer } = this.#options.limits;
    const { text, whole } = await readText(body, maxAnswer);
    const json = whole ? parseJson(text) : undefined;
    if (json === undefined) return [failed(unwanted(whole ? "broken JSON" : "an answer that is too long"))];
    const events: ChatEvent[] = [];
    this.#protocol.reply(json, events);
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

  #whatTookTooLong(): string {
    if (performance.now() >= this.#until) return "The answer took longer than this server allows.";
    return !this.#begun
      ? "The provider did not begin its answer in time."
      : "The provider fell silent in the middle of its answer.";
  }

  readonly #abort = () => {
    this.#deadline.clear();
    this.#giveUp(this.#signal.reason);
  };

  /** Ends the provider's request, in whatever phase it is. */
  #giveUp(reason: unknown): void {
    this.#givenUp = true;
    this.#asking?.abort(reason);
    this.#body?.cancel(reason);
  }

  #settle(last: ChatEvent): void {
    this.#over = true;
    this.#deadline.clear();
    this.#signal.removeEventListener("abort", this.#abort);
    if (last.type !== "end" || this.#body === undefined) this.#giveUp(undefined);
    else if (!this.#body.isOver) void drain(this.#body);
  }
}

/** Reads what little is left behind the end, so that the connection can serve the next request. */
async function drain(body: ReplyBody): Promise<void> {
  const deadline = new Deadline({ missed: () => body.cancel(undefined) });
  deadline.set(DRAIN_MS);
  try {
    while ((await body.read()) !== undefined);
  } catch {
    // Cut or given up behind its end: nothing of the answer is missing.
  } finally {
    deadline.clear();
  }
}

function failed(failure: Failure): ChatEvent {
  return { type: "error", failure };
}

function unwanted(what: string): Failure {
  return { type: "bad_output", message: `The provider sent ${what}.` };
}
