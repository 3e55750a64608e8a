import type { Failure } from "./failure.ts";

export type EndReason = "stop" | "length" | "tool_calls" | "refusal" | "content_filter" | "other";

/** Tokens as the provider reported them. */
export interface Usage {
  /** The whole prompt, with what was read from or written to a cache. */
  readonly inputTokens: number;
  /** The whole answer, with its reasoning. */
  readonly outputTokens: number;
  /** Of the input: what came from a cache, and what was written to one. */
  readonly cacheReadTokens?: number;
  readonly cacheWriteTokens?: number;
  /** Of the output. */
  readonly reasoningTokens?: number;
}

/**
 * What an answer is made of: any number of deltas, then exactly one `end` or `error`.
 * Providers' protocols are decoded into it, clients' dialects are encoded from it.
 */
export type ChatEvent =
  /** A text that is `plain` has nothing in it that JSON would escape, as whoever says so has made sure. */
  | { readonly type: "text"; readonly text: string; readonly refusal?: true; readonly plain?: true }
  /**
   * A delta of reasoning. Some providers want it back unchanged: a `signature`, `redacted` or `encrypted` carrier
   * (`ReasoningPart` in `message.ts` says what they are) completes one block, and what follows begins the next.
   */
  | {
      readonly type: "reasoning";
      readonly text: string;
      readonly signature?: string;
      readonly redacted?: string;
      readonly encrypted?: { readonly id?: string; readonly content: string };
    }
  /** Calls are numbered by `index`, in any order and perhaps with gaps; deltas of several may alternate. */
  | {
      readonly type: "tool-call";
      readonly index: number;
      readonly id?: string;
      readonly name?: string;
      readonly arguments?: string;
    }
  /**
   * What the provider sent, before the events that were decoded from it; only where dialect and protocol are the same and
   * frames pass through. `data` is the `data` of one SSE message, or the whole JSON of an answer that is not streamed.
   */
  | { readonly type: "frame"; readonly event?: string | undefined; readonly data: string }
  /** The same for several messages in a row as they stood in the stream, each of which one of the next `text` events tells. */
  | { readonly type: "frames"; readonly stream: string }
  | {
      readonly type: "end";
      readonly reason: EndReason;
      /** The provider's own word. */
      readonly rawReason?: string;
      /** The stop sequence that ended the answer, where the provider tells. */
      readonly stopSequence?: string;
      readonly usage?: Usage;
    }
  | { readonly type: "error"; readonly failure: Failure; readonly usage?: Usage };

/** All that one read of the provider's body held. Batches, not single events, move through the server. */
export type Batch = readonly ChatEvent[];

/** Whether an event tells something of the answer, and not only how the provider said it. */
export function tellsAnswer({ type }: ChatEvent): boolean {
  return type !== "frame" && type !== "frames";
}

/** Whether nothing follows an event. */
export function endsAnswer(event: ChatEvent | undefined): boolean {
  return event?.type === "end" || event?.type === "error";
}
