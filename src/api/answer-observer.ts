import type { Batch, ChatEvent, Usage } from "../core/event.ts";
import { type Failure, LEFT } from "../core/failure.ts";
import type { ChatRequest } from "../core/message.ts";
import { estimatedTokens, estimatePrompt, promptCut } from "../core/prompt-estimate.ts";
import { type Receipt, receiptOf } from "../core/receipt.ts";
import type { Trace } from "../core/trace.ts";
import type { Target } from "../routing/target.ts";
import { costOf, ratesOf } from "../tokens/prices.ts";
import { endReason } from "./ending.ts";
import type { Services, Slot } from "./services.ts";

export const INTERNAL: Failure = {
  type: "internal",
  message: "The server failed in the middle of this answer.",
};

/** What has to be known of an answer to account for it. */
export interface ObservedAnswer {
  readonly chat: ChatRequest;
  readonly target: Target;
  /** The model that answers, as the provider names it. */
  readonly model: string | undefined;
  /** Tokens of the prompt, where the provider has reported them. */
  readonly promptTokens: number | undefined;
}

/** Follows an answer for its log line, its metrics and its receipt, and gives its slot back. */
export class AnswerObserver {
  readonly #trace: Trace;
  readonly #answer: ObservedAnswer;
  readonly #slot: Slot;
  readonly #services: Pick<Services, "finished" | "logInternalError">;
  #characters = 0;
  /** Called at the end of all. */
  onOver: (() => void) | undefined;
  #hasCalls = false;
  /** The client was told of a failure in place of the end that came, or comes. */
  #isToldAsFailed = false;

  constructor(
    trace: Trace,
    answer: ObservedAnswer,
    slot: Slot,
    services: Pick<Services, "finished" | "logInternalError">,
  ) {
    this.#trace = trace;
    this.#answer = answer;
    this.#slot = slot;
    this.#services = services;
  }

  /** A batch has come; called before it is encoded. */
  onBatch(batch: Batch): void {
    for (const event of batch) {
      switch (event.type) {
        case "text":
        case "reasoning":
          if (this.#characters === 0) this.#trace.sawText();
          this.#characters += event.text.length;
          break;
        case "tool-call":
          this.#hasCalls = true;
          this.#characters += event.arguments?.length ?? 0;
          break;
        case "end":
        case "error":
          if (!this.#isToldAsFailed) this.#over(event);
      }
    }
  }

  /** Something of ours failed. @returns the batch that ends the answer in place of what failed */
  onInternalError(error: unknown): Batch {
    this.#services.logInternalError(error, this.#trace);
    const batch: Batch = [{ type: "error", failure: INTERNAL }];
    this.onBatch(batch);
    return batch;
  }

  /** Called once: the answer is over, or nobody reads it any more. */
  onEnd(): void {
    const trace = this.#trace;
    if (trace.outcome === undefined || (trace.outcome === "failed" && this.#slot.hasLeft))
      this.#over({ type: "error", failure: LEFT });
    this.#slot.release();
    this.onOver?.();
    if (trace.streaming) this.#services.finished(trace);
  }

  /**
   * What is known of the answer, once it has ended.
   * @param failure what the client is told in place of the end that came
   */
  receipt(failure?: Failure): Receipt {
    const trace = this.#trace;
    if (failure !== undefined) {
      this.#isToldAsFailed = true;
      this.#over({ type: "error", failure, ...(trace.usage && { usage: trace.usage }) });
    }
    return receiptOf(trace);
  }

  #over(event: Extract<ChatEvent, { type: "end" | "error" }>): void {
    const trace = this.#trace;
    const { chat } = this.#answer;
    const early = event.type === "error" ? event.failure.early : undefined;
    trace.usage = event.usage ?? trace.usage;
    if (event.type === "end") {
      trace.outcome = "complete";
      trace.finishReason = endReason(event, this.#hasCalls);
    } else {
      trace.outcome = early ?? "failed";
      trace.finishReason = early ?? "other";
      trace.failure = early === undefined ? event.failure : undefined;
    }
    trace.endAttempt(trace.failure?.type);
    if (trace.usage === undefined && (event.type === "end" || this.#characters > 0))
      trace.estimate = {
        inputTokens: this.#answer.promptTokens ?? estimatePrompt(chat),
        outputTokens: estimatedTokens(this.#characters),
      };
    const usage = trace.usage ?? trace.estimate;
    trace.cost = usage && costAt(this.#answer, usage);
    if (trace.usage !== undefined) trace.promptCut = promptCut(chat, trace.usage.inputTokens);
  }
}

/** US dollars, where the price of the model is known under the name that it was asked by, or the one that it answers by. */
export function costAt(
  { target: { baseUrl, model: asked }, model }: Pick<ObservedAnswer, "target" | "model">,
  usage: Usage,
): number | undefined {
  const rates = ratesOf(baseUrl, asked) ?? (model === undefined ? undefined : ratesOf(baseUrl, model));
  return rates && costOf(rates, usage);
}
