import { ChatError, LEFT } from "../core/failure.ts";
import { estimatePrompt } from "../core/prompt-estimate.ts";
import { loadPrices } from "../tokens/prices.ts";
import { answerFrames } from "./answer-frames.ts";
import { AnswerObserver } from "./answer-observer.ts";
import type { AnswerRequest } from "./answer-request.ts";
import type { AnswerContext, Dialect } from "./dialect.ts";
import { RoutedAnswer } from "./routed-answer.ts";
import type { Services, Slot } from "./services.ts";

/** An answer that has begun. Whoever has it reads it to its end, or aborts the slot. */
export interface OpenedAnswer<Body> {
  /** 128 random bits: who knows them may stop it. In no log. */
  readonly id: string;
  readonly answer: RoutedAnswer<Body>;
  readonly context: AnswerContext<Body>;
  readonly observer: AnswerObserver;
  readonly slot: Slot;
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
  const slot = services.acquireSlot(asked.detached ? undefined : request.signal);
  const answer = new RoutedAnswer(asked, trace, slot.signal, services);
  // Until its headers are out nobody knows the id of an answer: a client that leaves cannot come back to it.
  const leave = () => slot.abort(new ChatError(LEFT));
  if (asked.detached) request.signal.addEventListener("abort", leave, { once: true });
  try {
    if (asked.targets.some(({ baseUrl }) => baseUrl.protocol === "https:")) void loadPrices();
    await answer.open();
  } catch (error) {
    slot.release();
    throw error;
  } finally {
    request.signal.removeEventListener("abort", leave);
  }
  trace.streaming = asked.whole !== true;
  const observer = new AnswerObserver(trace, answer, slot, services);
  const isRenamed = () => answer.target.askedModel !== answer.target.model;
  const id = randomId();
  return {
    id,
    answer,
    observer,
    slot,
    context: {
      id: randomId(),
      answerId: id,
      created: Math.floor(Date.now() / 1000),
      now: () => Math.floor(Date.now() / 1000),
      model: () => (isRenamed() ? answer.target.askedModel : (answer.model ?? answer.target.askedModel)),
      session: asked.session,
      requestId: trace.id,
      body: asked.body,
      get inputEstimate() {
        return estimatePrompt(answer.chat);
      },
      passThrough: answer.chat.raw?.protocol === answer.target.provider.protocol.name,
      get renamed() {
        return isRenamed();
      },
      reasoningCarriers: services.reasoningCarriers,
      receipt: (failure) => observer.receipt(failure),
    },
  };
}

/** 128 random bits as 32 hexadecimal digits. */
function randomId(): string {
  return crypto.getRandomValues(new Uint8Array(16)).toHex();
}

/** The encoded frames of an answer that has begun. Until it is over it can be stopped by its id. */
export function streamAnswer<Body>(
  { id, answer, context, observer, slot }: OpenedAnswer<Body>,
  dialect: Dialect<Body>,
  request: Request,
  services: Services,
): AsyncGenerator<Uint8Array, void, void> {
  services.answers.add(id, { owner: services.clientOf(request), slot });
  observer.onOver = () => services.answers.remove(id);
  return answerFrames(answer, dialect.encoder(context), services.keepAliveMs, observer);
}
