import type { ChatError } from "../core/failure.ts";

/** How an answer is to be held. */
export interface HeldAnswerOptions {
  /** Who may have it, where clients are told apart. */
  readonly owner: string | undefined;
  /** In whose form its frames are. */
  readonly kind: "nash" | "openai-responses";
  /** Headers that each of its readers is sent. */
  readonly headers: Readonly<Record<string, string>>;
  /** The provider's request is read to its end though nobody reads the answer. */
  readonly finish: boolean;
  /** Another server makes it. */
  readonly isFromElsewhere?: boolean;
  /** What a reader gets that fell too far behind, */
  readonly farewell: () => string;
  /** and what comes behind the rest where the server that made the answer is gone. */
  readonly lost: () => string;
  /** Ends the provider's request, and the answer with this error. */
  readonly abort: (reason: ChatError) => void;
}
