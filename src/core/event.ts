import type { Failure } from "./failure.ts";

export type EndReason = "stop" | "length" | "tool_calls" | "refusal" | "content_filter" | "other";

/** Tokens as the provider reported them. Input includes what came from a cache, output includes reasoning. */
export interface Usage {
  readonly inputTokens: number;
  readonly outputTokens: number;
}

/**
 * What an answer is made of: any number of deltas, then exactly one `end` or `error`.
 * Providers' protocols are decoded into it, clients' dialects are encoded from it.
 */
export type ChatEvent =
  /** A text that is `plain` has nothing in it that JSON would escape, as whoever says so has made sure. */
  | { readonly type: "text"; readonly text: string; readonly refusal?: true; readonly plain?: true }
  /** Some providers want the reasoning back unchanged, its `signature` with it. */
  | { readonly type: "reasoning"; readonly text: string; readonly signature?: string }
  | {
      readonly type: "tool-call";
      readonly index: number;
      readonly id?: string;
      readonly name?: string;
      readonly arguments?: string;
    }
  | { readonly type: "end"; readonly reason: EndReason; readonly rawReason?: string; readonly usage?: Usage }
  | { readonly type: "error"; readonly failure: Failure; readonly usage?: Usage };

/** All that one read of the provider's body held. Batches, not single events, move between rooms. */
export type Batch = readonly ChatEvent[];

/** Whether nothing follows an event. */
export function endsAnswer(event: ChatEvent | undefined): boolean {
  return event?.type === "end" || event?.type === "error";
}
