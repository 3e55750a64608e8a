import { providerRequest, secretsOf } from "../chat/ask.ts";
import type { Batch } from "../core/event.ts";
import { ChatError, type Failure, type FailureType } from "../core/failure.ts";
import type { ChatRequest } from "../core/message.ts";
import { redact } from "../core/secret.ts";
import type { Trace } from "../core/trace.ts";
import { Translation } from "../core/translation.ts";
import type { Target } from "../routing/target.ts";
import type { ProviderRequest } from "../upstream/attempt.ts";
import { type Answer, errorFirst, openStream } from "../upstream/open-stream.ts";
import type { AnswerRequest } from "./answer-request.ts";
import type { Services } from "./services.ts";

/** Failures of one target that another may not have. */
const OTHERS_MAY_HELP: ReadonlySet<FailureType> = new Set([
  "rate_limit",
  "quota",
  "upstream",
  "network",
  "overloaded",
  "timeout",
  "bad_output",
  "incomplete",
]);

/** What is being asked, and of whom. */
interface Asked {
  readonly target: Target;
  readonly chat: ChatRequest;
  readonly translation: Translation;
  readonly request: ProviderRequest;
}

/**
 * One request and the targets that its route names. As long as no token has come the next one is asked where another may
 * help (docs/protocol.md 11); after that nothing is sent twice.
 */
export class RoutedAnswer<Body> implements Answer {
  readonly #request: AnswerRequest<Body>;
  readonly #trace: Trace;
  readonly #signal: AbortSignal;
  readonly #services: Services;
  /** Those that have not been asked. */
  #targets: readonly Target[];
  /** Those that were passed by, since they have failed lately. */
  readonly #resting: Target[] = [];
  #lastResort = false;
  #asked: Omit<Asked, "request"> | undefined;
  #answer: Answer | undefined;
  /** Its first event has come, or nobody else is to be asked. */
  #hasBegun = false;

  /** @param signal ends whatever is being asked */
  constructor(request: AnswerRequest<Body>, trace: Trace, signal: AbortSignal, services: Services) {
    this.#request = request;
    this.#targets = request.targets;
    this.#trace = trace;
    this.#signal = signal;
    this.#services = services;
  }

  get isReady(): boolean {
    return this.#answer?.isReady ?? false;
  }

  get model(): string | undefined {
    return this.#answer?.model;
  }

  get promptTokens(): number | undefined {
    return this.#answer?.promptTokens;
  }

  get headers(): Headers | undefined {
    return this.#answer?.headers;
  }

  /** A text of the provider's without the keys that it was sent. */
  withoutKeys(text: string): string {
    return this.#shown(this.target, text);
  }

  get target(): Target {
    return this.#known.target;
  }

  get chat(): ChatRequest {
    return this.#known.chat;
  }

  get translation(): Translation {
    return this.#known.translation;
  }

  /** Asks one target after another. @throws {ChatError} with the failure of the last one, where all fail */
  async open(): Promise<void> {
    const failure = await this.#askNext(undefined);
    if (failure !== undefined) throw new ChatError(failure);
  }

