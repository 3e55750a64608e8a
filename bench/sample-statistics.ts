/** The value below which so much of the sample lies; `share` is from 0 to 1. NaN for an empty sample. */
export function quantile(sample: readonly number[], share: number): number {
  const sorted = sample.toSorted((a, b) => a - b);
  const place = (sorted.length - 1) * share;
  const below = sorted[Math.floor(place)] ?? Number.NaN;
  const above = sorted[Math.ceil(place)] ?? Number.NaN;
  // Of two infinities the difference is no number.
  if (below === above) return below;
  return below + (above - below) * (place - Math.floor(place));
}

export function median(sample: readonly number[]): number {
  return quantile(sample, 0.5);
}

/** What was measured, by program: one figure for each round. */
export interface Samples extends ReadonlyMap<string, readonly number[]> {
  /** Why a program has no figure. */
  readonly reasons?: ReadonlyMap<string, string>;
}

/** How far rounds differ: half of the range that holds the middle half of them, as a share of the median. */
export function spread(sample: readonly number[]): number | undefined {
  if (sample.length < 4) return undefined;
  return (quantile(sample, 0.75) - quantile(sample, 0.25)) / 2 / median(sample);
}
