import { secretsOf } from "../chat/ask.ts";
import { type Summary, type SummaryEvent, summarize } from "../chat/summarize.ts";
import { Deadline } from "../core/deadline.ts";
import { ChatError, type Failure } from "../core/failure.ts";
import type { ChatRequest } from "../core/message.ts";
import { redact } from "../core/secret.ts";
import type { Session } from "../core/session.ts";
import type { Trace } from "../core/trace.ts";
import type { Target } from "../routing/target.ts";
import { loadPrices } from "../tokens/prices.ts";
import { costAt } from "./answer-observer.ts";
import type { Services, Slot } from "./services.ts";

export interface SummaryRequest {
  readonly chat: ChatRequest;
  readonly keepLast: number;
  readonly target: Target;
  readonly session: Session;
}

/** A summary under way, in a slot of its own. Whoever has begun it ends it. */
export class SummaryRun {
  readonly trace: Trace;
  readonly #slot: Slot;
  readonly #timeout: SummaryTimeout;
  readonly #asked: SummaryRequest;
  readonly #services: Services;

  /** @throws {ChatError} `overloaded` */
  constructor(asked: SummaryRequest, request: Request, services: Services) {
    this.#slot = services.acquireSlot(request.signal);
    this.trace = noteTarget(asked, request, services);
    this.#timeout = new SummaryTimeout(this.#slot.signal, services.upstream.timeouts.answer);
    this.#asked = asked;
    if (asked.target.baseUrl.protocol === "https:") void loadPrices();
    this.#services = services;
  }

  /** Progress, text and the whole summary. Throws a `ChatError` where there is none. */
  events(): AsyncGenerator<SummaryEvent> {
    const { chat, keepLast, target, session } = this.#asked;
    const { span } = this.trace;
    return summarize(
      chat,
      keepLast,
      { target, session, span },
      this.#services.upstream,
      this.#timeout.signal,
    );
  }

  end(): void {
    const { usage } = this.trace;
    if (usage !== undefined)
      this.trace.cost = costAt({ target: this.#asked.target, model: undefined }, usage);
    this.#timeout.clear();
    this.#slot.release();
  }
}

/** Makes a summary. @throws {ChatError} */
export async function runSummary(
  asked: SummaryRequest,
  request: Request,
  services: Services,
): Promise<Summary> {
  const run = new SummaryRun(asked, request, services);
  try {
    for await (const event of run.events()) {
      if (event.type === "text") run.trace.sawText();
      if (event.type !== "done") continue;
      run.trace.usage = event.summary.usage;
      return event.summary;
    }
    throw new Error("a summary ended without its result");
  } finally {
    run.end();
  }
}

/** Ends a whole summary, of however many parts, when it has taken too long. */
class SummaryTimeout {
  readonly signal: AbortSignal;
  readonly #deadline: Deadline;

  /** @param milliseconds until the signal aborts, if the one given has not done so before */
  constructor(signal: AbortSignal, milliseconds: number) {
    const late = new AbortController();
    this.#deadline = new Deadline({ onTimeout: () => late.abort(new ChatError(TOO_LONG)) });
    this.#deadline.set(milliseconds);
    this.signal = AbortSignal.any([signal, late.signal]);
  }

  clear(): void {
    this.#deadline.clear();
  }
}

const TOO_LONG: Failure = {
  type: "timeout",
  message: "The summary took longer than this server allows.",
};

function noteTarget({ target }: SummaryRequest, request: Request, services: Services): Trace {
  const trace = services.traceOf(request);
  trace.provider = target.provider.name;
  trace.route = target.route;
  trace.model = redact(target.askedModel, secretsOf(target, services.upstream));
  return trace;
}
