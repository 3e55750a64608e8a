/** A picture of how figures grow: one line for each program. */
export interface Chart {
  readonly title: string;
  readonly x: string;
  readonly y: string;
  /** Points by program, in order of x. */
  readonly lines: ReadonlyMap<string, readonly Point[]>;
}

export interface Point {
  readonly x: number;
  readonly y: number;
}
