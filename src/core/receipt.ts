import type { EndReason, Usage } from "./event.ts";
import type { FailureType } from "./failure.ts";
import type { PromptCut, Trace } from "./trace.ts";

/** Who ended an answer before its provider did: somebody asked for it, or nobody read it any more. */
export type EarlyEnd = "stopped" | "left";

/** One try at one provider. A target that was passed over, since it has failed lately, took no time. */
export interface AttemptReceipt {
  readonly provider: string;
  readonly model: string;
  /** Why it gave no answer; absent of the one that answered. */
  readonly type?: FailureType;
  readonly ms: number;
}

/** What became of a request, the same for every ending (docs/protocol.md 11). */
export interface Receipt {
  /** The provider said that it was finished, and all that it said was read. */
  readonly complete: boolean;
  /** `other` where it failed. */
  readonly finish_reason: EndReason | EarlyEnd;
  /** The type of the failure, where there was one. */
  readonly error?: FailureType;
  readonly usage?: UsageReceipt;
  readonly provider?: string;
  readonly model?: string;
  readonly attempts: readonly AttemptReceipt[];
  readonly first_token_ms?: number;
  readonly total_ms: number;
  /** US dollars, at list prices, for the tokens of `usage`. */
  readonly cost?: number;
  /** The provider read far fewer tokens than were sent. */
  readonly prompt_cut?: PromptCut;
}

export interface UsageReceipt {
  readonly input_tokens: number;
  readonly output_tokens: number;
  readonly cache_read_tokens?: number;
  readonly cache_write_tokens?: number;
  readonly reasoning_tokens?: number;
  /** Who counted: the provider, or this server, roughly, where the provider told nothing. */
  readonly source: "provider" | "estimate";
}

/** The receipt of a request as things stand now. */
export function receiptOf(trace: Trace): Receipt {
  const usage = usageReceipt(trace);
  const { provider, model, firstTokenMs, failure, cost, promptCut } = trace;
  return {
    complete: trace.outcome === "complete",
    finish_reason: trace.finishReason ?? "other",
    ...(failure === undefined ? {} : { error: failure.type }),
    ...(usage === undefined ? {} : { usage }),
    ...(provider === undefined ? {} : { provider }),
    ...(model === undefined ? {} : { model }),
    attempts: trace.attempts.map((attempt) => ({ ...attempt, ms: Math.round(attempt.ms) })),
    ...(firstTokenMs === undefined ? {} : { first_token_ms: Math.round(firstTokenMs) }),
    total_ms: Math.round(performance.now() - trace.started),
    ...(cost === undefined ? {} : { cost }),
    ...(promptCut === undefined ? {} : { prompt_cut: promptCut }),
  };
}

function usageReceipt({ usage, estimate }: Trace): UsageReceipt | undefined {
  if (usage !== undefined) return { ...tokens(usage), source: "provider" };
  return estimate === undefined ? undefined : { ...tokens(estimate), source: "estimate" };
}

function tokens(usage: Usage): Omit<UsageReceipt, "source"> {
  const { cacheReadTokens: read, cacheWriteTokens: written, reasoningTokens: reasoning } = usage;
  return {
    input_tokens: usage.inputTokens,
    output_tokens: usage.outputTokens,
    ...(read === undefined ? {} : { cache_read_tokens: read }),
    ...(written === undefined ? {} : { cache_write_tokens: written }),
    ...(reasoning === undefined ? {} : { reasoning_tokens: reasoning }),
  };
}
