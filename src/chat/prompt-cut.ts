import { ChatError } from "../core/failure.ts";

/** A prompt of which less than this share was read must have been cut: no count is so far off. */
const LEAST_READ = 0.6;

/** The provider has read but the end of a prompt and answered as if that were all. */
export class PromptCut extends ChatError {
  /** Tokens that it has read. */
  readonly read: number;

  constructor(read: number, sent: number) {
    super({
      type: "context_overflow",
      message:
        `The provider has read ${read} of about ${sent} tokens and left the others out. ` +
        "The context that it is set to is smaller than the model's.",
    });
    this.read = read;
  }
}

/**
 * Compares what a provider says it has read with our count.
 * @param read as reported; 0 where the provider does not know
 * @throws {PromptCut}
 */
export function checkRead(read: number, sent: number): void {
  if (read > 0 && read < sent * LEAST_READ) throw new PromptCut(read, sent);
}