  next(): Promise<Batch | undefined> {
    if (this.#hasBegun && this.#answer !== undefined) return this.#answer.next();
    return this.#begin();
  }

  /** The first batch of the target that answers, or of the last one that failed. */
  async #begin(): Promise<Batch | undefined> {
    // Of a whole answer nothing has been told yet.
    const told = this.#request.whole ? undefined : this.translation;
    const next = async (): Promise<Batch | undefined> => {
      const batch = await this.#trying(this.target, () => this.#answer?.next());
      return batch instanceof ChatError ? [{ type: "error", failure: batch.failure }] : batch;
    };
    let batch = await next();
    for (;;) {
      const { target } = this.#known;
      const failure = batch === undefined ? undefined : errorFirst(batch);
      if (failure === undefined) this.#services.targetHealth.succeeded(target);
      if (failure === undefined || !this.#mayGoOn(target, failure)) break;
      const answer = this.#answer;
      const last = await this.#askNext(told);
      if (last !== undefined) batch = [{ type: "error", failure: last }];
      if (last !== undefined || this.#answer === answer) break;
      batch = await next();
    }
    this.#hasBegun = true;
    return batch;
  }

  /**
   * Asks further targets until one answers.
   * @param told to the client, which cannot be told anything else any more: others are not asked
   * @returns the failure of the last one that was asked, where none answers; nothing where none was left to ask
   */
  async #askNext(told: Translation | undefined): Promise<Failure | undefined> {
    let failure: Failure | undefined;
    for (let target = this.#take(); target !== undefined; target = this.#take()) {
      const asked = await this.#trying(target, () => this.#prepare(target));
      if (asked instanceof ChatError) {
        this.#services.targetHealth.released(target);
        // A further one that cannot take the request at all is none that could help.
        failure ??= asked.failure;
        if (this.#trace.attempts.length === 0) return failure;
      } else if (told === undefined || asked.translation.equals(told)) {
        const refusal = await this.#trying(target, () => this.#send(asked));
        if (refusal === undefined) return undefined;
        failure = refusal.failure;
        if (!this.#mayGoOn(target, failure)) return failure;
      } else {
        this.#services.targetHealth.released(target);
      }
    }
    return failure;
  }

  /** @returns what was thrown, where it tells of the request or the target; what is broken of ours leaves the target free */
  async #trying<T>(target: Target, work: () => T | Promise<T>): Promise<T | ChatError> {
    try {
      return await work();
    } catch (error) {
      if (error instanceof ChatError) return error;
      this.#services.targetHealth.released(target);
      this.#trace.endAttempt("internal");
      throw error;
    }
  }

  /** @throws {ChatError} where the target's provider cannot take the request */
  #prepare(target: Target): Asked {
    const { dialect, body, session, whole = false, strict = false, relayedHeaders } = this.#request;
    this.#trace.provider ??= nameOf(target);
    this.#trace.route = target.route;
    this.#trace.model ??= this.#shown(target, target.askedModel);
    const translation = new Translation();
    const chat = dialect.parse(body, target.provider.protocol.name, translation);
    const relayed = relayedHeaders === undefined ? {} : { relayedHeaders };
    const context = { target, session, purpose: "/chat", whole, strict, ...relayed } as const;
    const request = providerRequest(chat, context, this.#services.upstream, translation);
    return { target, chat, translation, request };
  }

  /** @throws {ChatError} where its first event is an error */
  async #send({ request, ...asked }: Asked): Promise<void> {
    const trace = this.#trace;
    const { target } = asked;
    const model = this.#shown(target, target.model);
    trace.provider = nameOf(target);
    trace.model = this.#shown(target, target.askedModel);
    const attempts = {
      began: () => trace.beginAttempt(nameOf(target), model),
      failed: ({ type }: Failure) => trace.endAttempt(type),
    };
    this.#answer = await openStream(request, { ...this.#services.upstream, attempts }, this.#signal);
    this.#asked = asked;
    if (this.#answer.isReady) this.#services.targetHealth.succeeded(target);
  }

  /** The next target that is not left alone. Where all of them are, they are asked all the same: to refuse helps nobody. */
  #take(): Target | undefined {
    const isOnly = this.#request.targets.length === 1;
    for (;;) {
      const [target, ...others] = this.#targets;
      this.#targets = others;
      if (target === undefined) break;
      const type = isOnly ? undefined : this.#services.targetHealth.resting(target);
      if (type === undefined) return target;
      this.#resting.push(target);
      this.#trace.skipAttempt(nameOf(target), this.#shown(target, target.model), type);
    }
    // Only where all of them rest.
    this.#lastResort ||= this.#resting.length === this.#request.targets.length;
    return this.#lastResort ? this.#resting.shift() : undefined;
  }

  /** Whether another target is to be asked after this failure, which is remembered. */
  #mayGoOn(target: Target, failure: Failure): boolean {
    const { targetHealth } = this.#services;
    if (this.#request.targets.length === 1) return false;
    const isKey = failure.type === "authentication";
    const isItsFault = OTHERS_MAY_HELP.has(failure.type) || (isKey && target.ownKey);
    if (isItsFault && !this.#signal.aborted) targetHealth.failed(target, failure);
    else targetHealth.released(target);
    if (this.#signal.aborted) return false;
    return isKey ? this.#targets[0]?.ownKey === true : isItsFault;
  }

  #shown(target: Target, text: string): string {
    return redact(text, secretsOf(target, this.#services.upstream));
  }

  get #known(): Omit<Asked, "request"> {
    if (this.#asked === undefined) throw new Error("nobody has been asked");
    return this.#asked;
  }
}

function nameOf({ name, provider }: Target): string {
  return name ?? provider.name;
}
