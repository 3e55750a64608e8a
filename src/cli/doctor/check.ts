/** One thing that was looked at. */
export interface Check {
  /** What, in a word or two: `port`, `open files`. */
  readonly name: string;
  /** A note is worth knowing and may be as it should; a problem keeps something from working. */
  readonly status: "ok" | "note" | "problem";
  readonly text: string;
  /** What to do about it. */
  readonly advice?: string;
}

export function ok(name: string, text: string): Check {
  return { name, status: "ok", text };
}

export function note(name: string, text: string, advice?: string): Check {
  return { name, status: "note", text, ...(advice === undefined ? {} : { advice }) };
}

export function problem(name: string, text: string, advice?: string): Check {
  return { name, status: "problem", text, ...(advice === undefined ? {} : { advice }) };
}
