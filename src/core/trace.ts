import type { EndReason, Usage } from "./event.ts";
import type { Failure, FailureType } from "./failure.ts";
import type { Session } from "./session.ts";

/** How a request ended: as it should, with a failure, because it was stopped, or because the client left. */
export type Outcome = "complete" | "failed" | "stopped" | "left";

/** One try at one provider. */
export interface AttemptTrace {
  readonly provider: string;
  readonly model: string;
  /** Why it gave no answer. */
  type?: FailureType;
  /** Milliseconds until its failure, or its end. */
  ms: number;
}

/** What is known of an attempt at its end. */
export interface AttemptEnd {
  readonly usage?: Usage | undefined;
  readonly firstTokenMs?: number | undefined;
  readonly finishReason?: string | undefined;
}

/** One try in the eyes of a system for traces. */
export interface AttemptSpan {
  /** What the provider is sent with it, so that what it traces joins what we trace: `traceparent`. */
  readonly headers: Readonly<Record<string, string>>;
  /** @param type of the failure, where it was one */
  end(known: AttemptEnd, type?: FailureType): void;
}

/** One request in the eyes of a system for traces. */
export interface RequestSpan {
  attempt(provider: string, model: string): AttemptSpan;
  /** The request is over, and with it whatever has not been ended. */
  end(trace: Trace): void;
}

/** Tokens that were sent at least, by what can be counted without a tokenizer, and that the provider says it has read. */
export interface PromptCut {
  readonly sent: number;
  readonly read: number;
}

/**
 * What is known of one request while it lives, for its log line, its metrics, its headers and its receipt.
 * Never a key, a prompt or an answer.
 */
export class Trace {
  readonly id: string = crypto.randomUUID();
  /** Milliseconds, from the process's monotonic clock. */
  readonly started: number = performance.now();
  readonly method: string;
  /** Without the provider that it began with, and without the id of an answer. */
  readonly path: string;
  /** The provider that the path began with: `groq` in `/groq/v1/models`. */
  readonly prefix: string | undefined;
  session: Session | undefined;
  /** The name of the client that asks, where the server tells its clients apart. */
  client: string | undefined;
  provider: string | undefined;
  /** The pattern of the `[[route]]` that chose where it goes. */
  route: string | undefined;
  /** As the client wrote it, without any key. */
  model: string | undefined;
  status = 200;
  failure: Failure | undefined;
  outcome: Outcome | undefined;
  finishReason: EndReason | "stopped" | "left" | undefined;
  /** As the provider reported it, */
  usage: Usage | undefined;
  /** and as this server reckons it where the provider reported none. */
  estimate: Usage | undefined;
  /** US dollars, where the price is known. */
  cost: number | undefined;
  promptCut: PromptCut | undefined;
  /** Milliseconds from the start to the first text or reasoning. */
  firstTokenMs: number | undefined;
  /** The answer is a stream, which ends long after its headers have gone out. */
  streaming = false;
  /** The providers that were tried, in order. */
  readonly attempts: AttemptTrace[] = [];
  /** Only where somebody traces. */
  span: RequestSpan | undefined;
  #attemptStarted = 0;
  #attemptSpan: AttemptSpan | undefined;

  constructor(method: string, path: string, prefix?: string) {
    this.method = method;
    this.path = path;
    this.prefix = prefix;
  }

  /** Notes the first piece of the answer. */
  sawText(): void {
    this.firstTokenMs ??= performance.now() - this.started;
  }

  /**
   * A provider is being asked.
   * @param model as it is asked for, without any key
   * @returns headers that go with this try alone
   */
  beginAttempt(provider: string, model: string): Readonly<Record<string, string>> | undefined {
    this.#attemptStarted = performance.now();
    this.attempts.push({ provider, model, ms: 0 });
    this.#attemptSpan = this.span?.attempt(provider, model);
    return this.#attemptSpan?.headers;
  }

  /** @param type of the failure, where it was one */
  endAttempt(type?: FailureType): void {
    const attempt = this.attempts.at(-1);
    if (attempt === undefined) return;
    attempt.ms = performance.now() - this.#attemptStarted;
    if (type !== undefined) attempt.type = type;
    this.#attemptSpan?.end(this, type);
    this.#attemptSpan = undefined;
  }

  /** Without the targets that were passed over. */
  get attemptsMade(): readonly AttemptTrace[] {
    return this.attempts.filter(({ ms }) => ms > 0);
  }

  /** A target was not asked, since it failed lately. */
  skipAttempt(provider: string, model: string, type: FailureType): void {
    this.attempts.push({ provider, model, type, ms: 0 });
  }
}

/**
 * Seconds between two tokens, on average: from the first text or reasoning to now, over the tokens after the first one.
 * Unknown without a count, and where the first text came with the last (an answer that was not streamed).
 */
export function secondsPerToken({ started, firstTokenMs, usage }: Trace): number | undefined {
  if (firstTokenMs === undefined || usage === undefined || usage.outputTokens < 2) return undefined;
  return (performance.now() - started - firstTokenMs) / 1000 / (usage.outputTokens - 1);
}
