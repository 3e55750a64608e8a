import { type AskContext, ask, secretsOf } from "../chat/ask.ts";
import type { Batch } from "../core/event.ts";
import { ChatError, type Failure, type FailureType } from "../core/failure.ts";
import { type ChatRequest, textOf } from "../core/message.ts";
import { redact } from "../core/secret.ts";
import type { Session } from "../core/session.ts";
import type { Trace } from "../core/trace.ts";
import { Translation } from "../core/translation.ts";
import type { Target } from "../routing/target.ts";
import type { Answer } from "../upstream/open-stream.ts";
import { answerFrames, type StreamObserver } from "./answer-frames.ts";
import type { AnswerContext, Dialect } from "./dialect.ts";
import type { Services, Slot } from "./services.ts";

/** A validated request of a client, with all that its answer depends on. */
export interface AnswerRequest<Body> {
  readonly dialect: Dialect<Body>;
  readonly body: Body;
  /** Tried in this order before the first token; never empty. */
  readonly targets: readonly Target[];
  readonly session: Session;
  /** The answer is wanted whole, not as a stream. */
  readonly whole?: boolean;
  /** Refuse whatever cannot be carried over as it is. */
  readonly strict?: boolean;
  /** Headers of the client for a provider of its own protocol. */
  readonly relayedHeaders?: Readonly<Record<string, string>>;
}

/** An answer that has begun. Whoever has it reads it to its end, or aborts the slot's signal. */
export interface OpenedAnswer<Body> {
  readonly answer: Answer;
  readonly target: Target;
  readonly translation: Translation;
  readonly context: AnswerContext<Body>;
  readonly observer: StreamObserver;
}

/**
 * Puts a request to the first of its targets that answers. All that can fail before the first event fails here.
 * @throws {ChatError}
 */
export async function openAnswer<Body>(
  asked: AnswerRequest<Body>,
  request: Request,
  services: Services,
): Promise<OpenedAnswer<Body>> {
  const trace = services.traceOf(request);
  const slot = services.acquireSlot(request);
  try {
    for (let i = 0; ; i++) {
      const target = asked.targets[i];
      if (target === undefined) throw new Error("a request without a target");
      try {
        return await openAt(target, asked, request, slot, services);
      } catch (error) {
        const next = asked.targets[i + 1];
        if (next === undefined || !mayHelp(error, next) || slot.signal.aborted) throw error;
      }
    }
  } catch (error) {
    trace.streaming = false;
    slot.release();
    throw error;
  }
}

/** The encoded frames of an answer that has begun. */
export function streamAnswer<Body>(
  { answer, context, observer }: OpenedAnswer<Body>,
  dialect: Dialect<Body>,
  services: Services,
): AsyncGenerator<Uint8Array, void, void> {
  return answerFrames(answer, dialect.encoder(context), services.keepAliveMs, observer);
}

async function openAt<Body>(
  target: Target,
  asked: AnswerRequest<Body>,
  request: Request,
  slot: Slot,
  services: Services,
): Promise<OpenedAnswer<Body>> {
  const { dialect, body, session } = asked;
  const trace = services.traceOf(request);
  trace.provider = target.provider.name;
  trace.model = redact(target.askedModel, secretsOf(target, services.upstream));
  const translation = new Translation();
  const chat = dialect.parse(body, target.provider.protocol.name, translation);
  const context: AskContext = {
    target,
    session,
    purpose: "/chat",
    whole: asked.whole ?? false,
    strict: asked.strict ?? false,
    ...(asked.relayedHeaders === undefined ? {} : { relayedHeaders: asked.relayedHeaders }),
  };
  const answer = await ask(chat, context, services.upstream, slot.signal, translation);
  trace.streaming = asked.whole !== true;
  const renamed = target.askedModel !== target.model;
  return {
    answer,
    target,
    translation,
    observer: new AnswerObserver(trace, request, slot, services),
    context: {
      id: crypto.randomUUID().replaceAll("-", ""),
      created: Math.floor(Date.now() / 1000),
      now: () => Math.floor(Date.now() / 1000),
      model: () => (renamed ? target.askedModel : (answer.model ?? target.askedModel)),
      session,
      requestId: trace.id,
      body,
      get inputEstimate() {
        return estimateTokens(chat);
      },
      reasoningCarriers: services.reasoningCarriers,
      passThrough: chat.raw?.protocol === target.provider.protocol.name,
      renamed,
    },
  };
}

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

function mayHelp(error: unknown, next: Target): boolean {
  if (!(error instanceof ChatError)) return false;
  const { type } = error.failure;
  return OTHERS_MAY_HELP.has(type) || (type === "authentication" && next.ownKey);
}

/** Characters that make a token, roughly, for a number that is replaced by the provider's own. */
const CHARACTERS_PER_TOKEN = 4;

function estimateTokens({ messages, tools }: ChatRequest): number {
  let characters = tools === undefined ? 0 : JSON.stringify(tools).length;
  for (const { content } of messages) characters += textOf(content).length;
  return Math.max(1, Math.ceil(characters / CHARACTERS_PER_TOKEN));
}

const INTERNAL: Failure = { type: "internal", message: "The server failed in the middle of this answer." };

/** What the log and the metrics tell of one answer. */
class AnswerObserver implements StreamObserver {
  readonly #trace: Trace;
  readonly #request: Request;
  readonly #slot: Slot;
  readonly #services: Services;

  constructor(trace: Trace, request: Request, slot: Slot, services: Services) {
    this.#trace = trace;
    this.#request = request;
    this.#slot = slot;
    this.#services = services;
  }

  onBatch(batch: Batch): void {
    const trace = this.#trace;
    if (trace.firstTokenMs === undefined && batch.some(({ type }) => type === "text" || type === "reasoning"))
      trace.sawText();
    const last = batch.at(-1);
    if (last?.type === "end") {
      trace.outcome = "complete";
      trace.usage = last.usage;
    } else if (last?.type === "error") {
      trace.outcome = "failed";
      trace.failure = last.failure;
      trace.usage = last.usage;
    }
  }

  onInternalError(error: unknown): Batch {
    this.#services.logInternalError(error, this.#trace);
    const batch: Batch = [{ type: "error", failure: INTERNAL }];
    this.onBatch(batch);
    return batch;
  }

  onEnd(): void {
    const trace = this.#trace;
    this.#slot.release();
    if (trace.outcome !== "complete" && this.#request.signal.aborted) trace.outcome = "left";
    if (!trace.streaming) return;
    trace.outcome ??= "left";
    this.#services.finished(trace);
  }
}
