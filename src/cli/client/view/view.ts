import type { EndReason, StreamEvent, Usage } from "../../../client/index.ts";
import type { Target } from "../target.ts";

/** How one answer went. */
export interface Outcome {
  readonly target: Target;
  readonly text: string;
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
