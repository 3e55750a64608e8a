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
  /** The name of the client that asks, where the server tells its clients apart, */
  client: string | undefined;
  /** and the `model` of the route that it asks by. */
  route: string | undefined;
  provider: string | undefined;
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
  #attemptStarted = 0;

  constructor(method: string, path: string, prefix?: string) {
    this.method = method;
    this.path = path;
    this.prefix = prefix;
  }

  /** Notes the first piece of the answer. */
  sawText(): void {
    this.firstTokenMs ??= performance.now() - this.started;
  }

  /** A provider is being asked. @param model as it is asked for, without any key */
  beginAttempt(provider: string, model: string): void {
    this.#attemptStarted = performance.now();
    this.attempts.push({ provider, model, ms: 0 });
  }

  /** @param type of the failure, where it was one */
  endAttempt(type?: FailureType): void {
    const attempt = this.attempts.at(-1);
    if (attempt === undefined) return;
    attempt.ms = performance.now() - this.#attemptStarted;
    if (type !== undefined) attempt.type = type;
  }

  /** A target was not asked, since it failed lately. */
  skipAttempt(provider: string, model: string, type: FailureType): void {
    this.attempts.push({ provider, model, type, ms: 0 });
  }
}
