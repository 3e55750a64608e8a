/** Turns an answer, in whatever pieces it comes, into what is written. Where the terminal allows it, the open block is drawn anew. */
export interface AnswerRenderer {
  /** What can be shown now. */
  write(text: string): string;
  /** What was held back; the answer is over. */
  end(): string;
}

/** For pipes: the text as it is. */
export function plain(): AnswerRenderer {
  return { write: (text) => text, end: () => "" };
}
