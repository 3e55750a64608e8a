/** Turns an answer, in whatever pieces it comes, into what is written. What was given out is never taken back. */
export interface Renderer {
  /** What can be shown now. */
  write(text: string): string;
  /** What was held back; the answer is over. */
  end(): string;
}

/** For pipes: the text as it is. */
export function plain(): Renderer {
  return { write: (text) => text, end: () => "" };
}
