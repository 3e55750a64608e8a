/** In less room than this there is no summarizing, in tokens. */
const LEAST_BUDGET = 200;

/** Words for each token, on the careful side. */
const WORDS_PER_TOKEN = 0.6;

/** A limit of more words than this would only invite a model to use them. */
const MOST_WORDS = 2_000;

/**
 * How many tokens of conversation go into one request. Windows are known from a table or guessed, so it shrinks
 * where a provider says that it was too much.
 */
export class Budget {
  #tokens: number;

  constructor(tokens: number) {
    this.#tokens = Math.max(LEAST_BUDGET, Math.floor(tokens));
  }

  get tokens(): number {
    return this.#tokens;
  }

  /** Notes that a request with so much of the conversation was too long. False: it cannot become shorter. */
  refused(tokens: number): boolean {
    const less = Math.floor(tokens / 2);
    if (less < LEAST_BUDGET) return false;
    this.#tokens = Math.min(this.#tokens, less);
    return true;
  }

  /** The most words of a summary that so many others are to share one request with; absent where that is plenty. */
  wordsBeside(others: number): number | undefined {
    const words = Math.floor((this.#tokens * WORDS_PER_TOKEN) / (others + 1) / 10) * 10;
    return words > MOST_WORDS ? undefined : words;
  }
}
