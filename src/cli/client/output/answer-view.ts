import type { EndReason, StreamEvent, ToolCall, Usage } from "../../../client/index.ts";
import type { Target } from "../chat-target.ts";

/** How one answer went. */
export interface Outcome {
  readonly target: Target;
  readonly text: string;
  /** Complete calls; none of an answer that broke off. */
  readonly toolCalls: readonly ToolCall[];
  readonly sessionId: string | undefined;
  readonly usage: Usage | null | undefined;
  readonly finishReason: EndReason | undefined;
  /** What went wrong; absent where it came to its end or was stopped. */
  readonly error?: unknown;
  /** Stopped at the user's word. */
  readonly stopped: boolean;
  /** Milliseconds until the first text or reasoning. */
  readonly firstTokenMs: number | undefined;
  readonly totalMs: number;
  /** Whether it is on disk; undefined where it was not to be. */
  readonly saved: boolean | undefined;
}

/** Shows one answer. */
export interface View {
  /** The question is on its way. */
  begin(): void;
  event(event: StreamEvent): Promise<void>;
  end(outcome: Outcome): Promise<void>;
}

/** How an answer ended that came to its end and yet is not what was asked for; undefined where it is, or failed. */
export function endingOf({ text, finishReason, toolCalls, error, stopped }: Omit<Outcome, "saved">) {
  if (error !== undefined || stopped) return undefined;
  if (finishReason === "tool_calls" || toolCalls.length > 0) return "tool_calls";
  if (finishReason === "length" || finishReason === "content_filter" || finishReason === "refusal")
    return finishReason;
  return text === "" ? "empty" : undefined;
}
